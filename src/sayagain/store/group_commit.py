"""Group commit: threads that store turns at the same time share one transaction and one disk flush.

The first thread leads and writes all waiting rows. Rows that arrive meanwhile wait for the next leader, the first
waiting thread. No thread waits for others to join, and each returns once its own rows are on disk.
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
        transaction: opens a transaction.
        insert: stores groups of rows, each id once, and returns the number of new rows of each group.
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
        """Store rows, each id once, and return the number of new ones; on return the rows are on disk.

        Raises:
            StoreError: these rows could not be stored; other threads' rows in the same transaction may be.
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
            # Interrupted: another thread must lead in place of this one.
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
                # Only an interruption leaves unwritten rows; writing them again is safe, since each id is stored once.
                self._waiting[:0] = [other for other in taken if not other.done and other is not piece]
                self._appoint()
            for other in taken:
                if other.done:
                    other.ready.set()

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
        opened = False
        try:
            with self._transaction() as transaction:
                opened = True
                new = self._insert(transaction, [piece.rows for piece in pieces])
        except Exception as error:  # noqa: BLE001  (passed on to the threads concerned)
            if opened and len(pieces) > 1:
                # Retry each piece alone, so that the error reaches only the threads concerned.
                for piece in pieces:
                    self._write([piece])
                return
            for piece in pieces:
                # One exception raised in several threads would mix their tracebacks.
                piece.error = error if len(pieces) == 1 else copy(error)
                piece.done = True
        else:
            for piece, count in zip(pieces, new, strict=True):
                piece.new = count
                piece.done = True


class _Piece:
    """The rows of one thread."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows = rows
        self.ready = Event()
        """Set when the rows are stored, or when the thread must lead."""
        self.done = False
        self.new = 0
        self.error: Exception | None = None
