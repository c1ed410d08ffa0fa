"""The release: what was learnt, frozen, numbered and checksummed.

A release is a folder of files and a manifest that names each with its SHA-256. Writing goes to a hidden folder that
is renamed when it is whole, so a killed process leaves no half release. The manifest holds no clock time and no
number (the folder's name is the number), so the same log, seed and database key give the same bytes and the same
digest.

No file of a release ever changes. Where a user must be removed from one, a revision of it is written beside
(`000003.1`), and the latest revision is the release from then on; `sayagain.releases.erasure` does so.
"""

import fcntl
import hashlib
import os
import re
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import msgspec

from sayagain.errors import CorruptRelease, ReleaseError
from sayagain.releases.private_copy import FileContent, private_copy

__all__ = [
    "DRAFT",
    "Manifest",
    "Release",
    "hold_drafts",
    "is_retired",
    "list_releases",
    "open_release",
    "read_manifest",
    "release_folder",
    "release_folders",
    "retired_numbers",
    "retirement_mark",
    "sync_folder",
    "write_release",
]

FORMAT = 2
"""Changes when a file of a release changes its meaning; an older reader refuses a newer release. Since format 2 users'
own parts are named by a keyed hash; releases of format 1, whose names anybody could guess, are refused."""

DRAFT = ".draft-"
"""How the name of a folder begins that is being written, or deleted."""

SEAL = "manifest.sha256"
"""The file that holds the SHA-256 of the manifest."""

