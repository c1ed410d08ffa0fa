"""The front of an assistant: a decision within a deadline, else the request as it is."""

import collections
import threading
import time
from typing import Protocol, Self, runtime_checkable

from sayagain.runtime import Decision
from sayagain.turns import Turn

__all__ = ["DEADLINE", "FailOpen", "Front"]

DEADLINE = 300
"""Default wait of an assistant for a decision, in milliseconds."""

_MAX_CONCURRENT = 64
"""Largest number of concurrent decisions; a front that hangs is given no further threads."""

_MAX_WAITING = 10_000
"""Largest number of turns kept in memory while the front cannot take them; the oldest is dropped."""


@runtime_checkable
class Front(Protocol):
    """What decides on requests and logs turns: a `Learner` in the same process, or a `Remote` service."""

    def rewrite(self, request: Turn, /) -> Decision:
        """Decide what to pass on for a request."""
        ...

    def observe(self, turn: Turn, decision: Decision | None = None, /) -> None:
        """Log a turn; durable when this returns."""
        ...


class FailOpen:
    """A `Front` that never raises and never makes an assistant wait longer than its deadline.

    A thread of its own sends the turns and retries until the front takes them.

    Args:
        front: decides and logs turns.
        deadline: in milliseconds; after it the request is left as it is.
        patience: longest pause between two attempts to send a turn, in milliseconds.

    >>> class Broken:
    ...     def rewrite(self, request):
    ...         raise OSError("no route to host")
    ...
    ...     def observe(self, turn, decision=None): ...
    >>> with FailOpen(Broken()) as front:
    ...     print(front.rewrite(Turn(turn_id="t", started=0, request="lamp on")).why)
    left as it is: sayagain failed (OSError: no route to host)
    """

    def __init__(self, front: Front, *, deadline: int = DEADLINE, patience: int = 30_000) -> None:
        self._front = front
        self._deadline = deadline / 1000
        self._patience = patience / 1000
        self._free_slots = threading.Semaphore(_MAX_CONCURRENT)
        self._waiting: collections.deque[tuple[Turn, Decision | None]] = collections.deque()
        self._condition = threading.Condition()
        self._is_closing = False
        self.lost = 0
        """Number of turns that were dropped while the front took none."""
        self.trouble: str | None = None
        """Why the latest turn could not be sent; None if it was."""
        self._sender = threading.Thread(target=self._send, name="sayagain-observe", daemon=True)
        self._sender.start()

    def __enter__(self) -> Self:
        """Return the front itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Send the remaining turns."""
        self.close()

    def rewrite(self, request: Turn, /) -> Decision:
        """Decide within the deadline, or leave the request as it is and say why."""
        if not self._free_slots.acquire(blocking=False):
            return _unchanged(request, f"sayagain has {_MAX_CONCURRENT} requests in progress and answers none of them")
        answer: list[Decision] = []

        def ask() -> None:
            try:
                answer.append(self._front.rewrite(request))
            except Exception as error:  # noqa: BLE001  (whatever fails, the assistant must answer)
                answer.append(_unchanged(request, f"sayagain failed ({type(error).__name__}: {error})"))
            finally:
                self._free_slots.release()

        # A thread for each request: one that hangs delays neither the others nor the end of the process.
        thread = threading.Thread(target=ask, name="sayagain-rewrite", daemon=True)
        thread.start()
        thread.join(self._deadline)
        return answer[0] if answer else _unchanged(request, f"sayagain took longer than {self._deadline * 1000:.0f} ms")

    def observe(self, turn: Turn, decision: Decision | None = None, /) -> None:
        """Queue a turn; return at once."""
        with self._condition:
            if len(self._waiting) >= _MAX_WAITING:
                self._waiting.popleft()
                self.lost += 1
            self._waiting.append((turn, decision))
            self._condition.notify_all()

    @property
    def waiting(self) -> int:
        """Number of turns that are still to be sent."""
        return len(self._waiting)

    def close(self, timeout: int = 5_000) -> bool:
        """Send the remaining turns within a timeout in milliseconds; return whether all were sent."""
        with self._condition:
            self._is_closing = True
            self._condition.notify_all()
        self._sender.join(timeout / 1000)
        return not self._waiting

    def _send(self) -> None:
        pause = 0.1
        while True:
            with self._condition:
                self._condition.wait_for(lambda: self._waiting or self._is_closing)
                if not self._waiting:
                    return
                turn, decision = entry = self._waiting[0]
            try:
                self._front.observe(turn, decision)
            except Exception as error:  # noqa: BLE001  (the turn is kept and retried)
                self.trouble = f"{type(error).__name__}: {error}"
                with self._condition:
                    if not self._is_closing:
                        self._condition.wait_for(lambda: self._is_closing, pause)
                    else:
                        time.sleep(min(pause, 0.1))
                pause = min(2 * pause, self._patience)
                continue
            pause, self.trouble = 0.1, None
            with self._condition:
                # The oldest may have been dropped meanwhile.
                if self._waiting and self._waiting[0] is entry:
                    self._waiting.popleft()


def _unchanged(request: Turn, why: str) -> Decision:
    return Decision(heard=request.heard, text=request.heard, why=f"left as it is: {why}")
