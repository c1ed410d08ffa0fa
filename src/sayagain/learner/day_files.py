"""Days of a large log as Parquet files beside the database, for the steps that count older turns.

The folder is a cache of what the database holds: a day is written again when its number of turns has changed, and all
of it goes when a user is forgotten. A day that is long past is not written again for late feedback.
"""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from sayagain.formats import turns_to_parquet
from sayagain.store import DAY, Store

__all__ = ["clean_history", "expire_history", "hold_history", "write_days"]

SETTLED = 7
"""Days after which late feedback on a day is no longer waited for."""

_DAYS, _STATE = "days", "state"


@contextmanager
def hold_history(store: Store, folder: Path) -> Iterator[None]:
    """Hold the history of a database while inside; whoever else learns from it waits.

    Args:
        store: the database. What was written before one of its users was forgotten is deleted first.
        folder: of the history; made when missing, readable by its owner alone.
    """
    clean_history(store, folder)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(folder, os.O_RDONLY)
    try:
        # A file system without locks has one learner at a time, or each takes the other's files.
        with suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX)
        (folder / _STATE).write_text(_state(store), encoding="utf-8")
        yield
    finally:
        os.close(handle)


def write_days(store: Store, folder: Path, *, since: int | None, until: int) -> list[Path]:
    """Write each day of a log as a Parquet file, unless it is there, and return the files in order of time.

    Args:
        store: holds the log.
        folder: of the history, held.
        since: start of the first turn, in milliseconds; None for all.
        until: end of the last day that is needed, in milliseconds.
    """
    (folder / _DAYS).mkdir(exist_ok=True)
    sizes = store.day_sizes()
    latest = max(sizes, default=0)
    files = []
    for day in sorted(sizes):
        if day * DAY >= until or (since is not None and (day + 1) * DAY <= since):
            continue
        path = folder / _DAYS / f"{day:06}.parquet"
        if _rows(path) != sizes[day] or day > latest - SETTLED:
            draft = path.with_suffix(".draft")
            turns_to_parquet(draft, store.turns(since=day * DAY, until=(day + 1) * DAY))
            draft.replace(path)
        files.append(path)
    return files


def clean_history(store: Store, folder: Path) -> None:
    """Delete the history if it was written before a user was forgotten, or of another database."""
    with suppress(OSError):
        if not folder.is_dir() or _read_state(folder) == _state(store):
            return
        # What is not ours stays, should somebody have a folder of that name.
        for path in (*folder.glob("steps-*"), folder / _DAYS):
            if path.is_dir():
                shutil.rmtree(path)
        for name in ("steps.json", _STATE):
            (folder / name).unlink(missing_ok=True)
        folder.rmdir()


def expire_history(folder: Path, before: int) -> None:
    """Delete days that began before a time in milliseconds, and with them all that was derived from any day."""
    with suppress(OSError):
        expired = [path for path in (folder / _DAYS).glob("*.parquet") if int(path.stem) * DAY < before]
        for path in expired:
            path.unlink()
        for path in folder.glob("steps-*") if expired else ():
            shutil.rmtree(path)


def _state(store: Store) -> str:
    """Return what changes with every user that is forgotten, and differs between databases."""
    return f"{hashlib.sha256(store.user_key()).hexdigest()[:16]} {store.erasure_count()}"


def _read_state(folder: Path) -> str | None:
    with suppress(OSError):
        return (folder / _STATE).read_text(encoding="utf-8")
    return None


def _rows(path: Path) -> int | None:
    with suppress(OSError, pa.ArrowException):
        return int(pq.read_metadata(path).num_rows)
    return None
