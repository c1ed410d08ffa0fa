"""Retention: turns older than the log is kept for are deleted, and releases that were learnt from such turns alone."""

import time
from contextlib import suppress
from pathlib import Path

from sayagain.errors import ReleaseError
from sayagain.learner.day_files import expire_history
from sayagain.releases.erasure import retire_release
from sayagain.releases.release import list_releases, read_manifest
from sayagain.store import DAY, Store

__all__ = ["expire_log"]


def expire_log(
    store: Store, root: Path, keep_days: int | None, *, now: int | None = None, history: Path | None = None
) -> int:
    """Delete what is older than the log is kept for; return how many turns.

    The release in use stays until the next one is promoted: learn regularly.

    Args:
        store: the log.
        root: the folder of all releases; one that cannot be written to keeps its releases.
        keep_days: days for which turns are kept; None for ever.
        now: in milliseconds since 1970; the clock's time if None.
        history: the folder in which older turns are counted, if there is one.
    """
    if keep_days is None:
        return 0
    before = (time.time_ns() // 1_000_000 if now is None else now) - keep_days * DAY
    span = store.span()
    # A look before the write, since this is done whenever the database is opened.
    expired = store.expire(before) if span is not None and span[0] < before else 0
    if history is not None:
        expire_history(history, before)
    in_use = store.release_in_use()
    for number in list_releases(root):
        with suppress(ReleaseError, OSError):
            log_until = read_manifest(root, number).log_until
            if number != in_use and log_until is not None and log_until < before:
                retire_release(root, number)
    return expired
