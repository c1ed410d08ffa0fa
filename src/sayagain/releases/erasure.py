"""Erasure of a person from releases: a revision removes the personal part, retirement removes a whole release.

Each step is one rename or one new file, so a killed process leaves the old state or the new one, and
`delete_leftovers` finishes its work. `sayagain.learner.erase_user` describes what is removed.
"""

import secrets
import shutil
from contextlib import suppress
from pathlib import Path

from sayagain.releases.mapped_table import MappedTable, encode_table
from sayagain.releases.release import (
    DRAFT,
    Release,
    hold_drafts,
    is_retired,
    list_releases,
    open_release,
    release_folders,
    retirement_mark,
    sync_folder,
    write_release,
)
from sayagain.rewriting.own import PersonalRequests

__all__ = ["delete_leftovers", "delete_superseded", "erase_personal", "has_personal", "retire_release"]

_PERSONAL = "personal.arrow"


def has_personal(release: Release, code: str) -> bool:
    """Tell whether a release holds what one user does, by the user's code."""
    return code in MappedTable(release.content(_PERSONAL), PersonalRequests)


def erase_personal(root: Path, number: int, code: str) -> bool:
    """Write a revision of a release without what one user does.

    The revision before stays on disk for those who have it open, until `delete_superseded`.

    Args:
        root: the folder of all releases.
        number: of the release.
        code: the user's, as `sayagain.store.user_code` makes it.

    Returns:
        Whether there was anything of this user.

    Raises:
        ReleaseError: there is no such release, or it cannot be read or written.
    """
    release = open_release(root, number)
    if not has_personal(release, code):
        return False
    files = {name: bytes(release.content(name)) for name in release.manifest.files}
    personal = MappedTable(release.content(_PERSONAL), PersonalRequests)
    files[_PERSONAL] = encode_table({user: user_requests for user, user_requests in personal.items() if user != code})
    write_release(root, release.manifest, files, number=number)
    return True


def retire_release(root: Path, number: int) -> None:
    """Delete a release for good; its number is never given again.

    Raises:
        OSError: the folder of the releases cannot be written to.
    """
    retirement_mark(root, number).touch()
    sync_folder(root)
    for folder in release_folders(root, number):
        _delete(folder)


def delete_superseded(root: Path, number: int) -> None:
    """Delete the revisions of a release before the latest.

    Raises:
        OSError: the folder of the releases cannot be written to.
    """
    for folder in release_folders(root, number)[1:]:
        _delete(folder)


def delete_leftovers(root: Path) -> int:
    """Finish what killed processes began: drafts, superseded revisions, releases that were being retired.

    While anybody writes a release, and where the file system has no locks, drafts are left.

    Returns:
        How many folders were deleted.
    """
    if not root.is_dir():
        return 0
    leftovers: list[Path] = []
    for number in list_releases(root):
        leftovers += release_folders(root, number)[1:]
    for entry in root.iterdir():
        name = entry.name.partition(".")[0]
        if name.isdigit() and is_retired(root, int(name)) and entry.is_dir():
            leftovers.append(entry)
    drafts = [entry for entry in root.iterdir() if entry.name.startswith(DRAFT)]
    if not leftovers and not drafts:
        return 0
    for folder in leftovers:
        _delete(folder)
    with suppress(OSError), hold_drafts(root, alone=True):
        for draft in root.iterdir():
            if draft.name.startswith(DRAFT):
                shutil.rmtree(draft, ignore_errors=True)
    return len(leftovers) + len(drafts)


def _delete(folder: Path) -> None:
    """Delete a folder under another name, so that nobody takes what is left of it for a release."""
    draft = folder.with_name(f"{DRAFT}{secrets.token_hex(8)}")
    # Another process may have deleted it already.
    with suppress(FileNotFoundError):
        folder.rename(draft)
        sync_folder(folder.parent)
        shutil.rmtree(draft, ignore_errors=True)
