"""Teaching in conversation: recognises what is taught, asks for a yes, keeps it, and answers the user itself."""

import time
from collections.abc import Callable, Iterator, Sequence

import msgspec

from sayagain.config import Anonymous
from sayagain.errors import CircularLesson, LessonError
from sayagain.guardrails import opposite_direction
from sayagain.languages import DEFAULT, Language, language_pack, spoken_words, yes_or_no
from sayagain.runtime.decision import Decision
from sayagain.runtime.oracle import Oracle
from sayagain.runtime.past_turns import answers_question, latest_turns, same_session
from sayagain.runtime.preference_dialogue import PreferenceDialogue
from sayagain.runtime.recent_requests import LATEST
from sayagain.runtime.teachable_moment import ask_about_gap
from sayagain.runtime.teaching_reply import teaching_reply
from sayagain.store import Store
from sayagain.teaching import (
    EXCHANGE_LIFETIME,
    Exchange,
    ExchangeStep,
    LessonOwner,
    PreferenceRequest,
    Reading,
    Refusal,
    SentenceTagger,
    Taught,
    TeachingRequest,
    exchange_place,
    lesson_owners,
    make_lesson,
    next_step,
    read_answer,
    read_correction,
    read_teaching,
    read_unlisted,
    split_requests,
    teaching_owner,
)
from sayagain.turns import Turn

__all__ = ["TeachingDialogue"]


