"""Preferences in conversation: reads what is stated, asks about what is not known, and says what is known."""

from collections.abc import Callable, Sequence

import msgspec

from sayagain.config import Anonymous
from sayagain.errors import LessonError
from sayagain.languages import Language, yes_or_no
from sayagain.runtime.decision import Decision
from sayagain.runtime.oracle import Oracle
from sayagain.runtime.preference_storage import keep_preference
from sayagain.runtime.teaching_reply import teaching_reply
from sayagain.store import Store
from sayagain.teaching import (
    EXCHANGE_LIFETIME,
    Exchange,
    LessonOwner,
    PreferenceRequest,
    Refusal,
    Taught,
    lesson_owners,
    make_preference,
    matching_preferences,
    read_correction,
    read_preference,
    read_preference_answer,
)
from sayagain.turns import Turn

__all__ = ["PreferenceDialogue"]


class PreferenceDialogue:
    """The part of the teaching dialogue that is about preferences.

    Args:
        store: keeps them, and the questions.
        objection: says why a guardrail forbids a lesson, or None.
        anonymous: the unit of turns without a user id.
    """

    def __init__(self, store: Store, objection: Callable[[Taught], str | None], anonymous: Anonymous) -> None:
        self._store = store
        self._objection = objection
        self._anonymous = anonymous

    def read(
        self,
        turn: Turn,
        pack: Language,
        pending: Exchange | None,
        oracle: Oracle,
        answers_assistant: Callable[[Turn], bool],
    ) -> PreferenceRequest | None:
        """Return what a turn says about preferences; None for every other turn.

        Args:
            turn: as heard.
            pack: the language that it is in.
            pending: the question that waits.
            oracle: knows what the assistant understands; what it would act on is left to it, unless we asked.
            answers_assistant: whether the assistant asked something just before: what it asked for is no preference.
        """
        if pending is not None and pending.asks is not None and pending.is_open(turn.started):
            if yes_or_no(turn.heard, pack.code, own=True) == "no":
                return PreferenceRequest(kind="skip")
            answer = read_preference_answer(turn.heard, pending.asks, pack)
            is_known = answer is not None and answer.kind != "state"
            if is_known or (answer is not None and oracle.understands(turn.heard, turn) is not True):
                return answer
        preference = None if pending is None or pending.lesson is None else pending.lesson.preference
        if preference is not None:
            correction = read_correction(turn.heard, preference.domain, pack)
            if correction is not None:
                answer = read_preference_answer(correction.readings[0].means, preference.domain, pack)
                if answer is not None and answer.kind == "state":
                    return answer
        request = read_preference(turn.heard, pack)
        if request is None or request.kind != "state":
            return request
        # "By news I mean play the radio" says what to do, which is a lesson.
        stated = () if request.preference is None else (request.preference.value,)
        is_other_request = answers_assistant(turn) or any(
            oracle.understands(words, turn) is True for words in (turn.heard, *stated)
        )
        return None if is_other_request else request

    def propose(
        self, request: PreferenceRequest, turn: Turn, owner: LessonOwner, now: int, language: str | None
    ) -> Taught | Refusal | None:
        """Return the preference that a request states as a lesson, or why it cannot be kept."""
        stated = request.preference
        if stated is None:
            return None
        try:
            lesson = make_preference(
                stated, now, owner=owner, user_id=turn.user_id, language=language, source=(turn.heard,)
            )
        except LessonError as error:
            return Refusal(kind="refused", phrase=stated.domain, means=stated.value, why=str(error))
        reason = self._objection(lesson)
        return (
            lesson if reason is None else Refusal(kind="refused", phrase=lesson.phrase, means=lesson.means, why=reason)
        )

    def confirm(self, turn: Turn, lesson: Taught, pack: Language) -> Decision:
        """Ask whether a preference shall be kept."""
        clause = _clause(lesson, pack)
        reply = pack.preferences.says.confirm.format(preference=clause)
        return teaching_reply(turn, reply, f"asked whether to remember that {clause}")

    def keep(self, turn: Turn, lesson: Taught, pack: Language) -> Decision:
        """Keep a preference in place of what it contradicts, and say so."""
        lesson = msgspec.structs.replace(lesson, source=(*lesson.source, turn.heard))
        replaced = keep_preference(self._store, lesson)
        clause, says = _clause(lesson, pack), pack.preferences.says
        earlier = (_clause(earlier, pack) for earlier in replaced)
        old = next((other for other in earlier if other != clause), None)
        reply = (says.stored if old is None else says.replaced).format(preference=clause, old=old)
        return teaching_reply(turn, reply, f"the user said yes: {clause}", lesson.id)

    def act(self, turn: Turn, request: PreferenceRequest, pack: Language, place: str, left: Sequence[str]) -> Decision:
        """Answer a request about preferences that states none.

        Args:
            turn: as heard.
            request: what it asks for.
            pack: the language that it is in.
            place: where the next question is asked.
            left: the domains that an interview has not asked about yet.
        """
        if request.kind == "forget":
            wanted = (request.domain if request.preference is None else request.preference.value) or ""
            nothing = teaching_reply(turn, pack.preferences.says.nothing, f"nothing is known of “{wanted}”")
            return self.forget(turn, wanted, pack) or nothing
        if request.kind == "list":
            return self._list(turn, pack)
        domains = list(pack.preferences.domains) if request.kind == "interview" else left
        question = self.ask_next(turn, domains, pack, place)
        return teaching_reply(turn, question, "the user wants to be asked about preferences")

    def ask_next(self, turn: Turn, domains: Sequence[str], pack: Language, place: str) -> str:
        """Return the question about the first of some domains of which nothing is known, and wait for its answer."""
        known = {lesson.preference.domain for lesson in self._known(turn) if lesson.preference is not None}
        unknown = [domain for domain in domains if domain not in known and domain in pack.preferences.domains]
        if not unknown:
            return pack.preferences.says.done
        exchange = Exchange(
            place=place,
            opened=turn.started,
            expires=turn.started + EXCHANGE_LIFETIME,
            asks=unknown[0],
            speaker=turn.user_id,
            interview=tuple(unknown[1:]),
        )
        self._store.open_exchange(exchange)
        return pack.preferences.domains[unknown[0]].ask

    def forget(self, turn: Turn, wanted: str, pack: Language) -> Decision | None:
        """Forget the preferences with a value or domain, and say so; None where nothing of it is known."""
        gone = matching_preferences(self._known(turn), wanted)
        if not gone:
            return None
        for lesson in gone:
            self._store.forget_lesson(lesson)
        clauses = ", ".join(_clause(lesson, pack) for lesson in gone)
        reply = pack.preferences.says.forgotten.format(preference=clauses)
        return teaching_reply(turn, reply, f"forgotten: {clauses}")

    def _known(self, turn: Turn) -> list[Taught]:
        lessons = self._store.taught(lesson_owners(turn, self._anonymous))
        return [lesson for lesson in lessons if lesson.preference is not None]

    def _list(self, turn: Turn, pack: Language) -> Decision:
        says, known = pack.preferences.says, self._known(turn)
        clauses = ", ".join(_clause(lesson, pack) for lesson in known)
        return teaching_reply(
            turn, says.listed.format(preferences=clauses) if known else says.nothing, "the user asked for preferences"
        )


def _clause(lesson: Taught, pack: Language) -> str:
    """Return a preference as a clause of a language."""
    preference = lesson.preference
    if preference is None:
        return lesson.means
    words = pack.preferences.domains.get(preference.domain)
    if words is None:
        return f"{preference.domain}: {preference.value}"
    return (words.like if preference.liked else words.dislike).format(value=preference.value)
