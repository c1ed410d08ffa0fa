"""The simulation of a visit: a person asks, the assistant answers, the person reacts, until success or abandonment."""

from collections.abc import Callable
from typing import NamedTuple

import msgspec

from sayagain.household.agenda import Errand, Visit
from sayagain.household.ambiguity import FAMILY_BY_NAME
from sayagain.household.assistant import Execution, HouseholdAssistant, Layer
from sayagain.household.deeds import NOTHING, Place
from sayagain.household.home import Home
from sayagain.household.meaning import Meaning, find_meaning
from sayagain.household.outcome import CONDITIONS, Delivery, SpeechOutcome
from sayagain.household.people import Person
from sayagain.household.random_draws import RandomDraws, weighted_index
from sayagain.household.reactions import (
    REPLY_REACTIONS,
    Reaction,
    draw_barge_in,
    draw_helped_answer,
    draw_reaction,
    draw_satisfaction,
    draw_silence_ms,
)
from sayagain.household.recorded_speech import RecordedSpeech
from sayagain.household.situation import DaySituation, cause_circumstance
from sayagain.household.truth import Truth
from sayagain.household.turn_simulation import SessionState, TurnSimulator, add_feedback, interrupt_speech
from sayagain.household.utterances import Pursuit, Utterance, choose_reply, first_utterance, next_utterance
from sayagain.household.wants import Want
from sayagain.household.world import World
from sayagain.turns import Turn

__all__ = ["Household", "Log"]

Log = Callable[[Turn, Truth], None]
"""Receives each turn and its truth."""

MAX_TRIES = 5
"""Most tries of one errand; then everyone gives up."""
QUESTION_PROBABILITY = 0.012
"""Probability that the assistant asks whether the answer helped."""


class _Exchange(NamedTuple):
    """An utterance, its answer and the person's reaction."""

    execution: Execution
    is_satisfied: bool
    reaction: Reaction


