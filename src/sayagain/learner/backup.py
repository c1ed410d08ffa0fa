"""Backups: the database and all its releases in one file, made while a service runs, and checked afterwards.

The file is a tar archive: `backup.json` (a manifest with the SHA-256 of every other file), `turns.db` and the folders
of the releases. It holds what people said, and the key that finds users in releases; it is readable by its owner alone.
"""

import hashlib
import os
import re
import shutil
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import msgspec

from sayagain.config import is_server
from sayagain.errors import InputError, ReleaseError
from sayagain.releases.release import (
    DRAFT,
    hold_drafts,
    list_releases,
    open_release,
    release_folder,
    retired_numbers,
    retirement_mark,
    sync_folder,
)
from sayagain.store import hold_service_lock, open_store
from sayagain.store.sqlite_backup import check_database, copy_database

__all__ = ["Backup", "create_backup", "restore_backup"]

_MANIFEST, _DATABASE, _RELEASES = "backup.json", "turns.db", "releases"
_NAME = re.compile(r"turns\.db|releases/\d{6}\.retired|releases/\d{6}(\.[1-9]\d*)?/[\w-]+\.[\w.]+", re.ASCII)
_MANIFEST_BYTES = 1 << 24
_FORMAT = 1


class Backup(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup holds."""

    format: int = _FORMAT
    """The layout of the archive."""
    created: int
    """Time of the backup, in milliseconds since 1970 UTC."""
    turns: int
    """Turns in the database."""
    releases: tuple[int, ...]
    """Numbers of the releases."""
    damaged: tuple[int, ...] = ()
    """Numbers of releases that were damaged and so left out."""
    files: dict[str, str]
    """SHA-256 by name in the archive."""


def create_backup(db: str, releases: Path, target: Path) -> Backup:
    """Write a backup, while a service may run, and check it.

    Args:
        db: the SQLite database, as in the settings.
        releases: the folder of its releases.
        target: the archive; must not exist.

    Raises:
        InputError: the database is missing or a server's, or the target exists or cannot be written.
        StoreError: the database is damaged.
        ReleaseError: the release in use cannot be copied.
    """
    _check_file(db)
    if not Path(db).is_file():
        raise InputError(f"{db}: there is no such database")
    if target.exists():
        raise InputError(f"{target} exists already; expected the name of a new file")
    partial = target.with_name(f"{target.name}.partial")
    with _draft_folder(releases) as folder:
        copy_database(Path(db), folder / _DATABASE)
        copied, damaged = _copy_releases(releases, folder / _RELEASES)
        with open_store(folder / _DATABASE) as store:
            in_use = store.release_in_use()
        if in_use is not None and in_use not in copied:
            raise ReleaseError(f"release {in_use}, which is in use, cannot be copied; see: sayagain release list")
        names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
        backup = Backup(
            created=time.time_ns() // 1_000_000,
            turns=check_database(folder / _DATABASE),
            releases=tuple(copied),
            damaged=tuple(damaged),
            files={name: _digest(folder / name) for name in names if _NAME.fullmatch(name)},
        )
        partial.touch(0o600)
        with partial.open("wb") as out:
            _write(out, folder, backup)
            out.flush()
            os.fsync(out.fileno())
        _read_manifest(partial)
        partial.rename(target)
        sync_folder(target.absolute().parent)
    return backup


def restore_backup(source: Path, db: str, releases: Path) -> Backup:
    """Put the database and the releases of a backup where there are none, after a check of every byte.

    Args:
        source: the archive.
        db: the SQLite database to make; must not exist.
        releases: the folder of its releases; must not exist, or be empty.

    Raises:
        InputError: something is there already, or the archive is damaged or no backup.
        StoreError: the database is being served, or that of the backup is damaged.
        ReleaseError: a release of the backup is damaged.
    """
    _check_file(db)
    if Path(db).exists() or (releases.is_dir() and any(not path.name.startswith(DRAFT) for path in releases.iterdir())):
        raise InputError(f"{db} or {releases} exists already; move both away, or name another database")
    backup = _read_manifest(source)
    with hold_service_lock(db), _draft_folder(releases) as folder:
        with tarfile.open(source) as archive:
            for name in backup.files:
                content = archive.extractfile(name)
                assert content is not None
                path = folder / name
                path.parent.mkdir(parents=True, exist_ok=True)
                with path.open("wb") as out:
                    shutil.copyfileobj(content, out, 1 << 20)
                    out.flush()
                    os.fsync(out.fileno())
        check_database(folder / _DATABASE)
        for number in backup.releases:
            open_release(folder / _RELEASES, number)
        for path in sorted((folder / _RELEASES).iterdir()) if (folder / _RELEASES).is_dir() else ():
            path.rename(releases / path.name)
        sync_folder(releases)
        # Last, and at once: a database that is there is whole, and so are its releases.
        partial = Path(f"{db}.partial")
        partial.touch(0o600)
        shutil.copyfile(folder / _DATABASE, partial)
        partial.rename(db)
        sync_folder(Path(db).absolute().parent)
    return backup


def _copy_releases(root: Path, target: Path) -> tuple[list[int], list[int]]:
    """Copy all releases that are whole; return their numbers, and those of the damaged ones."""
    copied: list[int] = []
    damaged: list[int] = []
    for number in retired_numbers(root):
        target.mkdir(exist_ok=True)
        retirement_mark(target, number).touch()
    for number in list_releases(root):
        for attempt in range(2):
            try:
                release = open_release(root, number)
                folder = target / release.folder.name
                folder.mkdir(parents=True, exist_ok=True)
                for name in (*release.manifest.files, "manifest.json", "manifest.sha256"):
                    shutil.copyfile(release.folder / name, folder / name)
                open_release(target, number)
            except (ReleaseError, OSError):
                # A user may have been removed from it meanwhile; then there is a revision.
                if (partial := release_folder(target, number)) is not None:
                    shutil.rmtree(partial)
                if attempt and release_folder(root, number) is not None:
                    damaged.append(number)
            else:
                copied.append(number)
                break
    return copied, damaged


def _write(out: BinaryIO, folder: Path, backup: Backup) -> None:
    manifest = folder / _MANIFEST
    manifest.write_bytes(msgspec.json.format(msgspec.json.encode(backup, order="sorted")))
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name in (_MANIFEST, *backup.files):
            entry = archive.gettarinfo(folder / name, name)
            # Nothing of the machine that it was made on.
            entry.uid = entry.gid = 0
            entry.uname = entry.gname = ""
            entry.mode = 0o600
            with (folder / name).open("rb") as content:
                archive.addfile(entry, content)


def _read_manifest(path: Path) -> Backup:
    """Read the manifest of an archive and check that it holds just the files that it names, byte for byte.

    Raises:
        InputError: it is damaged, or no backup.
    """
    try:
        with tarfile.open(path) as archive:
            first = archive.next()
            content = None if first is None or first.name != _MANIFEST else archive.extractfile(first)
            if content is None:
                raise InputError(f"{path} is no backup of sayagain")
            backup = msgspec.json.decode(content.read(_MANIFEST_BYTES), type=Backup)
            if backup.format != _FORMAT or any(not _NAME.fullmatch(name) for name in backup.files):
                raise InputError(f"{path} was made by another version of sayagain; upgrade sayagain")
            pending = dict(backup.files)
            while (entry := archive.next()) is not None:
                file = archive.extractfile(entry) if entry.isreg() else None
                expected = pending.pop(entry.name, None)
                if file is None or expected != hashlib.file_digest(file, "sha256").hexdigest():  # type: ignore[arg-type]
                    raise InputError(f"{path} is damaged: {entry.name} is not the file that was written")
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error})") from None
    except (tarfile.TarError, msgspec.MsgspecError, EOFError) as error:
        raise InputError(f"{path} is damaged, or no backup of sayagain ({error})") from None
    if pending:
        raise InputError(f"{path} is damaged: {min(pending)} is missing")
    return backup


def _check_file(db: str) -> None:
    if is_server(db):
        raise InputError("a Postgres database is backed up with pg_dump; copy the folder of the releases after it")
    if db == ":memory:":
        raise InputError("a database in memory has no backup; name a file")


@contextmanager
def _draft_folder(releases: Path) -> Iterator[Path]:
    """Make a draft among those of the releases: should the process be killed, the next start deletes it."""
    try:
        releases.mkdir(parents=True, exist_ok=True)
        with hold_drafts(releases), tempfile.TemporaryDirectory(prefix=DRAFT, dir=releases) as name:
            yield Path(name)
    except OSError as error:
        raise InputError(f"{error.filename or releases}: {error.strerror or error}") from None


def _digest(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
