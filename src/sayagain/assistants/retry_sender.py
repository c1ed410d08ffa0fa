"""A thread that sends waiting turns, oldest first, and retries each until it is taken, or refused for good."""

import logging
import threading
from abc import ABC, abstractmethod
from typing import Generic, Self, TypeVar

from sayagain.errors import RequestRefused, TurnError

__all__ = ["RetrySender"]

_log = logging.getLogger(__name__)

_FIRST_PAUSE = 0.1
"""Pause after the first failure, in seconds; it doubles with each further one."""

_Entry = TypeVar("_Entry")


class RetrySender(ABC, Generic[_Entry]):
    """Base of what keeps turns until a front takes them; a subclass says where they are kept.

    A turn that the front refuses for good (`TurnError`, `RequestRefused`) is set aside, so that those after it go on.

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
        self.refused = 0
        """Number of turns that were refused for good and set aside by this process."""
        self._place = ""
        self._failure: str | None = None
        self._last_refusal = ""
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def __enter__(self) -> Self:
        """Return the sender itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Send the remaining turns, and close."""
        self.close()

    @property
    def trouble(self) -> str | None:
        """Why the latest turn could not be sent, or how many turns were set aside and why the last; else None."""
        if self._failure is not None or not self.refused:
            return self._failure
        turns = "1 turn was" if self.refused == 1 else f"{self.refused:,} turns were"
        return f"{turns} refused and set aside{self._place}; the last: {self._last_refusal}"

    @abstractmethod
    def close(self, timeout: int = 5_000) -> bool:
        """Send the remaining turns within a timeout in milliseconds; return whether none is left to send."""

    @abstractmethod
    def _first(self) -> _Entry | None:
        """Return the oldest turn, or None; called with the condition held."""

    @abstractmethod
    def _send(self, entry: _Entry) -> None:
        """Send a turn; any exception but a refusal leads to another attempt."""

    @abstractmethod
    def _remove(self, entry: _Entry) -> None:
        """Remove a turn that was sent; called with the condition held."""

    @abstractmethod
    def _set_aside(self, entry: _Entry, reason: str) -> None:
        """Move a turn that was refused for good to where the user finds it; called with the condition held.

        It waits no longer when this returns; any exception leads to another attempt.
        """

    def _join(self, timeout: int) -> None:
        """End the thread once all turns are sent, or after a timeout in milliseconds."""
        with self._condition:
            self._is_closing = True
            self._condition.notify_all()
        self._thread.join(timeout / 1000)

    def _refuse(self, entry: _Entry, reason: str) -> None:
        """Set a turn aside and remember why; called with the condition held."""
        self._set_aside(entry, reason)
        self.refused += 1
        self._last_refusal = reason
        # Without the reason, which may hold words of the user.
        _log.warning("a turn was refused for good and is set aside (%d so far)", self.refused)

    def _run(self) -> None:
        pause = _FIRST_PAUSE
        while True:
            with self._condition:
                while (entry := self._first()) is None:
                    if self._is_closing:
                        return
                    self._condition.wait()
            try:
                self._settle(entry)
            except Exception as error:  # noqa: BLE001  (the turn is kept and retried)
                self._failure = f"{type(error).__name__}: {error}"
                with self._condition:
                    if not self._is_closing:
                        self._condition.wait_for(lambda: self._is_closing, pause)
                    elif self._retries_at_close:
                        self._condition.wait(min(pause, _FIRST_PAUSE))
                    else:
                        return
                pause = min(2 * pause, self._max_pause)
                continue
            pause, self._failure = _FIRST_PAUSE, None

    def _settle(self, entry: _Entry) -> None:
        """Send a turn, or set it aside; it waits no longer when this returns."""
        try:
            self._send(entry)
        except (TurnError, RequestRefused) as error:
            with self._condition:
                self._refuse(entry, str(error))
        else:
            with self._condition:
                self._remove(entry)
