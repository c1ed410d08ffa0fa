"""The simulation of a visit: a person asks, the assistant answers, the person reacts, until success or abandonment."""

from collections.abc import Callable

import msgspec

from sayagain.household.agenda import Errand, Visit
from sayagain.household.ambiguity import FAMILIES
from sayagain.household.assistant import (
    Choice,
    Execution,
    HouseholdAssistant,
    Layer,
    asr_record,
    context_record,
    nlu_record,
    wake_record,
)
from sayagain.household.deeds import NOTHING, Memory, Place
from sayagain.household.home import Home
from sayagain.household.meaning import Meaning, find_meaning
from sayagain.household.outcome import CONDITIONS, Delivery, SpeechOutcome
from sayagain.household.people import Person
from sayagain.household.phrasing import REPLIES
from sayagain.household.plain_wordings import plain_wordings
from sayagain.household.random_draws import RandomDraws
from sayagain.household.reactions import (
    Reaction,
    draw_barge_in,
    draw_helped_answer,
    draw_reaction,
    draw_satisfaction,
    draw_silence_ms,
)
from sayagain.household.recorded_speech import RecordedSpeech
from sayagain.household.response import speech_ms
from sayagain.household.situation import DaySituation, cause_circumstance
from sayagain.household.truth import Truth, find_failure_point
from sayagain.household.wants import Want
from sayagain.household.world import World
from sayagain.turns import Asr, FeedbackReport, Hypothesis, Interruption, Speech, Turn, Wake

__all__ = ["Household", "Log"]

Log = Callable[[Turn, Truth], None]
"""Called with each turn and its truth."""

MAX_TRIES = 5
"""Most tries of one errand; then everyone gives up."""
QUESTION_PROBABILITY = 0.012
"""Probability that the assistant asks whether the answer helped."""
_FAMILIES = {family.name: family for family in FAMILIES}
_THINK_MS = 350
_KINDS = {"film": "movie", "series": "show"}


class _Utterance(msgspec.Struct, frozen=True):
    """One utterance, with everything that decides its outcome."""

    text: str
    careful: bool
    draws: tuple[float, float]


class _Session(msgspec.Struct):
    """The state of a visit."""

    visit: Visit
    person: Person | None
    rng: RandomDraws
    layer: Layer | None
    now: int
    session_id: str
    memory: Memory | None = None