_FOLDER = re.compile(r"(\d{6})(?:\.([1-9]\d*))?")
_RETIRED = re.compile(r"(\d{6})\.retired")


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a release holds and what it was learnt from."""

    format: int = FORMAT
    """The layout of the release."""
    seed: int
    """The seed of everything random in learning."""
    log_since: int | None
    """Start of the first turn learnt from, ms since 1970 UTC; None for an empty log."""
    log_until: int | None
    """Start of the last turn learnt from, ms since 1970 UTC."""
    settings: dict[str, str | int | float | bool | None]
    """The settings of learning."""
    counts: dict[str, int]
    """Turns, users, sessions, rewrites by layer and so on."""
    judging: dict[str, float | None] = {}
    """How far the judge that comes with the package and the one learnt from the log agree with what followed, and
    whether the former was believed (1) or the latter (0); empty where there was but one."""
    thresholds: dict[str, dict[str, float | None]] = {}
    """By class of change: the least probability (null where the promise cannot be kept), and the wins, losses and
    wrong rewrites of cross-fitted decisions on the log that it rests on."""
    languages: tuple[str, ...] = ()
    """Languages of the log, the most common first; none where no turn states one."""
    metrics: dict[str, float | None]
    """What the replay on the held-out end of the log gave."""
    files: dict[str, str]
    """SHA-256 by file name."""

    @property
    def promised(self) -> float:
        """Wins among the cross-fitted decisions of classes that keep their promise, questions included, as a sum."""
        return sum(promise["wins"] or 0.0 for promise in self.thresholds.values() if promise["least"] is not None)


class _Layout(msgspec.Struct):
    """All that is read of a manifest before it is known to be one of ours."""

    format: int


class Release(msgspec.Struct, frozen=True, kw_only=True):
    """One release on disk, checked."""

    number: int
    """Its number, counted from 1."""
    folder: Path
    """Where its files are."""
    manifest: Manifest
    """What it holds."""
    digest: str
    """SHA-256 of the manifest: equal digests mean equal releases."""

    def path(self, name: str) -> Path:
        """Where the file `name` is. Do not map it: a process dies when a file that it has mapped is truncated.

        Raises:
            ReleaseError: when the release has no such file.
        """
        if name not in self.manifest.files:
            raise ReleaseError(f"release {self.number} has no file {name}; it has {', '.join(self.manifest.files)}")
        return self.folder / name

    def content(self, name: str) -> FileContent:
        """The verified content of the file `name`; it stays what it is when the file on disk changes.

        Raises:
            ReleaseError: when the release has no such file, or there is no room for a copy.
            CorruptRelease: when the file is missing or is not the one that was written.
        """
        return private_copy(self.path(name), self.manifest.files[name], self.number)


def write_release(root: Path, manifest: Manifest, files: Mapping[str, bytes], *, number: int | None = None) -> Release:
    """Write the next release below `root`, or a revision of one.

    Args:
        root: the folder of all releases; made when missing.
        manifest: all but `files`, which is filled in here.
        files: content by file name.
        number: of the release that this is the next revision of; None for a new one, under the next free number.

    Returns:
        The release as it stands on disk.

    Raises:
        ReleaseError: the folder cannot be written to.
    """
    hashes = {name: hashlib.sha256(files[name]).hexdigest() for name in sorted(files)}
    text = msgspec.json.format(msgspec.json.encode(msgspec.structs.replace(manifest, files=hashes), order="sorted"))
    seal = hashlib.sha256(text).hexdigest()
    # A name of its own: processes in containers that share a folder may have one number.
    draft = root / f"{DRAFT}{secrets.token_hex(8)}"
    try:
        root.mkdir(parents=True, exist_ok=True)
        with hold_drafts(root):
            try:
                draft.mkdir()
                for name, content in {**files, "manifest.json": text, SEAL: seal.encode()}.items():
                    with (draft / name).open("wb") as out:
                        out.write(content)
                        out.flush()
                        os.fsync(out.fileno())
                sync_folder(draft)
                published = _publish(draft, root, number)
                sync_folder(root)
            finally:
                shutil.rmtree(draft, ignore_errors=True)
    except OSError as error:
        raise ReleaseError(f"{root}: a release cannot be written ({error})") from None
    return open_release(root, published)


@contextmanager
def hold_drafts(root: Path, *, alone: bool = False) -> Iterator[None]:
    """Hold the drafts of a folder of releases: while any writer holds them, nobody who wants them alone gets them.

    The lock is the operating system's, so it ends with the process, however that ends.

    Args:
        root: the folder of all releases.
        alone: whether nobody else may hold them meanwhile.

    Raises:
        OSError: the folder cannot be opened; or, alone, somebody holds them, or its file system cannot lock folders.
    """
    handle = os.open(root, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB if alone else fcntl.LOCK_SH)
        except OSError:
            # Without locks nobody gets the drafts alone, so a writer needs none.
            if alone:
                raise
        yield
    finally:
        os.close(handle)


def _publish(draft: Path, root: Path, number: int | None) -> int:
    """Rename a draft that is whole to the next free number, or to the next revision of a release."""
    new = number is None
    if number is None:
        number = max([*list_releases(root), *retired_numbers(root)], default=0) + 1
    revision = 0 if new else _next_revision(root, number)
    while True:
        folder = root / (f"{number:06d}.{revision}" if revision else f"{number:06d}")
        try:
            draft.rename(folder)
        except OSError:
            # Another process took the number between the look and the rename.
            if not folder.exists():
                raise
            number, revision = (number + 1, 0) if new else (number, revision + 1)
        else:
            return number


def _next_revision(root: Path, number: int) -> int:
    return max((revision for revision, _ in _revisions(root).get(number, ())), default=-1) + 1


def open_release(root: Path, number: int) -> Release:
    """Open release `number` below `root` and check every byte of it.

    Raises:
        ReleaseError: when there is no such release, it was retired, or it is of another format.
        CorruptRelease: when a file is missing or is not the one that was written.
    """
    folder, manifest, seal = _manifest(root, number)
    for name, expected in manifest.files.items():
        try:
            with (folder / name).open("rb") as content:
                actual = hashlib.file_digest(content, "sha256").hexdigest()
        except OSError:
            raise CorruptRelease(f"release {number} is damaged: {name} is missing") from None
        if actual != expected:
            raise CorruptRelease(
                f"release {number} is damaged: {name} has SHA-256 {actual[:12]}…, expected {expected[:12]}…"
            )
    return Release(number=number, folder=folder, manifest=manifest, digest=seal)


def read_manifest(root: Path, number: int) -> Manifest:
    """Return the manifest of release `number` below `root`, without a look at its other files.

    Raises:
        ReleaseError: when there is no such release, it was retired, or it is of another format.
        CorruptRelease: when the manifest is not the one that was written.
    """
    return _manifest(root, number)[1]


def _manifest(root: Path, number: int) -> tuple[Path, Manifest, str]:
    """Return the folder of a release, its manifest and the SHA-256 of that."""
    folder = release_folder(root, number)
    if folder is None:
        if is_retired(root, number):
            raise ReleaseError(f"release {number} was deleted: what it was learnt from is forgotten")
        numbers = ", ".join(map(str, list_releases(root))) or "none"
        raise ReleaseError(f"there is no release {number}; there are: {numbers}")
    text, sealed = (_content(folder, name, number) for name in ("manifest.json", SEAL))
    seal = sealed.decode("ascii", "replace")
    if seal != hashlib.sha256(text).hexdigest():
        raise CorruptRelease(f"release {number} is damaged: manifest.json is not the one that {SEAL} was made for")
    try:
        # A newer manifest may have other fields, so its format is read first.
        layout = msgspec.json.decode(text, type=_Layout).format
        if layout > FORMAT:
            raise ReleaseError(
                f"release {number} has format {layout}, but this version reads up to {FORMAT}; upgrade sayagain"
            )
        if layout < FORMAT:
            raise ReleaseError(
                f"release {number} has format {layout}: it names users by a hash that can be guessed, and is no longer "
                "opened; run: sayagain learn"
            )
        manifest = msgspec.json.decode(text, type=Manifest)
    except msgspec.MsgspecError as error:
        raise CorruptRelease(f"release {number} is damaged: manifest.json cannot be read ({error})") from None
    return folder, manifest, seal


def list_releases(root: Path) -> list[int]:
    """Return the numbers of the releases below `root`, oldest first; damaged ones too."""
    return sorted(_revisions(root).keys() - retired_numbers(root))


def release_folder(root: Path, number: int) -> Path | None:
    """Return the folder of a release, that of its latest revision; None where there is none or it was retired."""
    return None if is_retired(root, number) else next(iter(release_folders(root, number)), None)


def release_folders(root: Path, number: int) -> list[Path]:
    """Return the folders of a release, its latest revision first; those behind it are only still to be deleted."""
    return [folder for _, folder in sorted(_revisions(root).get(number, ()), reverse=True)]


def retirement_mark(root: Path, number: int) -> Path:
    """Return the file that says, by being there, that a release is no more; it keeps the number from coming again."""
    return root / f"{number:06d}.retired"


def is_retired(root: Path, number: int) -> bool:
    """Tell whether a release was retired."""
    return retirement_mark(root, number).exists()


def _revisions(root: Path) -> dict[int, list[tuple[int, Path]]]:
    revisions: dict[int, list[tuple[int, Path]]] = {}
    for entry in root.iterdir() if root.is_dir() else ():
        name = _FOLDER.fullmatch(entry.name)
        if name is not None and entry.is_dir():
            revisions.setdefault(int(name[1]), []).append((int(name[2] or 0), entry))
    return revisions


def retired_numbers(root: Path) -> set[int]:
    """Return the numbers of the releases that were retired."""
    names = (_RETIRED.fullmatch(entry.name) for entry in (root.iterdir() if root.is_dir() else ()))
    return {int(name[1]) for name in names if name is not None}


def _content(folder: Path, name: str, number: int) -> bytes:
    try:
        return (folder / name).read_bytes()
    except OSError as error:
        raise CorruptRelease(f"release {number} is damaged: {name} cannot be read ({error.strerror})") from None


def sync_folder(folder: Path) -> None:
    """Have the names in a folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
