"""The runtime: one request answered with the release in use, and the turn observed afterwards."""

import threading
from collections.abc import Mapping
from pathlib import Path

import msgspec

from sayagain.errors import ReleaseError
from sayagain.learning.contents import open_contents
from sayagain.learning.release import open_release
from sayagain.runtime.decider import Decider
from sayagain.runtime.decision import Decision
from sayagain.store import Store
from sayagain.turns import SESSION_GAP, AppliedRewrite, Context, Turn

__all__ = ["HISTORY", "Runtime"]

HISTORY = 8
"""How many earlier turns of the session are looked at."""


class Runtime:
    """Answers requests and notices by itself when another release is promoted.

    Args:
        store: the log; it names the release in use.
        releases: the folder of the releases.
        seed: of the holdout.

    A release that cannot be opened is refused: the one before it serves on, and `trouble` says why.
    """

    def __init__(self, store: Store, releases: Path, *, seed: int = 1) -> None:
        self._store = store
        self._releases = releases
        self._seed = seed
        self._lock = threading.Lock()
        self._counter: int | None = None
        self._decider: Decider | None = None
        self.trouble: str | None = None

    @property
    def decider(self) -> Decider | None:
        """What decides now; None when no release is in use."""
        counter = self._store.change_counter()
        if counter != self._counter:
            with self._lock:
                if counter != self._counter:
                    self._swap()
                    self._counter = counter
        return self._decider

    def rewrite(
        self,
        request: str | Turn,
        *,
        user: str | None = None,
        device: str | None = None,
        context: Context | None = None,
        at: int = 0,
    ) -> Decision:
        """Decide what to pass on for one request.

        Args:
            request: the words as heard, or a turn under way with all that is known of it (n-best, readings).
            user: who speaks, where known; ignored for a turn, which says so itself.
            device: the device spoken to; likewise.
            context: the situation; likewise.
            at: when, in milliseconds since 1970-01-01 UTC; 0 leaves the session so far out of account.
        """
        turn = request
        if not isinstance(turn, Turn):
            turn = Turn(
                turn_id=f"{user}/{device}/{at}/{turn}",
                started=at,
                request=turn,
                user_id=user,
                device_id=device,
                context=context,
            )
        decider = self.decider
        if decider is None:
            return Decision(heard=turn.heard, text=turn.heard, why="left as it is: no release is in use")
        return decider.decide(turn, self.history(turn))

    def history(self, turn: Turn) -> list[Turn]:
        """Return the turns before this one in its session, oldest first; none for a turn without a time or owner."""
        if not turn.started or (turn.user_id is None and turn.device_id is None):
            return []
        tail = self._store.session_tail(turn.user_id, turn.device_id, turn.started, HISTORY)
        found: list[Turn] = []
        after = turn.started
        for earlier in sorted(tail, key=lambda each: (each.started, each.turn_id), reverse=True):
            if after - earlier.started > SESSION_GAP:
                break
            found.append(earlier)
            after = earlier.started
        return found[::-1]

    def observe(self, turn: Turn, decision: Decision | None = None) -> None:
        """Log a turn with what was applied to it; durable when this returns.

        Args:
            turn: the whole turn.
            decision: what was decided for it, unless the turn says so itself.
        """
        if decision is not None and turn.applied_rewrite is None and decision.rewrite_id is not None:
            applied: AppliedRewrite = decision.applied
            turn = msgspec.structs.replace(turn, applied_rewrite=applied)
        self._store.add_turns([turn])

    def _swap(self) -> None:
        withdrawn: Mapping[str, str] = self._store.withdrawn()
        standing = [each.number for each in self._store.promotions() if each.undone is None]
        refused: list[str] = []
        self._decider = None
        # The one in use, and if it is damaged the one that was in use before it, and so on.
        for number in reversed(standing):
            if number is None:
                break
            try:
                contents = open_contents(open_release(self._releases, number))
            except ReleaseError as error:
                refused.append(str(error))
                continue
            self._decider = Decider(contents, number=number, seed=self._seed, withdrawn=withdrawn)
            break
        serving = "nothing is rewritten" if self._decider is None else f"release {self._decider.number} serves on"
        self.trouble = f"{'; '.join(refused)}; {serving}" if refused else None
