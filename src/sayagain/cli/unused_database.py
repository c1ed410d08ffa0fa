"""Removal of a database that a command made and then failed before it stored anything."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sayagain.cli.options import CommonOptions
from sayagain.config import is_server, load_settings
from sayagain.errors import SayagainError

__all__ = ["remove_unused_database"]

_BESIDE = ("", "-wal", "-shm", "-homeassistant", "-homeassistant-wal", "-homeassistant-shm", "-service.lock")
"""What the names of the files of a database end with."""


@contextmanager
def remove_unused_database(common: CommonOptions) -> Iterator[None]:
    """Remove the database at the end if it was made inside and an error came before any turn or token was stored.

    Otherwise a misspelt address would leave an empty database behind, which the next command takes for a log.

    Args:
        common: names the database.
    """
    settings = load_settings({"db": common.db})
    is_file = settings.db != ":memory:" and not is_server(settings.db)
    is_new = is_file and not Path(settings.db).exists()
    try:
        yield
    except (SayagainError, OSError):
        if is_new and _is_unused(settings.db):
            for end in _BESIDE:
                Path(f"{settings.db}{end}").unlink(missing_ok=True)
            with suppress(OSError):
                settings.releases_folder.rmdir()
        raise


def _is_unused(db: str) -> bool:
    from sayagain.store import open_store  # noqa: PLC0415  (numbers are imported with the store)

    if not Path(db).exists():
        return False
    with open_store(db) as store:
        return store.span() is None and not store.tokens()
