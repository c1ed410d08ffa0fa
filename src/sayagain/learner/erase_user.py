"""Erasure of a user from the store, every release on disk and the reject files, with a search for remains.

A release does not record the users behind its shared entries, so the one in use is learnt again from the remaining
turns, up to its own last turn, with its own settings: as if the user had never spoken. Other releases of the user's
turns are deleted. Until the new release exists, the old one serves without the user's personal part.
Each step can be killed: the store keeps the pending erasures until they are done.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import msgspec

from sayagain.config import is_server
from sayagain.errors import ReleaseError
from sayagain.formats import forget_rejects
from sayagain.learner.day_files import clean_history
from sayagain.learning.learn import LearningResult
from sayagain.releases.contents import shared_texts
from sayagain.releases.erasure import (
    delete_leftovers,
    delete_superseded,
    erase_personal,
    has_personal,
    retire_release,
)
from sayagain.releases.release import Manifest, Release, list_releases, open_release, write_release
from sayagain.store import Erasure, Store, user_code
from sayagain.store.file_search import holds_any
from sayagain.store.turn_spool import forget_spooled, spool_path
from sayagain.text import normalise
from sayagain.turns import Turn

__all__ = ["ForgetReport", "clean_releases", "erase_from_releases", "forget_user"]

Learn = Callable[[Manifest], LearningResult | None]
"""Learns a release again from the log that is left; None where no turn is left."""


class ForgetReport(msgspec.Struct, frozen=True, kw_only=True):
    """What was removed when a user or a lesson was forgotten."""

    turns: int = 0
    """The user's turns."""
    judgements: int = 0
    """What learning made of them, and of others' turns in the same sessions."""
    feedback: int = 0
    """Late feedback on them."""
    taught: int = 0
    """What the user taught."""
    rejects: int = 0
    """Lines of reject files beside the database that name the user."""
    learnt_again: int | None = None
    """The release in use, where it was learnt from the user's turns and so was learnt again without them."""
    erased: list[int] = []
    """Other releases from which only what the user did was taken, since they were not learnt from the user's turns."""
    deleted: list[int] = []
    """Releases that were deleted, since they were learnt from the user's turns or could not be read."""
    spooled: int = 0
    """The user's turns that waited beside the database until it took them."""
    remains: list[str] = []
    """Where something of the user was still found afterwards; empty where nothing was."""


class _ErasedReleases(msgspec.Struct):
    """The releases changed so far, as in `ForgetReport`."""

    learnt_again: int | None = None
    erased: list[int] = []
    deleted: list[int] = []


class _UserWords(msgspec.Struct, frozen=True, kw_only=True):
    """Words and requests that only one user said, for the search for remains."""

    words: frozenset[str]
    """Normalised words that nobody else's turn holds."""
    requests: tuple[str, ...]
    """The longest of the requests, as they were said, that nobody else's turn holds."""

    @classmethod
    def of(cls, user: str, turns: Iterable[Turn], limit: int = 20) -> "_UserWords":
        """Collect them from a whole log; at most `limit` requests."""
        texts_by_speaker: dict[bool, tuple[set[str], set[str]]] = {True: (set(), set()), False: (set(), set())}
        for turn in turns:
            words, requests = texts_by_speaker[turn.user_id == user]
            words.update(normalise(turn.heard).split(), normalise(turn.request).split())
            requests.update((turn.heard, turn.request))
        user_texts, other_texts = texts_by_speaker[True], texts_by_speaker[False]
        longest = sorted(user_texts[1] - other_texts[1], key=lambda text: (-len(text), text))
        return cls(
            words=frozenset(user_texts[0] - other_texts[0]),
            requests=tuple(text for text in longest[:limit] if " " in text),
        )


def forget_user(store: Store, db: str, root: Path, user: str, learn: Learn, *, history: Path) -> ForgetReport:
    """Delete all that is known of a user from the store, the files beside it and the releases, and look for remains.

    Args:
        store: holds the log.
        db: its name, as in the settings.
        root: the folder of all releases.
        user: who is to be forgotten.
        learn: learns a release again, by its manifest.
        history: the folder in which older turns are counted; it is deleted, and made again when it is needed.

    Raises:
        ReleaseError: a release cannot be learnt again or written; the next call goes on.
    """
    user_words = _UserWords.of(user, store.turns())
    store_counts = store.forget_user(user)
    clean_history(store, history)
    rejects, spooled = _erase_rejects(db, user), forget_spooled(spool_path(db), user)
    erased = erase_from_releases(store, root, learn)
    return ForgetReport(
        **store_counts._asdict(),
        rejects=rejects,
        spooled=spooled,
        learnt_again=erased.learnt_again,
        erased=erased.erased,
        deleted=erased.deleted,
        remains=_find_remains(db, root, store.user_key(), user, user_words),
    )


