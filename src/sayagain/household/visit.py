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
from sayagain.household.plain_wordings import plain_wording
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


class _Said(msgspec.Struct, frozen=True):
    """One utterance, with everything that decides its outcome."""

    text: str
    careful: bool
    draws: tuple[float, float]


class _Moment(msgspec.Struct):
    """The state of a visit."""

    visit: Visit
    person: Person | None
    rng: RandomDraws
    layer: Layer | None
    now: int
    session: str
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
        self._turns = 0
        self._sessions = 0
        self._clock = 0
        self._parts: dict[int, tuple[Asr, Wake]] = {}
        self._reaction: Reaction = "done"

    def simulate(self, visit: Visit, layers: dict[str, Layer | None], log: Log) -> None:
        """Simulate one visit.

        Args:
            visit: as drawn by `visits`, in order of time.
            layers: what stands in front of the assistant, by person; none for those who are not in it.
            log: gets each turn and its truth.
        """
        self._sessions += 1
        # A visit that would begin while the last one goes on waits for its end.
        now = max(visit.time, self._clock + 2_000)
        # The assistant takes a television for whoever spoke there last, or else for the first of the home.
        person = self.people[visit.person] if visit.person >= 0 else None
        layer = layers.get((person or self.people[0]).id)
        moment = _Moment(visit, person, self._rngs[visit.person], layer, now, f"{self.home.id}-s{self._sessions:06d}")
        self.world.pass_time(now)
        if visit.alarm_rings:
            self.world.alarm_start = now - 8_000
        if person is None:
            self._overhear(moment, visit.errands[0], log)
        else:
            for errand in visit.errands:
                self._pursue(moment, person, errand, log)
        self._clock = moment.now

    def _overhear(self, moment: _Moment, errand: Errand, log: Log) -> None:
        television = self._recorded.television
        if not television:
            return
        outcome = television[int(errand.draws[0] * len(television))]
        nothing = Meaning(NOTHING, None, "television")
        turn, truth, _ = self._turn(moment, outcome.request, outcome, nothing, self.people[0].id)
        log(turn, msgspec.structs.replace(truth, person=None, meant=None, failure_point="false wake"))
        moment.now += 3_000

    def _pursue(self, moment: _Moment, person: Person, errand: Errand, log: Log) -> None:
        want = errand.want
        says = [say for say in want.wordings if say in self._recorded.requests]
        if not says:
            return
        way, noise, take, draw = errand.draws
        index = (
            0
            if way < person.steadiness
            else 1 + int((way - person.steadiness) / (1 - person.steadiness) * (len(says) - 1))
        )
        said = _Said(says[min(index, len(says) - 1)], careful=False, draws=(noise, take))
        if want.kind == "family" and not moment.visit.alarm_rings:
            cause_circumstance(_FAMILIES[want.target], self._situation(moment, person), draw)
        tried = {said.text}
        meant = find_meaning(want, said.text, self._situation(moment, person))
        for attempt in range(MAX_TRIES):
            content, done = self._say(moment, person, said, meant, log, errand=want, last=attempt + 1 == MAX_TRIES)
            reaction = self._reaction
            if reaction in {"done", "move on"}:
                break
            if reaction == "change goal":
                self._change(moment, person, log)
                break
            moment.now += draw_silence_ms(content=content, rng=moment.rng)
            if reaction in {"thank", "give up", "teach", "undo"}:
                self._reply(moment, person, reaction, want, log)
                break
            said = self._next(moment, person, reaction, want, said, says, tried, meant, done)
            tried.add(said.text)
        moment.now += 4_000 + int(16_000 * moment.rng.uniform())

    def _say(
        self,
        moment: _Moment,
        person: Person,
        said: _Said,
        meant: Meaning,
        log: Log,
        *,
        errand: Want | None,
        last: bool = False,
    ) -> tuple[bool, Execution]:
        """Say something, log it, and draw the reaction."""
        rng = moment.rng
        area = moment.visit.satellite.area
        shares = person.noise(area)
        condition = CONDITIONS[_weigh(shares, said.draws[0])]
        manner = ("slow", "loud") if said.careful else ("normal", "normal")
        delivery = Delivery(said.text, person.voice, condition, manner[0], manner[1])  # type: ignore[arg-type]
        outcome = self._recorded.outcome(delivery, said.draws[1])
        turn, truth, done = self._turn(moment, said.text, outcome, meant, person.id)
        content = draw_satisfaction(meant, done, area, rng)
        reaction: Reaction = "done"
        if errand is not None:
            teachable = errand.kind.startswith("nickname") and not content
            reaction = draw_reaction(content=content, person=person, teachable=teachable, rng=rng)
            if last and reaction in {"repeat", "rephrase", "correct", "again"}:
                reaction = "move on"
        if done.response.text and draw_barge_in(content=content, person=person, rng=rng):
            turn = _cut(turn, rng)
        if errand is not None and reaction == "done" and rng.chance(QUESTION_PROBABILITY):
            turn = _asked(turn, draw_helped_answer(content=content, person=person, rng=rng))
        self._reaction = reaction
        speech = turn.speech
        moment.now = (speech.ended or moment.now) if speech is not None else turn.ended or moment.now
        log(turn, msgspec.structs.replace(truth, reaction=reaction))
        return content, done

    def _next(
        self,
        moment: _Moment,
        person: Person,
        reaction: Reaction,
        want: Want,
        said: _Said,
        says: list[str],
        tried: set[str],
        meant: Meaning,
        done: Execution,
    ) -> _Said:
        """Choose the words of the next try."""
        rng = moment.rng
        draws = (rng.uniform(), rng.uniform())
        if reaction == "again":
            return _Said(said.text, careful=False, draws=draws)
        text = said.text
        if reaction == "correct":
            text = self._correction(meant, done) or text
        elif reaction == "rephrase":
            plainer = plain_wording(want, meant, self.home, person)
            fresh = [say for say in (*plainer, *says) if say not in tried and say in self._recorded.requests]
            text = fresh[0] if fresh else text
        # A repeat, and a rephrase for want of other words, is mostly said slower and louder.
        return _Said(text, careful=text == said.text and rng.chance(0.6), draws=draws)

    def _correction(self, meant: Meaning, done: Execution) -> str | None:
        """Say what was meant, if anything was done wrongly: by its name, or its kind."""
        if meant.deed is None or not meant.deed.targets:
            return None
        target = meant.deed.targets[0]
        device = self.home.device(target)
        kind, _, title = target.partition(".")
        if device is not None:
            texts = [f"no the {device.name}", f"no i meant the {device.name}"]
        else:
            did = done.plan.deed
            same = did is not None and did.targets[:1] != () and did.targets[0].partition(".")[2] == title
            texts = [f"i meant the {_KINDS.get(kind, kind)}"] if same else [f"no i meant {title.replace('_', ' ')}"]
        return next((text for text in texts if text in self._recorded.requests), None)

    def _reply(self, moment: _Moment, person: Person, reaction: Reaction, want: Want, log: Log) -> None:
        """Say something that asks for nothing more."""
        rng = moment.rng
        if reaction == "teach":
            device = self.home.device(want.target)
            nickname = want.wordings[0]
            for carrier in ("turn on the ", "switch on the ", "turn off the ", "switch off the "):
                nickname = nickname.removeprefix(carrier)
            nickname = nickname.removesuffix(" on").removesuffix(" off")
            text = f"when i say {nickname} i mean {'' if device is None else device.name}"
            meant = Meaning(None, None, "teach")
        elif reaction == "undo":
            text = rng.choose(REPLIES["undo"])
            meant = Meaning(None, None, "undo")
        else:
            texts = REPLIES["thanks"] if reaction == "thank" else tuple(t for t in REPLIES["give up"] if t != "stop")
            text = rng.choose(texts)
            intent = "HassRespond" if reaction == "thank" else "HassNevermind"
            meant = Meaning(NOTHING, Hypothesis(intent=intent), reaction)
        if text in self._recorded.requests:
            self._say(
                moment,
                person,
                _Said(text, careful=False, draws=(rng.uniform(), rng.uniform())),
                meant,
                log,
                errand=None,
            )

    def _change(self, moment: _Moment, person: Person, log: Log) -> None:
        """Want something else at once; whether it works or not, that is the end of it."""
        rng = moment.rng
        want = rng.choose(person.wants)
        text = next((say for say in want.wordings if say in self._recorded.requests), None)
        if text is None or want.kind == "family":
            return
        moment.now += draw_silence_ms(content=False, rng=rng)
        meant = find_meaning(want, text, self._situation(moment, person))
        self._say(
            moment, person, _Said(text, careful=False, draws=(rng.uniform(), rng.uniform())), meant, log, errand=None
        )

    def _heard(self, outcome: SpeechOutcome) -> tuple[Asr, Wake]:
        # By identity: the recordings outlive the replay, and hashing one costs more than making its parts anew.
        parts = self._parts.get(id(outcome))
        if parts is None:
            parts = self._parts[id(outcome)] = (asr_record(outcome), wake_record(outcome))
        return parts

    def _place(self, moment: _Moment) -> Place:
        return Place(self.home, moment.visit.satellite, moment.memory)

    def _situation(self, moment: _Moment, person: Person) -> DaySituation:
        minute = moment.visit.minute
        return DaySituation(self._place(moment), self.world, person, minute, moment.now)

    def _turn(
        self, moment: _Moment, said: str, outcome: SpeechOutcome, meant: Meaning, user: str
    ) -> tuple[Turn, Truth, Execution]:
        """Run the stages once."""
        self._turns += 1
        place = self._place(moment)
        visit, started = moment.visit, moment.now
        ended = started + outcome.duration_ms
        heard = outcome.best
        asr, wake = self._heard(outcome)
        understanding = self._assistant.understanding
        context = context_record(place, self.world, visit.minute, started)
        fields = {
            "turn_id": f"{self.home.id}-{self._turns:06d}",
            "started": started,
            "ended": ended,
            "assistant": self._assistant.name,
            "user_id": user,
            "device_id": visit.satellite.id,
            "satellite_id": visit.satellite.id,
            "area": visit.satellite.area,
            "conversation_id": moment.session,
            "session_id": moment.session,
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
        if moment.layer is not None:
            readings = understanding.readings(heard, self.home, place.area)
            choice = moment.layer.decide(Turn(**fields, request=heard, nlu=nlu_record(readings)))  # type: ignore[arg-type]
        text = heard if choice is None else choice.text
        reading = None if choice is None else choice.reading
        done = self._assistant.answer(text, place, self.world, ended, reading=reading, outages=visit.outages)
        spoke = ended + outcome.asr_ms + _THINK_MS
        duration = speech_ms(done.response.text)
        turn = Turn(
            **fields,  # type: ignore[arg-type]
            request=text,
            applied_rewrite=None if choice is None else choice.applied,
            nlu=nlu_record(done.readings),
            resolution=done.plan.resolution,
            response=done.response,
            actions=done.actions,
            speech=Speech(started=spoke, ended=spoke + duration, duration=duration) if duration else None,
        )
        if done.ok and done.plan.deed is not None:
            moment.memory = Memory(done.plan.deed, ended)
        rewritten = reading is not None or text != heard
        point, without = find_failure_point(
            said, heard, done, meant, place, understanding, visit.outages, rewritten=rewritten
        )
        truth = Truth(
            turn_id=turn.turn_id,
            person=user,
            said=said,
            kind=meant.kind,
            family=meant.family,
            circumstance=meant.circumstance,
            meant=meant.deed,
            did=done.plan.deed,
            failure_point=point,
            right_without=without,
        )
        return turn, truth, done


def _weigh(shares: tuple[float, ...], draw: float) -> int:
    for index, share in enumerate(shares):
        draw -= share
        if draw < 0:
            return index
    return len(shares) - 1


def _cut(turn: Turn, rng: RandomDraws) -> Turn:
    speech = turn.speech
    if speech is None or speech.started is None or speech.duration is None:
        return turn
    at = speech.started + round(speech.duration * (0.25 + 0.65 * rng.uniform()))
    return msgspec.structs.replace(
        turn,
        speech=msgspec.structs.replace(speech, ended=at),
        interrupted=Interruption(yes=True, by="user", at=at),
    )


def _asked(turn: Turn, answer: bool | None) -> Turn:
    if answer is None:
        return turn
    at = (turn.speech.ended if turn.speech is not None else turn.ended) or turn.started
    return msgspec.structs.replace(turn, feedback=(FeedbackReport(kind="helped", value=float(answer), at=at + 3_000),))
