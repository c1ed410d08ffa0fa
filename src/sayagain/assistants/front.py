"""The front of an assistant: a decision within a deadline, else the request as it is."""

import collections
from typing import NamedTuple, Protocol, runtime_checkable

from sayagain.assistants.deadline import Deadline
from sayagain.assistants.retry_sender import RetrySender
from sayagain.runtime import Decision, Proposal, decline_proposal
from sayagain.turns import Turn

__all__ = ["DEADLINE", "ConversingFront", "FailOpen", "Front", "RefusedTurn"]

DEADLINE = 300
"""Default wait of an assistant for a decision, in milliseconds."""

_MAX_WAITING = 10_000
"""Largest number of turns kept in memory while the front cannot take them; the oldest is dropped."""

_MAX_SET_ASIDE = 100
"""Largest number of refused turns kept for the user; the oldest is dropped."""


class RefusedTurn(NamedTuple):
    """A turn that the front refused for good."""

    turn: Turn
    reason: str
    """What was seen and what was expected."""


@runtime_checkable
class Front(Protocol):
    """What decides on requests and logs turns: a `Learner` in the same process, or a `Remote` service."""

    def rewrite(self, request: Turn, /) -> Decision:
        """Decide what to pass on for a request."""
        ...

    def observe(self, turn: Turn, decision: Decision | None = None, /) -> None:
        """Log a turn; durable when this returns."""
        ...


@runtime_checkable
class ConversingFront(Front, Protocol):
    """A front that answers what teaches, takes back or asks about lessons (`Decision.reply`), and judges proposals."""

    def converse(self, request: Turn, /, *, takes_steps: bool = False, proposal: Proposal | None = None) -> Decision:
        """Decide as `rewrite` does, once for each request, and keep what is taught; see `Runtime.converse`."""
        ...


class FailOpen(RetrySender[tuple[Turn, Decision | None]]):
    """A `Front` that never raises and never makes an assistant wait longer than its deadline.

    A thread of its own sends the turns and retries until the front takes them. A turn that it refuses for good is set
    aside.

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
        super().__init__(name="sayagain-observe", max_pause=patience / 1000, retries_at_close=True)
        self._front = front
        self._deadline = Deadline(deadline)
        self._queue: collections.deque[tuple[Turn, Decision | None]] = collections.deque()
        self.set_aside: collections.deque[RefusedTurn] = collections.deque(maxlen=_MAX_SET_ASIDE)
        """The latest turns that were refused for good."""
        self.lost = 0
        """Number of turns that were dropped while the front took none."""
        self._thread.start()

    def rewrite(self, request: Turn, /) -> Decision:
        """Decide within the deadline, or leave the request as it is and say why."""
        return self._deadline.run(
            lambda: self._front.rewrite(request), lambda reason: decline_proposal(request, None, reason)
        )

    def converse(self, request: Turn, /, *, takes_steps: bool = False, proposal: Proposal | None = None) -> Decision:
        """Decide within the deadline as a `ConversingFront` does; another takes no part in teaching and no proposals.

        A proposal that cannot be judged in time is not made, since it may have been withdrawn.
        """
        front = self._front
        if not isinstance(front, ConversingFront):
            decision = self.rewrite(request)
            is_left = not decision.changed and decision.ask is None and decision.arm is None
            return decline_proposal(request, proposal, decision.why) if is_left and proposal is not None else decision
        return self._deadline.run(
            lambda: front.converse(request, takes_steps=takes_steps, proposal=proposal),
            lambda reason: decline_proposal(request, proposal, reason),
        )

    def observe(self, turn: Turn, decision: Decision | None = None, /) -> None:
        """Queue a turn; return at once."""
        with self._condition:
            if len(self._queue) >= _MAX_WAITING:
                self._queue.popleft()
                self.lost += 1
            self._queue.append((turn, decision))
            self._condition.notify_all()

    @property
    def waiting(self) -> int:
        """Number of turns that are still to be sent."""
        return len(self._queue)

    def close(self, timeout: int = 5_000) -> bool:
        """Send the remaining turns within a timeout in milliseconds; return whether none is left."""
        self._join(timeout)
        return not self._queue

    def _first(self) -> tuple[Turn, Decision | None] | None:
        return self._queue[0] if self._queue else None

    def _send(self, entry: tuple[Turn, Decision | None]) -> None:
        self._front.observe(*entry)

    def _remove(self, entry: tuple[Turn, Decision | None]) -> None:
        # The oldest may have been dropped meanwhile.
        if self._queue and self._queue[0] is entry:
            self._queue.popleft()

    def _set_aside(self, entry: tuple[Turn, Decision | None], reason: str) -> None:
        self.set_aside.append(RefusedTurn(entry[0], reason))
        self._remove(entry)
