"""Group commit: threads that store turns at once share one transaction, and one wait for the disk.

Whoever comes first leads: it writes what is waiting, and what comes in meanwhile waits for the next leader, the first
of those that wait. Nobody is kept waiting for company, and everybody returns only once the own rows are on disk.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from copy import copy
from threading import Event, Lock

from sayagain.store.database import Transaction
from sayagain.store.sql_turns import BATCH, Row

__all__ = ["GroupCommit"]


class GroupCommit:
    """Stores rows of turns for any number of threads.

    Args:
        transaction: begins one.
        insert: stores groups of rows, each id once, and returns how many of each group are new.
    """

    def __init__(
        self,
        transaction: Callable[[], AbstractContextManager[Transaction]],
        insert: Callable[[Transaction, Sequence[Sequence[Row]]], list[int]],
    ) -> None:
        self._transaction = transaction
        self._insert = insert
        self._lock = Lock()
        self._waiting: list[_Piece] = []
        self._led = False

    def add(self, rows: Sequence[Row]) -> int:
        """Store rows, each id once, and return how many are new; on return they are on disk.

        Raises:
            StoreError: these rows could not be stored; those of others in the same transaction are another matter.
        """
        piece = _Piece(rows)
        with self._lock:
            self._waiting.append(piece)
            leads = not self._led
            self._led = True
        if not leads:
            self._wait(piece)
        if not piece.done:
            self._lead(piece)
        if piece.error is not None:
            raise piece.error
        return piece.new

    def _wait(self, piece: "_Piece") -> None:
        try:
            piece.ready.wait()
        except BaseException:
            # Interrupted: nobody may wait for this thread to lead.
            with self._lock:
                if piece.ready.is_set() and not piece.done:
                    self._waiting.remove(piece)
                    self._appoint()
            raise

    def _lead(self, piece: "_Piece") -> None:
        with self._lock:
            taken = self._take()
        try:
            self._write(taken)
        finally:
            with self._lock:
                # Only an interruption leaves any; giving them again is safe, since each id is stored once.
                self._waiting[:0] = [each for each in taken if not each.done and each is not piece]
                self._appoint()
            for each in taken:
                if each.done:
                    each.ready.set()

    def _take(self) -> "list[_Piece]":
        size = count = 0
        while count < len(self._waiting) and (not count or size + len(self._waiting[count].rows) <= BATCH):
            size += len(self._waiting[count].rows)
            count += 1
        taken, self._waiting = self._waiting[:count], self._waiting[count:]
        return taken

    def _appoint(self) -> None:
        self._led = bool(self._waiting)
        if self._led:
            self._waiting[0].ready.set()

    def _write(self, pieces: "Sequence[_Piece]") -> None:
        began = False
        try:
            with self._transaction() as transaction:
                began = True
                new = self._insert(transaction, [each.rows for each in pieces])
        except Exception as error:  # noqa: BLE001  (handed to those it concerns)
            if began and len(pieces) > 1:
                # Some of them may be fine: each for itself, so that the error reaches those it concerns.
                for each in pieces:
                    self._write([each])
                return
            for each in pieces:
                # One object raised in several threads would mix their tracebacks.
                each.error = error if len(pieces) == 1 else copy(error)
                each.done = True
        else:
            for each, count in zip(pieces, new, strict=True):
                each.new = count
                each.done = True


class _Piece:
    """What one thread wants stored."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows = rows
        self.ready = Event()
        """Set when it is done, or when its thread is to lead."""
        self.done = False
        self.new = 0
        self.error: Exception | None = None
