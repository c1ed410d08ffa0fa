"""What stands in front of an assistant: a decision within a deadline, and the request as it is when there is none."""

import collections
import threading
import time
from typing import Protocol, Self, runtime_checkable

from sayagain.runtime import Decision
from sayagain.turns import Turn

__all__ = ["DEADLINE", "FailOpen", "Front"]

DEADLINE = 300
"""How long an assistant waits for a decision unless told otherwise, in milliseconds."""

_AT_ONCE = 64
"""Decisions under way at once; past that a front that hangs is left alone instead of being given more threads."""

_KEPT = 10_000
"""Turns kept in memory while the front cannot take them; past that the oldest goes."""


@runtime_checkable
class Front(Protocol):
    """Decides on requests and takes in turns: a `Learner` in the same process, or a `Remote` service."""

    def rewrite(self, request: Turn, /) -> Decision:
        """Decide what to pass on for a turn under way."""
        ...

    def observe(self, turn: Turn, decision: Decision | None = None, /) -> None:
        """Log a turn; durable when this returns."""
        ...


class FailOpen:
    """A `Front` that never raises and never makes an assistant wait longer than its deadline.

    Turns are handed on by a thread of its own and tried again until the front takes them.

    Args:
        front: what is asked.
        deadline: in milliseconds; after it the request is left as it is.
        patience: the longest pause between two tries to hand on a turn, in milliseconds.

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
        self._free = threading.Semaphore(_AT_ONCE)
        self._waiting: collections.deque[tuple[Turn, Decision | None]] = collections.deque()
        self._changed = threading.Condition()
        self._closing = False
        self.lost = 0
        """Turns that could not be kept any longer while the front took none."""
        self.trouble: str | None = None
        """Why the last turn could not be handed on; None when it could."""
        self._sender = threading.Thread(target=self._send, name="sayagain-observe", daemon=True)
        self._sender.start()

    def __enter__(self) -> Self:
        """Return the front itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Hand on what is left."""
        self.close()

    def rewrite(self, request: Turn, /) -> Decision:
        """Decide within the deadline, or leave the request as it is and say why."""
        if not self._free.acquire(blocking=False):
            return _unchanged(request, f"sayagain has {_AT_ONCE} requests under way and answers none of them")
        answer: list[Decision] = []

        def ask() -> None:
            try:
                answer.append(self._front.rewrite(request))
            except Exception as error:  # noqa: BLE001  (whatever it is, the assistant must answer)
                answer.append(_unchanged(request, f"sayagain failed ({type(error).__name__}: {error})"))
            finally:
                self._free.release()

        # Of its own, so that one that hangs holds up neither the others nor the end of the process.
        asking = threading.Thread(target=ask, name="sayagain-rewrite", daemon=True)
        asking.start()
        asking.join(self._deadline)
        return answer[0] if answer else _unchanged(request, f"sayagain took longer than {self._deadline * 1000:.0f} ms")

    def observe(self, turn: Turn, decision: Decision | None = None, /) -> None:
        """Hand on a turn; returns at once."""
        with self._changed:
            if len(self._waiting) >= _KEPT:
                self._waiting.popleft()
                self.lost += 1
            self._waiting.append((turn, decision))
            self._changed.notify_all()

    @property
    def waiting(self) -> int:
        """Turns that are still to be handed on."""
        return len(self._waiting)

    def close(self, timeout: int = 5_000) -> bool:
        """Hand on what is left, at most so many milliseconds; tell whether all of it went."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._sender.join(timeout / 1000)
        return not self._waiting

    def _send(self) -> None:
        pause = 0.1
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._closing)
                if not self._waiting:
                    return
                turn, decision = first = self._waiting[0]
            try:
                self._front.observe(turn, decision)
            except Exception as error:  # noqa: BLE001  (the turn is kept and tried again)
                self.trouble = f"{type(error).__name__}: {error}"
                with self._changed:
                    if not self._closing:
                        self._changed.wait_for(lambda: self._closing, pause)
                    else:
                        time.sleep(min(pause, 0.1))
                pause = min(2 * pause, self._patience)
                continue
            pause, self.trouble = 0.1, None
            with self._changed:
                # The oldest may have been given up meanwhile.
                if self._waiting and self._waiting[0] is first:
                    self._waiting.popleft()


def _unchanged(request: Turn, why: str) -> Decision:
    return Decision(heard=request.heard, text=request.heard, why=f"left as it is: {why}")
