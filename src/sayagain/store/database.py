"""The interface between the tables and a database: queries, transactions and streams; one implementation each."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any, Self

from sayagain.errors import StoreError

__all__ = ["Database", "Transaction"]


class Transaction(ABC):
    """An open transaction; all its changes take effect, or none."""

    @abstractmethod
    def ask(self, question: str, *values: object) -> list[Any]:
        """Run a query and return its rows."""

    @abstractmethod
    def do(self, statement: str, *values: object) -> int:
        """Run a statement and return the number of changed rows."""

    @abstractmethod
    def do_each(self, statement: str, rows: Sequence[Sequence[object]]) -> int:
        """Run a statement once for each row of values and return the total number of changed rows."""


class Database(ABC):
    """An SQL database with `?` as the placeholder for values; safe to use from several threads.

    The statements of the tables are written once, in the dialect common to SQLite and Postgres. Any text is returned
    unchanged, and text sorts by code point.
    """

    name: str
    """Name for error messages, without a password."""

    joined: str
    """SQL expression that joins the column `record` of a group, one record a line."""

    _closed = False
    """Whether `close` was called."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @abstractmethod
    def close(self) -> None:
        """Close the database; a second call does nothing."""

    @abstractmethod
    def _read(self, question: str, *values: object) -> list[Any]:
        """Run a query and return its rows."""

    @abstractmethod
    def _stream(self, question: str, *values: object) -> Iterator[Any]:
        """Yield rows from a connection of their own, so that a slow reader blocks nobody."""

    @abstractmethod
    def _writing(self) -> AbstractContextManager[Transaction]:
        """Open a transaction; its changes are on disk when it ends."""

    def _check_open(self) -> None:
        """Raise `StoreError` if the store is closed."""
        if self._closed:
            raise StoreError(f"{self.name}: the store is closed")

    def _damaged(self, what: str, error: Exception) -> StoreError:
        return StoreError(f"{self.name} is damaged: {what} cannot be read: {error}")
