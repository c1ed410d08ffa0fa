"""The part of `Learner` that keeps what people teach on purpose."""

from sayagain.learner.open_log import OpenLog
from sayagain.learner.teach_lesson import lesson_owner, teach_lesson
from sayagain.runtime import Decision, Proposal
from sayagain.teaching import Taught
from sayagain.turns import Turn

__all__ = ["TaughtLog"]


class TaughtLog(OpenLog):
    """What was taught: in conversation, or by these methods."""

    def converse(self, turn: Turn, *, takes_steps: bool = False, proposal: Proposal | None = None) -> Decision:
        """Decide for one request, and answer what teaches, takes back or asks about lessons; see `Runtime.converse`."""
        return self.runtime.converse(turn, takes_steps=takes_steps, proposal=proposal)

    def teach(
        self,
        phrase: str,
        *,
        means: str,
        user: str | None = None,
        home: str | None = None,
        device: str | None = None,
        language: str | None = None,
    ) -> Taught:
        """Keep what a phrase means; it counts from the next request on, for its owner alone.

        An earlier lesson about the same phrase in the same language is superseded.

        Args:
            phrase: what will be said.
            means: the words to pass on instead.
            user: who teaches, and the only one for whom it counts. Without a user it counts for the household.
            home: the home of the household; None where the log names none.
            device: without a user, the only device on which it counts.
            language: in which alone it counts (BCP 47); without one it counts in every language.

        Raises:
            LessonError: it cannot be used, or a guardrail forbids it.
        """
        owner = lesson_owner(user, home, device)
        return teach_lesson(self.store, phrase, means, owner, self.runtime.objection, user=user, language=language)

    def taught(self, user: str | None = None, *, home: str | None = None, device: str | None = None) -> list[Taught]:
        """Return what was taught for a user, or without one for a device or household, by phrase."""
        return self.store.taught([lesson_owner(user, home, device)])

    def forget_taught(
        self, phrase: str, *, user: str | None = None, home: str | None = None, device: str | None = None
    ) -> bool:
        """Delete what was taught about one phrase, and return whether there was such a lesson; see `taught`."""
        return self.store.forget_taught(lesson_owner(user, home, device), phrase)