def clean_releases(store: Store, root: Path) -> None:
    """Do what is cheap of all that killed processes left undone; on a folder that cannot be written to, nothing.

    Users who are to be erased are out of their personal parts at once, and releases of their turns are deleted, but for
    the one in use.
    """
    erased = _ErasedReleases()
    with suppress(OSError, ReleaseError):
        delete_leftovers(root)
        for erasure in store.erasures():
            _erase_one(store, root, erasure, erased)


def erase_from_releases(store: Store, root: Path, learn: Learn) -> _ErasedReleases:
    """Remove all who are to be erased from every release on disk, and learn the release in use again without them.

    Args:
        store: keeps who is to be erased.
        root: the folder of all releases.
        learn: learns a release again, by its manifest.

    Raises:
        ReleaseError: a release cannot be read or written; the next call goes on.
    """
    erased = _ErasedReleases()
    pending = store.erasures()
    try:
        delete_leftovers(root)
        needs_learning = [_erase_one(store, root, erasure, erased) for erasure in pending]
        in_use = store.release_in_use()
        if any(needs_learning) and in_use is not None:
            _learn_again(store, root, in_use, learn, erased)
    except OSError as error:
        raise ReleaseError(f"{root}: a user cannot be removed from the releases ({error})") from None
    for erasure in pending:
        store.end_erasure(erasure.user_code)
    return erased


def _erase_one(store: Store, root: Path, erasure: Erasure, erased: _ErasedReleases) -> bool:
    """Remove one user from every release, and say whether the one in use must be learnt again."""
    in_use = store.release_in_use()
    needs_learning = False
    for number in list_releases(root):
        release = _open(root, number)
        learnt_from_user = erasure.since is not None and (
            release is None or _learnt_from(release.manifest, erasure.since)
        )
        if learnt_from_user and (number != in_use or release is None):
            if number == in_use:
                store.set_release_in_use(None, note="it cannot be read, and a user of it is forgotten")
            retire_release(root, number)
            erased.deleted.append(number)
            continue
        needs_learning |= learnt_from_user
        if release is not None and erase_personal(root, number, erasure.user_code):
            # Whoever serves it takes the revision before the old files go.
            store.count_change()
            delete_superseded(root, number)
            if not learnt_from_user:
                erased.erased.append(number)
    return needs_learning


def _open(root: Path, number: int) -> Release | None:
    """Open a release; None if it cannot be read, twice: another process may have put a revision in its place."""
    for _ in range(2):
        with suppress(ReleaseError):
            return open_release(root, number)
    return None


def _learnt_from(manifest: Manifest, since: int) -> bool:
    return manifest.log_until is not None and manifest.log_until >= since


def _learn_again(store: Store, root: Path, number: int, learn: Learn, erased: _ErasedReleases) -> None:
    manifest = open_release(root, number).manifest
    while True:
        erasure_count = store.erasure_count()
        result = learn(manifest)
        if result is None:
            store.set_release_in_use(None, note="it was learnt from nobody but a user who is forgotten")
            retire_release(root, number)
            erased.deleted.append(number)
            return
        write_release(root, result.manifest, result.files, number=number)
        store.count_change()
        delete_superseded(root, number)
        # Another user may have been forgotten while this log was learnt from.
        if store.erasure_count() == erasure_count:
            erased.learnt_again = number
            return


def _erase_rejects(db: str, user: str) -> int:
    """Delete the lines of the reject files beside a database that name a user; return how many."""
    if is_server(db):
        return 0
    return sum(forget_rejects(path, user) for path in sorted(Path(db).absolute().parent.glob("*.rejects.jsonl")))


def _find_remains(db: str, root: Path, key: bytes, user: str, user_words: _UserWords) -> list[str]:
    """Look for a user in the files of the database and in the releases; return where something was found.

    In an SQLite file the user's id is looked for and what only this user requested; a server's files are not ours. In
    the releases, the user's code and every word that only this user said.
    """
    remains = list(_remains_in_files(db, user, user_words))
    for number in list_releases(root):
        with suppress(ReleaseError):
            release = open_release(root, number)
            if has_personal(release, user_code(user, key)):
                remains.append(f"release {number}: what the user did")
            words = {word for text in shared_texts(release) for word in text.split()}
            if words & user_words.words:
                remains.append(f"release {number}: words that only the user said")
    return remains


def _remains_in_files(db: str, user: str, user_words: _UserWords) -> Iterator[str]:
    needles = [b'"user_id":' + msgspec.json.encode(user), *(msgspec.json.encode(text) for text in user_words.requests)]
    for name in () if is_server(db) else (db, spool_path(db)):
        for path in (Path(name), Path(f"{name}-wal")):
            if holds_any(path, needles):
                yield path.name
