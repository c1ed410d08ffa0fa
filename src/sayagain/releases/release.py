"""The release: what was learnt, frozen, numbered and checksummed.

A release is a folder of files and a manifest that names each with its SHA-256. Writing goes to a hidden folder that
is renamed when it is whole, so a killed process leaves no half release. The manifest holds no clock time and no
number (the folder's name is the number), so the same log and the same seed give the same bytes and the same digest.
"""

import hashlib
import os
import re
import secrets
import shutil
from collections.abc import Mapping
from pathlib import Path

import msgspec

from sayagain.errors import CorruptRelease, ReleaseError

__all__ = ["Manifest", "Release", "list_releases", "open_release", "write_release"]

FORMAT = 1
"""Changes when a file of a release changes its meaning; an older reader refuses a newer release."""

SEAL = "manifest.sha256"
"""The file that holds the SHA-256 of the manifest."""

_FOLDER = re.compile(r"\d{6}")


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
    metrics: dict[str, float | None]
    """What the replay on the held-out end of the log gave."""
    files: dict[str, str]
    """SHA-256 by file name."""


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
        """Where the file `name` is; for memory mapping.

        Raises:
            ReleaseError: when the release has no such file.
        """
        if name not in self.manifest.files:
            raise ReleaseError(f"release {self.number} has no file {name}; it has {', '.join(self.manifest.files)}")
        return self.folder / name


def write_release(root: Path, manifest: Manifest, files: Mapping[str, bytes]) -> Release:
    """Write the next release below `root`.

    Args:
        root: the folder of all releases; made when missing.
        manifest: all but `files`, which is filled in here.
        files: content by file name.

    Returns:
        The release as it stands on disk, under the next free number.

    Raises:
        ReleaseError: the folder cannot be written to.
    """
    hashes = {name: hashlib.sha256(files[name]).hexdigest() for name in sorted(files)}
    text = msgspec.json.format(msgspec.json.encode(msgspec.structs.replace(manifest, files=hashes), order="sorted"))
    seal = hashlib.sha256(text).hexdigest()
    # A name of its own: processes in containers that share a folder may have one number.
    draft = root / f".draft-{secrets.token_hex(8)}"
    try:
        draft.mkdir(parents=True)
        for name, content in {**files, "manifest.json": text, SEAL: seal.encode()}.items():
            with (draft / name).open("wb") as out:
                out.write(content)
                out.flush()
                os.fsync(out.fileno())
        number = _publish(draft, root)
        _sync_folder(root)
    except OSError as error:
        raise ReleaseError(f"{root}: a release cannot be written ({error})") from None
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return open_release(root, number)


def _publish(draft: Path, root: Path) -> int:
    """Rename a draft that is whole to the next free number."""
    number = max(list_releases(root), default=0) + 1
    while True:
        try:
            draft.rename(root / f"{number:06d}")
        except OSError:
            # Another process took the number between the look and the rename.
            if not (root / f"{number:06d}").exists():
                raise
            number += 1
        else:
            return number


def open_release(root: Path, number: int) -> Release:
    """Open release `number` below `root` and check every byte of it.

    Raises:
        ReleaseError: when there is no such release, or it is of a newer format.
        CorruptRelease: when a file is missing or is not the one that was written.
    """
    folder = root / f"{number:06d}"
    if not folder.is_dir():
        there = ", ".join(map(str, list_releases(root))) or "none"
        raise ReleaseError(f"there is no release {number}; there are: {there}")
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
        manifest = msgspec.json.decode(text, type=Manifest)
    except msgspec.MsgspecError as error:
        raise CorruptRelease(f"release {number} is damaged: manifest.json cannot be read ({error})") from None
    for name, expected in manifest.files.items():
        try:
            with (folder / name).open("rb") as content:
                seen = hashlib.file_digest(content, "sha256").hexdigest()
        except OSError:
            raise CorruptRelease(f"release {number} is damaged: {name} is missing") from None
        if seen != expected:
            raise CorruptRelease(
                f"release {number} is damaged: {name} has SHA-256 {seen[:12]}…, expected {expected[:12]}…"
            )
    return Release(number=number, folder=folder, manifest=manifest, digest=seal)


def list_releases(root: Path) -> list[int]:
    """Return the numbers of the releases below `root`, oldest first; damaged ones too."""
    if not root.is_dir():
        return []
    return sorted(int(entry.name) for entry in root.iterdir() if _FOLDER.fullmatch(entry.name) and entry.is_dir())


def _content(folder: Path, name: str, number: int) -> bytes:
    try:
        return (folder / name).read_bytes()
    except OSError as error:
        raise CorruptRelease(f"release {number} is damaged: {name} cannot be read ({error.strerror})") from None


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