class Household:
    """The simulation of one home: its world, the rng of each person, the number of sessions.

    Args:
        home: the home.
        people: the people who live there.
        assistant: the assistant, which may serve many homes.
        recorded: the recognition outcomes.
        seed: seed of the replay.
    """

    def __init__(
        self, home: Home, people: tuple[Person, ...], assistant: HouseholdAssistant, recorded: RecordedSpeech, seed: int
    ) -> None:
        self.home = home
        self.people = people
        self.world = World(home)
        self._recorded = recorded
        self._simulator = TurnSimulator(assistant, self.world)
        self._rngs = [RandomDraws(seed, 4, home.number, index) for index in range(len(people) + 1)]
        self._session_count = 0
        self._last_visit_end = 0

    def simulate(self, visit: Visit, layers: dict[str, Layer | None], log: Log) -> None:
        """Simulate one visit.

        Args:
            visit: a visit as drawn by `visits`, in order of time.
            layers: the layers in front of the assistant, by person; people who are not in it have none.
            log: receives each turn and its truth.
        """
        self._session_count += 1
        # A visit that would begin before the last one ends waits for its end.
        now = max(visit.time, self._last_visit_end + 2_000)
        # The assistant takes a television for the first person of the home.
        person = self.people[visit.person] if visit.person >= 0 else None
        layer = layers.get((person or self.people[0]).id)
        session = SessionState(f"{self.home.id}-s{self._session_count:06d}", visit, layer, now)
        self.world.pass_time(now)
        if visit.alarm_rings:
            self.world.alarm_start = now - 8_000
        if person is None:
            self._hear_television(session, visit.errands[0], log)
        else:
            for errand in visit.errands:
                self._pursue_want(session, person, errand, log)
        self._last_visit_end = session.now

    def _hear_television(self, session: SessionState, errand: Errand, log: Log) -> None:
        television = self._recorded.television
        if not television:
            return
        outcome = television[int(errand.draws[0] * len(television))]
        meaning = Meaning(NOTHING, None, "television")
        simulated = self._simulator.run(self.home, session, outcome.request, outcome, meaning, self.people[0].id)
        truth = msgspec.structs.replace(simulated.truth, person=None, meant=None, failure_point="false wake")
        log(simulated.turn, truth)
        session.now += 3_000

    def _pursue_want(self, session: SessionState, person: Person, errand: Errand, log: Log) -> None:
        want, rng = errand.want, self._rngs[session.visit.person]
        wordings = self._recorded_wordings(want)
        if not wordings:
            return
        wording_draw, noise_draw, take_draw, circumstance_draw = errand.draws
        utterance = first_utterance(wordings, person, wording_draw, (noise_draw, take_draw))
        if want.kind == "family" and not session.visit.alarm_rings:
            cause_circumstance(FAMILY_BY_NAME[want.target], self._situation(session, person), circumstance_draw)
        meaning = find_meaning(want, utterance.text, self._situation(session, person))
        pursuit = Pursuit(want, meaning, wordings, {utterance.text})
        for attempt in range(MAX_TRIES):
            exchange = self._say(session, person, utterance, meaning, log, want=want, last=attempt + 1 == MAX_TRIES)
            if exchange.reaction in {"done", "move on"}:
                break
            if exchange.reaction == "change goal":
                self._change_goal(session, person, log)
                break
            session.now += draw_silence_ms(is_satisfied=exchange.is_satisfied, rng=rng)
            if exchange.reaction in REPLY_REACTIONS:
                text, reply_meaning = choose_reply(exchange.reaction, want, self.home, rng)
                if text in self._recorded.requests:
                    self._say(session, person, _plain_utterance(text, rng), reply_meaning, log)
                break
            utterance = next_utterance(
                exchange.reaction,
                pursuit,
                utterance,
                exchange.execution,
                home=self.home,
                person=person,
                requests=self._recorded.requests,
                rng=rng,
            )
            pursuit.tried_texts.add(utterance.text)
        session.now += 4_000 + int(16_000 * rng.uniform())

    def _change_goal(self, session: SessionState, person: Person, log: Log) -> None:
        """Ask once for something else, whether it works or not."""
        rng = self._rngs[session.visit.person]
        want = rng.choose(person.wants)
        wordings = self._recorded_wordings(want)
        if not wordings or want.kind == "family":
            return
        session.now += draw_silence_ms(is_satisfied=False, rng=rng)
        meaning = find_meaning(want, wordings[0], self._situation(session, person))
        self._say(session, person, _plain_utterance(wordings[0], rng), meaning, log)

    def _say(
        self,
        session: SessionState,
        person: Person,
        utterance: Utterance,
        meaning: Meaning,
        log: Log,
        *,
        want: Want | None = None,
        last: bool = False,
    ) -> _Exchange:
        """Say something, draw the reaction, and log the turn; without a want the reaction is `done`."""
        rng = self._rngs[session.visit.person]
        area = session.visit.satellite.area
        outcome = self._recognise(utterance, person, area)
        simulated = self._simulator.run(self.home, session, utterance.text, outcome, meaning, person.id)
        turn, execution = simulated.turn, simulated.execution
        is_satisfied = draw_satisfaction(meaning, execution, area, rng)
        reaction: Reaction = "done"
        if want is not None:
            teachable = want.kind.startswith("nickname") and not is_satisfied
            reaction = draw_reaction(is_satisfied=is_satisfied, person=person, teachable=teachable, rng=rng)
            if last and reaction in {"repeat", "rephrase", "correct", "again"}:
                reaction = "move on"
        if execution.response.text and draw_barge_in(is_satisfied=is_satisfied, person=person, rng=rng):
            turn = interrupt_speech(turn, 0.25 + 0.65 * rng.uniform())
        if want is not None and reaction == "done" and rng.chance(QUESTION_PROBABILITY):
            helped = draw_helped_answer(is_satisfied=is_satisfied, person=person, rng=rng)
            turn = turn if helped is None else add_feedback(turn, helped=helped)
        speech = turn.speech
        session.now = (speech.ended or session.now) if speech is not None else turn.ended or session.now
        log(turn, msgspec.structs.replace(simulated.truth, reaction=reaction))
        return _Exchange(execution, is_satisfied, reaction)

    def _recognise(self, utterance: Utterance, person: Person, area: str) -> SpeechOutcome:
        noise_draw, take_draw = utterance.draws
        condition = CONDITIONS[weighted_index(person.noise(area), noise_draw)]
        if utterance.careful:
            delivery = Delivery(utterance.text, person.voice, condition, "slow", "loud")
        else:
            delivery = Delivery(utterance.text, person.voice, condition)
        return self._recorded.outcome(delivery, take_draw)

    def _recorded_wordings(self, want: Want) -> list[str]:
        return [wording for wording in want.wordings if wording in self._recorded.requests]

    def _situation(self, session: SessionState, person: Person) -> DaySituation:
        place = Place(self.home, session.visit.satellite, session.memory)
        return DaySituation(place, self.world, person, session.visit.minute, session.now)


def _plain_utterance(text: str, rng: RandomDraws) -> Utterance:
    return Utterance(text, careful=False, draws=(rng.uniform(), rng.uniform()))