class TeachingDialogue:
    """Answers the turns of teaching exchanges; every other turn is none of its business.

    The question that waits is in the store, so any process of a service can take the answer.

    Args:
        store: keeps lessons and questions.
        objection: says why a guardrail forbids a lesson, or None.
        history: returns the turns before one in its session, oldest first.
        anonymous: the unit of turns without a user id.
        clock: milliseconds since 1970, for turns without a time.
    """

    def __init__(
        self,
        store: Store,
        objection: Callable[[Taught], str | None],
        history: Callable[[Turn], Sequence[Turn]],
        *,
        anonymous: Anonymous = "one",
        clock: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
    ) -> None:
        self._store = store
        self._objection = objection
        self._answers_assistant: Callable[[Turn], bool] = lambda turn: answers_question(history(turn))
        self._preferences = PreferenceDialogue(store, objection, anonymous)
        self._anonymous = anonymous
        self._clock = clock
        self.tagger: SentenceTagger | None = None
        """Reads lessons in wordings that no template lists; without it, the templates alone count."""

    def answer(self, turn: Turn, language: str | None, oracle: Oracle, *, takes_steps: bool) -> Decision | None:
        """Return the answer to a turn of a teaching exchange, or None for every other turn.

        Args:
            turn: as heard.
            language: that it is in; English if not known.
            oracle: knows what the assistant understands.
            takes_steps: whether the front passes several requests on, one after the other.
        """
        place, owner = exchange_place(turn), teaching_owner(turn, self._anonymous)
        pack = language_pack(language or DEFAULT)
        if place is None or owner is None or pack is None:
            return None
        turn = msgspec.structs.replace(turn, started=turn.started or self._clock())
        now = turn.started
        pending = self._store.take_exchange(place)
        request, must_be_known = self._read(turn, pack, pending, oracle)
        owners = lesson_owners(turn, self._anonymous)
        judge = _Judge(
            turn,
            pack,
            oracle,
            lambda phrase: bool(self._store.taught(owners, phrase)),
            takes_steps=takes_steps,
            must_be_known=must_be_known,
        )

        def propose(request: TeachingRequest | PreferenceRequest) -> Taught | Refusal | None:
            if isinstance(request, PreferenceRequest):
                return self._preferences.propose(request, turn, owner, now, language)
            return self._propose(request, judge, owner, now, pending, language)

        step = next_step(pending, request, yes_or_no(turn.heard, pack.code, own=True), now, propose)
        interview = None if pending is None or not pending.is_open(now) else pending.interview
        if step.kind == "ask" and step.lesson is not None:
            expires = now + EXCHANGE_LIFETIME
            left = interview if step.lesson.preference is not None else None
            self._store.open_exchange(
                Exchange(place=place, opened=now, expires=expires, lesson=step.lesson, interview=left)
            )
        if step.kind == "preferences" and isinstance(request, PreferenceRequest):
            return self._preferences.act(turn, request, pack, place, interview or ())
        decision = self._act(turn, step, request, pack)
        if interview is not None and decision is not None and step.kind in {"store", "decline"}:
            question = self._preferences.ask_next(turn, interview, pack, place)
            decision = msgspec.structs.replace(decision, reply=f"{decision.reply} {question}")
        return decision

    def ask_about_gap(
        self,
        turn: Turn,
        decision: Decision,
        language: str | None,
        oracle: Oracle,
        *,
        session_gap: int,
    ) -> Decision | None:
        """Return a question about words that the assistant does not know; None where none is worth it.

        Args:
            turn: that teaches nothing.
            decision: on it; what is changed, asked about or held out stays so.
            language: that it is in; English if not known.
            oracle: knows what the assistant understands.
            session_gap: silence that ends a session, in milliseconds.
        """
        pack = language_pack(language or DEFAULT)
        is_left = not decision.changed and decision.ask is None and decision.arm is None
        if not is_left or pack is None or teaching_owner(turn, self._anonymous) is None:
            return None
        latest = latest_turns(self._store, turn, LATEST)
        return ask_about_gap(turn, same_session(turn, latest, session_gap), latest, pack, oracle, self._store)

    def _read(
        self, turn: Turn, pack: Language, pending: Exchange | None, oracle: Oracle
    ) -> tuple[TeachingRequest | PreferenceRequest | None, bool]:
        """Return what a turn teaches or asks about, and whether the assistant must know the meaning."""
        stated = self._preferences.read(turn, pack, pending, oracle, self._answers_assistant)
        if stated is not None:
            return stated, False
        request = read_teaching(turn.heard, pack)
        # What is understood as a whole is left to the assistant, and where nobody can tell, no tagged reading counts.
        if self.tagger is not None and oracle.understands(turn.heard, turn) is False:
            request = read_unlisted(turn.heard, pack, self.tagger, request)
        gap = None if pending is None or not pending.is_open(turn.started) else pending.gap
        if request is None and gap is not None and yes_or_no(turn.heard, pack.code, own=True) is None:
            return read_answer(turn.heard, gap.phrase, is_name=gap.is_name), True
        if request is None and pending is not None and pending.lesson is not None and pending.lesson.preference is None:
            # "No, …" may begin any other request.
            request = read_correction(turn.heard, pending.lesson.phrase, pack)
            return request, request is not None
        return request, request is not None and not request.certain

    def _act(
        self, turn: Turn, step: ExchangeStep, request: TeachingRequest | PreferenceRequest | None, pack: Language
    ) -> Decision | None:
        """Do what a step says, and return the answer to the user."""
        says, lesson, refusal = pack.teaching.says, step.lesson, step.refusal
        decision: Decision | None = None
        if lesson is not None and lesson.preference is not None and step.kind in {"ask", "store"}:
            speak = self._preferences.confirm if step.kind == "ask" else self._preferences.keep
            decision = speak(turn, lesson, pack)
        elif lesson is not None and step.kind == "ask":
            reply = says.confirm.format(phrase=lesson.phrase, means=lesson.means)
            decision = teaching_reply(turn, reply, f"asked whether “{lesson.phrase}” means “{lesson.means}”")
        elif lesson is not None and step.kind == "store":
            decision = self._keep(turn, lesson, pack)
        elif step.kind == "decline":
            decision = teaching_reply(turn, says.declined, "the lesson was declined")
        elif refusal is not None:
            reply = getattr(says, refusal.kind).format(phrase=refusal.phrase, means=refusal.means)
            decision = teaching_reply(turn, reply, f"the lesson was refused: {refusal.why}")
        elif step.kind == "forget" and isinstance(request, TeachingRequest):
            decision = self._forget(turn, request, pack)
        elif step.kind == "list":
            decision = self._list(turn, pack)
        return decision

    def _propose(
        self,
        request: TeachingRequest,
        judge: "_Judge",
        owner: LessonOwner,
        now: int,
        pending: Exchange | None,
        language: str | None,
    ) -> Taught | Refusal | None:
        """Return the lesson that a request teaches, why it cannot be kept, or None for no lesson after all."""
        chosen = judge.choose(request.readings)
        if chosen is None or isinstance(chosen, Refusal):
            return chosen
        phrase, means, steps, is_name = chosen
        asked = None if pending is None else pending.lesson
        said = asked.source if asked is not None and asked.phrase == phrase else ()
        if pending is not None and pending.gap is not None and pending.said is not None:
            said = (pending.said,)
        known = self._store.taught(lesson_owners(judge.turn, self._anonymous))
        try:
            lesson = make_lesson(
                judge.turn.user_id,
                phrase,
                means,
                now,
                known,
                owner=owner,
                language=language,
                steps=steps,
                is_name=is_name,
                source=(*said, judge.turn.heard),
            )
        except LessonError as error:
            kind = "circular" if isinstance(error, CircularLesson) else "refused"
            return Refusal(kind=kind, phrase=phrase, means=means, why=str(error))  # type: ignore[arg-type]
        reason = self._objection(lesson)
        return lesson if reason is None else Refusal(kind="refused", phrase=phrase, means=means, why=reason)

    def _keep(self, turn: Turn, lesson: Taught, pack: Language) -> Decision:
        lesson = msgspec.structs.replace(lesson, source=(*lesson.source, turn.heard))
        before = [
            earlier
            for earlier in self._store.taught([lesson.owner], lesson.phrase)
            if earlier.stored_key == lesson.stored_key
        ]
        # Another machine's clock may be ahead of this one's, and still this lesson is the later one.
        lesson = msgspec.structs.replace(lesson, at=max([lesson.at, *(earlier.at for earlier in before)]))
        self._store.teach(lesson)
        old = next((earlier.means for earlier in before if earlier.means != lesson.means), None)
        says = pack.teaching.says
        template = says.stored if old is None else says.replaced
        reply = template.format(phrase=lesson.phrase, means=lesson.means, old=old)
        return teaching_reply(turn, reply, f"the user said yes: “{lesson.phrase}” means “{lesson.means}”", lesson.id)

    def _forget(self, turn: Turn, request: TeachingRequest, pack: Language) -> Decision | None:
        for reading in request.readings:
            forgotten = self._preferences.forget(turn, reading.phrase, pack)
            if forgotten is not None:
                return forgotten
            for owner in lesson_owners(turn, self._anonymous):
                if self._store.forget_taught(owner, reading.phrase):
                    reply = pack.teaching.says.forgotten.format(phrase=reading.phrase)
                    return teaching_reply(turn, reply, f"the lesson about “{reading.phrase}” was forgotten")
        return None

    def _list(self, turn: Turn, pack: Language) -> Decision:
        says = pack.teaching.says
        known = self._store.taught(lesson_owners(turn, self._anonymous))
        lessons = [lesson for lesson in known if lesson.preference is None]
        lines = [says.lesson.format(phrase=lesson.phrase, means=lesson.means) for lesson in lessons]
        reply = says.taught.format(lessons=", ".join(lines)) if lines else says.nothing
        return teaching_reply(turn, reply, "the user asked what was taught")


