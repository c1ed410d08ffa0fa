"""What an LLM agent can do for the one speaker it is attached to: preferences, problem reports and explanations."""

from collections.abc import Callable
from typing import Any

from sayagain.errors import InputError
from sayagain.learner import Learner
from sayagain.teaching import Taught
from sayagain.turns import FeedbackReport, Turn

__all__ = ["AgentTools"]

_RECENT = 3_600_000
"""How long before the end of the log the latest turn is looked for, in milliseconds."""


class AgentTools:
    """The tools, for one user or one household; each docstring is what the agent reads.

    Args:
        learner: holds the log and what was taught.
        user: whose preferences and turns they are; None for the household.
        home: the home of the household; None where the log names none.
        device: without a user, the only device.
    """

    def __init__(
        self, learner: Learner, *, user: str | None = None, home: str | None = None, device: str | None = None
    ) -> None:
        self._learner = learner
        self._user = user
        self._home = home
        self._device = device

    @property
    def functions(self) -> list[Callable[..., Any]]:
        """The tools by the names that the agent sees."""
        return [
            self.remember_preference,
            self.list_preferences,
            self.forget,
            self.report_problem,
            self.why_did_that_fail,
        ]

    def remember_preference(self, domain: str, value: str, said: str, liked: bool = True) -> str:
        """Remember what the user likes or dislikes. Call it only after the user agreed that it is remembered.

        Args:
            domain: music, food, news or sport; of others nothing is filled into requests.
            value: What is liked, for example jazz, italian, BBC or Warriors.
            said: The user's own words.
            liked: False if the user dislikes it.
        """
        lesson = self._learner.remember_preference(
            domain, value, liked=liked, said=said, user=self._user, home=self._home, device=self._device
        )
        return f"Remembered: {_line(lesson)}."

    def list_preferences(self) -> list[str]:
        """List what the user likes and dislikes."""
        return [_line(lesson) for lesson in self._learner.preferences(self._user, home=self._home, device=self._device)]

    def forget(self, phrase: str) -> str:
        """Forget what the user taught about a phrase, or preferences.

        Args:
            phrase: The phrase, or the value or domain of preferences.
        """
        was_known = self._learner.forget_taught(phrase, user=self._user, home=self._home, device=self._device)
        return f"Forgotten: {phrase}." if was_known else f"Nothing was known about {phrase}."

    def report_problem(self, what: str = "", turn_id: str = "") -> str:
        """Report that a request to the assistant went wrong; it counts in what is learnt.

        Args:
            what: What was wrong, in the user's words, if they said so.
            turn_id: Id of the turn; without it the user's latest one.
        """
        turn = self._turn(turn_id)
        report = FeedbackReport(kind="correction", text=what) if what else FeedbackReport(kind="helped", value=0.0)
        self._learner.feedback(turn.turn_id, report)
        return f"Reported for turn {turn.turn_id} (“{turn.heard}”)."

    def why_did_that_fail(self, turn_id: str = "") -> str:
        """Say where a request to the assistant broke, what shows it, and what to do about it.

        Args:
            turn_id: Id of the turn; without it the user's latest one.
        """
        return "\n".join(self._learner.explain(self._turn(turn_id).turn_id).sentences)

    def _turn(self, turn_id: str) -> Turn:
        """Return a turn of the speaker: the one with the id, or the latest.

        Raises:
            InputError: the speaker has no such turn.
        """
        store = self._learner.store
        if turn_id:
            turn = store.turn(turn_id)
            if turn is not None and self._is_own(turn):
                return turn
            raise InputError(f"there is no turn {turn_id!r}")
        _, last = store.span() or (0, 0)
        recent = store.turns(since=max(last - _RECENT, 0), until=last + 1, user_id=self._user)
        latest = max((turn for turn in recent if self._is_own(turn)), key=lambda turn: turn.started, default=None)
        if latest is None:
            raise InputError("there is no turn in the last hour of the log; name one by its id")
        return latest

    def _is_own(self, turn: Turn) -> bool:
        if self._user is not None:
            return turn.user_id == self._user
        is_home = self._home is None or turn.home == self._home
        return is_home and self._device in {None, turn.device_id, turn.satellite_id}


def _line(lesson: Taught) -> str:
    is_liked = lesson.preference is None or lesson.preference.liked
    return f"{lesson.phrase}: {'likes' if is_liked else 'dislikes'} {lesson.means}"
