"""What the tables need of a database: questions, one transaction at a time, and streams; one file per product."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any, Self

from sayagain.errors import StoreError

__all__ = ["Database", "Transaction"]


class Transaction(ABC):
    """One transaction under way: all of what is done in it happens, or none."""

    @abstractmethod
    def ask(self, question: str, *values: object) -> list[Any]:
        """Return the rows of an answer."""

    @abstractmethod
    def do(self, statement: str, *values: object) -> int:
        """Change rows, and return how many were changed."""

    @abstractmethod
    def do_each(self, statement: str, rows: Sequence[Sequence[object]]) -> int:
        """Change rows once for each set of values, and return how many were changed in all."""


class Database(ABC):
    """A database that speaks SQL with `?` for each value; may be used from several threads.

    The statements of the tables are written once, in what SQLite and Postgres have in common. Text comes out as it
    went in, whatever it holds, and sorts by code point.
    """

    name: str
    """For the sentences of errors; holds no password."""

    joined: str
    """Names the function that joins the records of a group, a line each: an expression over `record`."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @abstractmethod
    def close(self) -> None:
        """Let go of the database; closing twice is fine."""

    @abstractmethod
    def _read(self, question: str, *values: object) -> list[Any]:
        """Return the rows of an answer."""

    @abstractmethod
    def _stream(self, question: str, *values: object) -> Iterator[Any]:
        """Give rows as they come, from a connection of their own, so that nobody waits for them."""

    @abstractmethod
    def _writing(self) -> AbstractContextManager[Transaction]:
        """One transaction: all of it, or none, and on disk once it is over."""

    @abstractmethod
    def _check_open(self) -> None:
        """Raise `StoreError` once the store is closed."""

    def _damaged(self, what: str, error: Exception) -> StoreError:
        return StoreError(f"{self.name} is damaged: {what} cannot be read: {error}")