_Choice = tuple[str, str, tuple[str, ...], bool]
"""Phrase, meaning, steps, and whether it is a name."""


class _Judge:
    """Chooses the reading of a lesson that the assistant could act on.

    Args:
        turn: as heard.
        language: of the turn.
        oracle: knows what the assistant understands.
        is_taught: whether a phrase was taught a meaning already.
        takes_steps: whether the front passes several requests on.
        must_be_known: whether a meaning of which nobody can tell is none.
    """

    def __init__(
        self,
        turn: Turn,
        language: Language,
        oracle: Oracle,
        is_taught: Callable[[str], bool],
        *,
        takes_steps: bool,
        must_be_known: bool,
    ) -> None:
        self.turn = turn
        self.language = language
        self._oracle = oracle
        self._is_taught = is_taught
        self._takes_steps = takes_steps
        self._must_be_known = must_be_known

    def choose(self, readings: Sequence[Reading]) -> _Choice | Refusal | None:
        """Return the first reading that is understood, else the first of which nobody can tell; or why none is."""
        doubtful: _Choice | None = None
        for reading in readings:
            for choice, understood in self._choices(reading):
                if understood:
                    return self._unless_turned(choice)
                if understood is None and doubtful is None and not reading.is_loose:
                    doubtful = choice
        if doubtful is not None and not self._must_be_known:
            return self._unless_turned(doubtful)
        if self._must_be_known or all(reading.is_name for reading in readings):
            # It may be anything else: "no, …", "call a taxi to my house".
            return None
        phrase, means, *_ = readings[0]
        return Refusal(kind="unknown", phrase=phrase, means=means, why="the assistant does not understand the meaning")

    def _choices(self, reading: Reading) -> Iterator[tuple[_Choice, bool | None]]:
        """Yield the ways to take a reading, each with whether the assistant could act on it."""
        phrase, means, is_name, _ = reading
        if is_name:
            # Nothing else tells a name from "call the police to my house".
            yield self._as_name(phrase, means), self._is_free_name(phrase, means) or False
            return
        is_free = self._is_free_name(phrase, means)
        if is_free:
            # An assistant may take a name for a request, too; as a name it counts in every request.
            yield self._as_name(phrase, means), True
        orders = split_requests(means, self.language)
        if self._takes_steps and len(orders) > 1:
            yield (phrase, means, orders, False), self._understands_all(orders)
        whole = True if self._is_taught(means) else self._oracle.understands(means, self.turn)
        if whole:
            yield (phrase, means, (), False), True
        if self._takes_steps:
            steps = split_requests(means, self.language, at_commands=False)
            # "And" may also join two names, so it must be known that each part is a request.
            yield (phrase, means, steps, False), len(steps) > 1 and bool(self._understands_all(steps))
        begins_like_name = means.split()[0].casefold() in self.language.articles
        yield self._as_name(phrase, means), is_free if begins_like_name else False
        yield (phrase, means, (), False), None if whole is None and len(orders) == 1 else False

    def _understands_all(self, requests: Sequence[str]) -> bool | None:
        verdicts = [self._oracle.understands(request, self.turn) for request in requests]
        return False if False in verdicts else None if None in verdicts else True

    def _unless_turned(self, choice: _Choice) -> _Choice | Refusal:
        """Return a choice, or why it must not be: its phrase is a request already, and would be turned round."""
        phrase, means, _, is_name = choice
        words = spoken_words(phrase, self.language), spoken_words(means, self.language)
        reason = None if is_name else opposite_direction(*words, self.language)
        if reason is None or self._oracle.understands(phrase, self.turn) is False:
            return choice
        return Refusal(kind="refused", phrase=phrase, means=means, why=reason)

    def _as_name(self, phrase: str, means: str) -> _Choice:
        return self._without_article(phrase), means, (), True

    def _is_free_name(self, phrase: str, means: str) -> bool | None:
        """Return whether a thing is called so, and no other is called by the new name; None if nobody can tell."""
        name = self._without_article(phrase)
        generic = self.language.common | self.language.commands | set(self.language.kinds)
        if generic.issuperset(spoken_words(name, self.language)) or self._oracle.knows_name(name, self.turn):
            return False
        return self._oracle.knows_name(means, self.turn)

    def _without_article(self, phrase: str) -> str:
        first, _, rest = phrase.partition(" ")
        return rest if rest and first.casefold() in self.language.articles else phrase