class Household:
    """The simulation of one home: its world, the rng of each person, the count of turns.

    Args:
        home: which.
        people: those who live there.
        assistant: may serve many homes.
        recorded: what recognition makes of what is said.
        seed: of the replay.
    """

    def __init__(
        self, home: Home, people: tuple[Person, ...], assistant: HouseholdAssistant, recorded: RecordedSpeech, seed: int
    ) -> None:
        self.home = home
        self.people = people
        self.world = World(home)
        self._assistant = assistant
        self._recorded = recorded
        number = int(home.id.removeprefix("home"))
        self._rngs = [RandomDraws(seed, 4, number, index) for index in range(len(people) + 1)]
        self._turn_count = 0
        self._session_count = 0
        self._end_of_last_visit = 0
        self._recognition_cache: dict[int, tuple[Asr, Wake]] = {}
        self._last_reaction: Reaction = "done"

    def simulate(self, visit: Visit, layers: dict[str, Layer | None], log: Log) -> None:
        """Simulate one visit.

        Args:
            visit: as drawn by `visits`, in order of time.
            layers: what stands in front of the assistant, by person; none for those who are not in it.
            log: gets each turn and its truth.
        """
        self._session_count += 1
        # A visit that would begin while the last one goes on waits for its end.
        now = max(visit.time, self._end_of_last_visit + 2_000)
        # The assistant takes a television for whoever spoke there last, or else for the first of the home.
        person = self.people[visit.person] if visit.person >= 0 else None
        layer = layers.get((person or self.people[0]).id)
        session = _Session(
            visit, person, self._rngs[visit.person], layer, now, f"{self.home.id}-s{self._session_count:06d}"
        )
        self.world.pass_time(now)
        if visit.alarm_rings:
            self.world.alarm_start = now - 8_000
        if person is None:
            self._hear_television(session, visit.errands[0], log)
        else:
            for errand in visit.errands:
                self._pursue_want(session, person, errand, log)
        self._end_of_last_visit = session.now

    def _hear_television(self, session: _Session, errand: Errand, log: Log) -> None:
        television = self._recorded.television
        if not television:
            return
        outcome = television[int(errand.draws[0] * len(television))]
        meaning = Meaning(NOTHING, None, "television")
        turn, truth, _ = self._run_turn(session, outcome.request, outcome, meaning, self.people[0].id)
        log(turn, msgspec.structs.replace(truth, person=None, meant=None, failure_point="false wake"))
        session.now += 3_000

    def _pursue_want(self, session: _Session, person: Person, errand: Errand, log: Log) -> None:
        want = errand.want
        wordings = [wording for wording in want.wordings if wording in self._recorded.requests]
        if not wordings:
            return
        wording_draw, noise_draw, take_draw, circumstance_draw = errand.draws
        index = (
            0
            if wording_draw < person.steadiness
            else 1 + int((wording_draw - person.steadiness) / (1 - person.steadiness) * (len(wordings) - 1))
        )
        utterance = _Utterance(wordings[min(index, len(wordings) - 1)], careful=False, draws=(noise_draw, take_draw))
        if want.kind == "family" and not session.visit.alarm_rings:
            cause_circumstance(_FAMILIES[want.target], self._situation(session, person), circumstance_draw)
        tried_wordings = {utterance.text}
        meaning = find_meaning(want, utterance.text, self._situation(session, person))
        for attempt in range(MAX_TRIES):
            content, execution = self._say(
                session, person, utterance, meaning, log, errand=want, last=attempt + 1 == MAX_TRIES
            )
            reaction = self._last_reaction
            if reaction in {"done", "move on"}:
                break
            if reaction == "change goal":
                self._change_goal(session, person, log)
                break
            session.now += draw_silence_ms(content=content, rng=session.rng)
            if reaction in {"thank", "give up", "teach", "undo"}:
                self._say_reply(session, person, reaction, want, log)
                break
            utterance = self._next_utterance(
                session, person, reaction, want, utterance, wordings, tried_wordings, meaning, execution
            )
            tried_wordings.add(utterance.text)
        session.now += 4_000 + int(16_000 * session.rng.uniform())

    def _say(
        self,
        session: _Session,
        person: Person,
        utterance: _Utterance,
        meaning: Meaning,
        log: Log,
        *,
        errand: Want | None,
        last: bool = False,
    ) -> tuple[bool, Execution]:
        """Say something, log it, and draw the reaction."""
        rng = session.rng
        area = session.visit.satellite.area
        shares = person.noise(area)
        condition = CONDITIONS[_weighted_index(shares, utterance.draws[0])]
        manner = ("slow", "loud") if utterance.careful else ("normal", "normal")
        delivery = Delivery(utterance.text, person.voice, condition, manner[0], manner[1])  # type: ignore[arg-type]
        outcome = self._recorded.outcome(delivery, utterance.draws[1])
        turn, truth, execution = self._run_turn(session, utterance.text, outcome, meaning, person.id)
        content = draw_satisfaction(meaning, execution, area, rng)
        reaction: Reaction = "done"
        if errand is not None:
            teachable = errand.kind.startswith("nickname") and not content
            reaction = draw_reaction(content=content, person=person, teachable=teachable, rng=rng)
            if last and reaction in {"repeat", "rephrase", "correct", "again"}:
                reaction = "move on"
        if execution.response.text and draw_barge_in(content=content, person=person, rng=rng):
            turn = _interrupt(turn, rng)
        if errand is not None and reaction == "done" and rng.chance(QUESTION_PROBABILITY):
            turn = _add_feedback(turn, draw_helped_answer(content=content, person=person, rng=rng))
        self._last_reaction = reaction
        speech = turn.speech
        session.now = (speech.ended or session.now) if speech is not None else turn.ended or session.now
        log(turn, msgspec.structs.replace(truth, reaction=reaction))
        return content, execution

    def _next_utterance(
        self,
        session: _Session,
        person: Person,
        reaction: Reaction,
        want: Want,
        utterance: _Utterance,
        wordings: list[str],
        tried_wordings: set[str],
        meaning: Meaning,
        execution: Execution,
    ) -> _Utterance:
        """Choose the words of the next try."""
        rng = session.rng
        draws = (rng.uniform(), rng.uniform())
        if reaction == "again":
            return _Utterance(utterance.text, careful=False, draws=draws)
        text = utterance.text
        if reaction == "correct":
            text = self._correction(meaning, execution) or text
        elif reaction == "rephrase":
            plainer_wordings = plain_wordings(want, meaning, self.home, person)
            untried_wordings = [
                wording
                for wording in (*plainer_wordings, *wordings)
                if wording not in tried_wordings and wording in self._recorded.requests
            ]
            text = untried_wordings[0] if untried_wordings else text
        # A repeat, and a rephrase for want of other words, is mostly said slower and louder.
        return _Utterance(text, careful=text == utterance.text and rng.chance(0.6), draws=draws)

    def _correction(self, meaning: Meaning, execution: Execution) -> str | None:
        """Say what was meant, if anything was done wrongly: by its name, or its kind."""
        if meaning.deed is None or not meaning.deed.targets:
            return None
        target = meaning.deed.targets[0]
        device = self.home.device(target)
        target_kind, _, title = target.partition(".")
        if device is not None:
            texts = [f"no the {device.name}", f"no i meant the {device.name}"]
        else:
            deed = execution.plan.deed
            is_same_title = deed is not None and deed.targets[:1] != () and deed.targets[0].partition(".")[2] == title
            texts = (
                [f"i meant the {_KINDS.get(target_kind, target_kind)}"]
                if is_same_title
                else [f"no i meant {title.replace('_', ' ')}"]
            )
        return next((text for text in texts if text in self._recorded.requests), None)

    def _say_reply(self, session: _Session, person: Person, reaction: Reaction, want: Want, log: Log) -> None:
        """Say something that asks for nothing more."""
        rng = session.rng
        if reaction == "teach":
            device = self.home.device(want.target)
            nickname = want.wordings[0]
            for verb_phrase in ("turn on the ", "switch on the ", "turn off the ", "switch off the "):
                nickname = nickname.removeprefix(verb_phrase)
            nickname = nickname.removesuffix(" on").removesuffix(" off")
            text = f"when i say {nickname} i mean {'' if device is None else device.name}"
            meaning = Meaning(None, None, "teach")
        elif reaction == "undo":
            text = rng.choose(REPLIES["undo"])
            meaning = Meaning(None, None, "undo")
        else:
            texts = (
                REPLIES["thanks"]
                if reaction == "thank"
                else tuple(reply for reply in REPLIES["give up"] if reply != "stop")
            )
            text = rng.choose(texts)
            intent = "HassRespond" if reaction == "thank" else "HassNevermind"
            meaning = Meaning(NOTHING, Hypothesis(intent=intent), reaction)
        if text in self._recorded.requests:
            self._say(
                session,
                person,
                _Utterance(text, careful=False, draws=(rng.uniform(), rng.uniform())),
                meaning,
                log,
                errand=None,
            )

    def _change_goal(self, session: _Session, person: Person, log: Log) -> None:
        """Want something else at once; whether it works or not, that is the end of it."""
        rng = session.rng
        want = rng.choose(person.wants)
        text = next((say for say in want.wordings if say in self._recorded.requests), None)
        if text is None or want.kind == "family":
            return
        session.now += draw_silence_ms(content=False, rng=rng)
        meaning = find_meaning(want, text, self._situation(session, person))
        self._say(
            session,
            person,
            _Utterance(text, careful=False, draws=(rng.uniform(), rng.uniform())),
            meaning,
            log,
            errand=None,
        )

    def _recognition_records(self, outcome: SpeechOutcome) -> tuple[Asr, Wake]:
        # By identity: the recordings outlive the replay, and hashing one costs more than making its parts anew.
        records = self._recognition_cache.get(id(outcome))
        if records is None:
            records = self._recognition_cache[id(outcome)] = (asr_record(outcome), wake_record(outcome))
        return records

    def _place(self, session: _Session) -> Place:
        return Place(self.home, session.visit.satellite, session.memory)

    def _situation(self, session: _Session, person: Person) -> DaySituation:
        minute = session.visit.minute
        return DaySituation(self._place(session), self.world, person, minute, session.now)

    def _run_turn(
        self, session: _Session, said: str, outcome: SpeechOutcome, meaning: Meaning, user: str
    ) -> tuple[Turn, Truth, Execution]:
        """Run the stages once."""
        self._turn_count += 1
        place = self._place(session)
        visit, started = session.visit, session.now
        ended = started + outcome.duration_ms
        heard = outcome.best
        asr, wake = self._recognition_records(outcome)
        understanding = self._assistant.understanding
        context = context_record(place, self.world, visit.minute, started)
        fields = {
            "turn_id": f"{self.home.id}-{self._turn_count:06d}",
            "started": started,
            "ended": ended,
            "assistant": self._assistant.name,
            "user_id": user,
            "device_id": visit.satellite.id,
            "satellite_id": visit.satellite.id,
            "area": visit.satellite.area,
            "conversation_id": session.session_id,
            "session_id": session.session_id,
            "language": "en",
            "wake": wake,
            "asr": asr,
            "context": context,
            # The trace of the stages before understanding: times in milliseconds and what the microphone measured.
            "raw": {
                "asr_ms": outcome.asr_ms,
                "no_speech": outcome.no_speech,
                "level_db": outcome.level_db,
                "snr_db": outcome.snr_db,
            },
        }
        choice: Choice | None = None
        if session.layer is not None:
            readings = understanding.readings(heard, self.home, place.area)
            choice = session.layer.decide(Turn(**fields, request=heard, nlu=nlu_record(readings)))  # type: ignore[arg-type]
        text = heard if choice is None else choice.text
        reading = None if choice is None else choice.reading
        execution = self._assistant.answer(text, place, self.world, ended, reading=reading, outages=visit.outages)
        speech_start = ended + outcome.asr_ms + _THINK_MS
        speech_duration = speech_ms(execution.response.text)
        turn = Turn(
            **fields,  # type: ignore[arg-type]
            request=text,
            applied_rewrite=None if choice is None else choice.applied,
            nlu=nlu_record(execution.readings),
            resolution=execution.plan.resolution,
            response=execution.response,
            actions=execution.actions,
            speech=Speech(started=speech_start, ended=speech_start + speech_duration, duration=speech_duration)
            if speech_duration
            else None,
        )
        if execution.ok and execution.plan.deed is not None:
            session.memory = Memory(execution.plan.deed, ended)
        rewritten = reading is not None or text != heard
        failure_point, right_without = find_failure_point(
            said, heard, execution, meaning, place, understanding, visit.outages, rewritten=rewritten
        )
        truth = Truth(
            turn_id=turn.turn_id,
            person=user,
            said=said,
            kind=meaning.kind,
            family=meaning.family,
            circumstance=meaning.circumstance,
            meant=meaning.deed,
            did=execution.plan.deed,
            failure_point=failure_point,
            right_without=right_without,
        )
        return turn, truth, execution


def _weighted_index(shares: tuple[float, ...], draw: float) -> int:
    for index, share in enumerate(shares):
        draw -= share
        if draw < 0:
            return index
    return len(shares) - 1


def _interrupt(turn: Turn, rng: RandomDraws) -> Turn:
    speech = turn.speech
    if speech is None or speech.started is None or speech.duration is None:
        return turn
    at = speech.started + round(speech.duration * (0.25 + 0.65 * rng.uniform()))
    return msgspec.structs.replace(
        turn,
        speech=msgspec.structs.replace(speech, ended=at),
        interrupted=Interruption(yes=True, by="user", at=at),
    )


def _add_feedback(turn: Turn, answer: bool | None) -> Turn:
    if answer is None:
        return turn
    at = (turn.speech.ended if turn.speech is not None else turn.ended) or turn.started
    return msgspec.structs.replace(turn, feedback=(FeedbackReport(kind="helped", value=float(answer), at=at + 3_000),))
