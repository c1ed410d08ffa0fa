"""A thread that sends waiting turns, oldest first, and retries each until it is taken."""

import threading
from abc import ABC, abstractmethod
from typing import Generic, Self, TypeVar

__all__ = ["RetrySender"]

_FIRST_PAUSE = 0.1
"""Pause after the first failure, in seconds; it doubles with each further one."""

_Entry = TypeVar("_Entry")


class RetrySender(ABC, Generic[_Entry]):
    """Base of what keeps turns until a front takes them; a subclass says where they are kept.

    Args:
        name: name of the thread.
        max_pause: longest pause between two attempts, in seconds.
        retries_at_close: whether it retries until the timeout of `close`; else what is left waits for the next start.
    """

    def __init__(self, *, name: str, max_pause: float, retries_at_close: bool) -> None:
        self._condition = threading.Condition()
        self._is_closing = False
        self._max_pause = max_pause
        self._retries_at_close = retries_at_close
        self.trouble: str | None = None
        """Why the latest turn could not be sent; None if it was."""
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def __enter__(self) -> Self:
        """Return the sender itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Send the remaining turns, and close."""
        self.close()

    @abstractmethod
    def close(self, timeout: int = 5_000) -> bool:
        """Send the remaining turns within a timeout in milliseconds; return whether all were sent."""

    @abstractmethod
    def _first(self) -> _Entry | None:
        """Return the oldest turn, or None; called with the condition held."""

    @abstractmethod
    def _send(self, entry: _Entry) -> None:
        """Send a turn; any exception leads to another attempt."""

    @abstractmethod
    def _remove(self, entry: _Entry) -> None:
        """Remove a turn that was sent; called with the condition held."""

    def _join(self, timeout: int) -> None:
        """End the thread once all turns are sent, or after a timeout in milliseconds."""
        with self._condition:
            self._is_closing = True
            self._condition.notify_all()
        self._thread.join(timeout / 1000)

    def _run(self) -> None:
        pause = _FIRST_PAUSE
        while True:
            with self._condition:
                while (entry := self._first()) is None:
                    if self._is_closing:
                        return
                    self._condition.wait()
            try:
                self._send(entry)
            except Exception as error:  # noqa: BLE001  (the turn is kept and retried)
                self.trouble = f"{type(error).__name__}: {error}"
                with self._condition:
                    if not self._is_closing:
                        self._condition.wait_for(lambda: self._is_closing, pause)
                    elif self._retries_at_close:
                        self._condition.wait(min(pause, _FIRST_PAUSE))
                    else:
                        return
                pause = min(2 * pause, self._max_pause)
                continue
            pause, self.trouble = _FIRST_PAUSE, None
            with self._condition:
                self._remove(entry)
