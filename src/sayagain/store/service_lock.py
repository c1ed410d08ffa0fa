"""The lock of the service on an SQLite database, so that a second service says so instead of serving beside it."""

import errno
import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sayagain.config import is_server
from sayagain.errors import StoreError

__all__ = ["hold_service_lock", "service_lock_path"]

_PATIENCE = 3.0
"""How long a new service waits for the one before it to end, in seconds; a supervisor starts it at once."""


def service_lock_path(db: str) -> Path:
    """Return the file that is locked; it holds the process id of its service, and stays when that ends.

    >>> service_lock_path("/data/home.db").name
    'home.db-service.lock'
    """
    path = Path(db).resolve()
    return path.with_name(f"{path.name}-service.lock")


@contextmanager
def hold_service_lock(db: str, *, worker: bool = False, patience: float = _PATIENCE) -> Iterator[None]:
    """Hold the lock of a database while inside: its service, and each of its workers beside it.

    The lock is the operating system's: it ends with the process, however that ends. A server (Postgres) and
    `:memory:` have none, since several services may share the one and nobody can share the other.

    Args:
        db: name of the database, as in the settings.
        worker: whether it is held beside the service that started this process.
        patience: longest wait for another service to end, in seconds.

    Raises:
        StoreError: another service, or a worker that it left behind, holds the lock.
    """
    if is_server(db) or db == ":memory:":
        yield
        return
    path = service_lock_path(db)
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise StoreError(f"{path}: cannot be locked ({error.strerror})") from None
    try:
        if not worker:
            end = time.monotonic() + patience
            while not _lock(handle, fcntl.LOCK_EX):
                if time.monotonic() > end:
                    raise _served_already(handle, db)
                time.sleep(0.05)
            os.ftruncate(handle, 0)
            os.pwrite(handle, str(os.getpid()).encode(), 0)
        # Shared, so that the workers hold it, too: it is free when the last of them has ended.
        if not _lock(handle, fcntl.LOCK_SH):
            raise _served_already(handle, db)
        yield
    finally:
        os.close(handle)


def _served_already(handle: int, db: str) -> StoreError:
    holder = os.pread(handle, 32, 0).decode("ascii", "replace") or "unknown"
    return StoreError(f"{db} is served already, by process {holder}; stop that service first, or send requests to it")


def _lock(handle: int, kind: int) -> bool:
    """Lock a file; return False where somebody else holds it. A file system without locks refuses nobody."""
    try:
        fcntl.flock(handle, kind | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno not in {errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES}
    return True
