"""The part of `Learner` that keeps what people teach on purpose."""

import time

from sayagain.errors import LessonError
from sayagain.learner.open_log import OpenLog
from sayagain.learner.teach_lesson import forget_lesson, lesson_owner, teach_lesson
from sayagain.runtime import Decision, Proposal, keep_preference
from sayagain.teaching import LIKED, SLOTS, Preference, Taught, make_preference
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

    def remember_preference(
        self,
        domain: str,
        value: str,
        *,
        slot: str | None = None,
        liked: bool = True,
        strength: float = LIKED,
        said: str | None = None,
        user: str | None = None,
        home: str | None = None,
        device: str | None = None,
        language: str | None = None,
    ) -> Taught:
        """Keep what somebody likes or dislikes; from the next request on it fills those that leave it open.

        Args:
            domain: `music`, `food`, `news` or `sport`; of others nothing is filled in.
            value: what is liked or disliked, as it is to be filled in.
            slot: of the domain; that of `SLOTS` by default.
            liked: False for a dislike.
            strength: how much, in [0, 1]; of several values the strongest is filled in, of these the newest.
            said: the user's own words, by which it explains itself.
            user: whose it is. Without a user it is the household's.
            home: the home of the household; None where the log names none.
            device: without a user, the only device on which it counts.
            language: in which alone it counts (BCP 47); without one it counts in every language.

        Raises:
            LessonError: it cannot be used, or a guardrail forbids it.
        """
        preference = Preference(
            domain=domain,
            slot=SLOTS.get(domain, "value") if slot is None else slot,
            value=value.strip(),
            liked=liked,
            strength=strength,
        )
        lesson = make_preference(
            preference,
            time.time_ns() // 1_000_000,
            owner=lesson_owner(user, home, device),
            user_id=user,
            language=language,
            source=() if said is None else (said,),
        )
        reason = self.runtime.objection(lesson)
        if reason is not None:
            raise LessonError(f"“{lesson.means}” cannot be preferred: {reason}")
        keep_preference(self.store, lesson)
        return lesson

    def preferences(
        self, user: str | None = None, *, home: str | None = None, device: str | None = None
    ) -> list[Taught]:
        """Return the preferences of a user, or without one of a device or household, by domain."""
        return [lesson for lesson in self._lessons(user, home, device) if lesson.preference is not None]

    def taught(self, user: str | None = None, *, home: str | None = None, device: str | None = None) -> list[Taught]:
        """Return what was taught for a user, or without one for a device or household, by phrase."""
        return [lesson for lesson in self._lessons(user, home, device) if lesson.preference is None]

    def forget_taught(
        self, phrase: str, *, user: str | None = None, home: str | None = None, device: str | None = None
    ) -> bool:
        """Delete what was taught about a phrase, and preferences with that value or domain; see `taught`.

        Returns:
            Whether anything was.
        """
        return forget_lesson(self.store, lesson_owner(user, home, device), phrase)

    def _lessons(self, user: str | None, home: str | None, device: str | None) -> list[Taught]:
        return self.store.taught([lesson_owner(user, home, device)])
