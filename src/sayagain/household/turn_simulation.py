"""The simulation of one turn: from a recognition outcome, through layer and assistant, to a turn and its truth."""

import msgspec

from sayagain.household.agenda import Visit
from sayagain.household.assistant import Choice, Execution, HouseholdAssistant, Layer
from sayagain.household.deeds import Memory, Place
from sayagain.household.home import Home
from sayagain.household.meaning import Meaning
from sayagain.household.outcome import SpeechOutcome
from sayagain.household.response import speech_ms
from sayagain.household.truth import Truth, find_failure_point, is_right
from sayagain.household.turn_records import asr_record, context_record, nlu_record, wake_record
from sayagain.household.world import World
from sayagain.turns import Asr, FeedbackReport, Interruption, Speech, Turn, Wake

__all__ = ["SessionState", "SimulatedTurn", "TurnSimulator", "add_feedback", "interrupt_speech"]

_THINK_MS = 350


class SessionState(msgspec.Struct):
    """The state of a session: one visit of one speaker."""

    id: str
    """The session's id in the log."""
    visit: Visit
    """The visit."""
    layer: Layer | None
    """The layer in front of the assistant, if any."""
    now: int
    """Time, in milliseconds."""
    memory: Memory | None = None
    """The last deed of the session; None at its start."""


class SimulatedTurn(msgspec.Struct, frozen=True):
    """One turn with its truth."""

    turn: Turn
    """The turn as logged."""
    truth: Truth
    """Its truth."""
    execution: Execution
    """The assistant's execution of the request."""


class TurnSimulator:
    """Simulates the turns of one home and numbers them.

    Args:
        assistant: the assistant, which may serve many homes.
        world: the state of the home.
    """

    def __init__(self, assistant: HouseholdAssistant, world: World) -> None:
        self._assistant = assistant
        self._world = world
        self._turn_count = 0
        self._recognition_records: dict[int, tuple[Asr, Wake]] = {}

    def run(
        self, home: Home, session: SessionState, said: str, outcome: SpeechOutcome, meaning: Meaning, user: str
    ) -> SimulatedTurn:
        """Run the stages once; changes the world and the memory of the session.

        Args:
            home: the home.
            session: the session that the turn belongs to.
            said: the words that were said.
            outcome: their recognition outcome.
            meaning: their meaning.
            user: id of the speaker, as the assistant knows it.
        """
        self._turn_count += 1
        visit, understanding = session.visit, self._assistant.understanding
        place = Place(home, visit.satellite, session.memory)
        ended = session.now + outcome.duration_ms
        heard = outcome.best
        asr, wake = self._recognition(outcome)
        fields = {
            "turn_id": f"{home.id}-{self._turn_count:06d}",
            "started": session.now,
            "ended": ended,
            "assistant": self._assistant.name,
            "user_id": user,
            "device_id": visit.satellite.id,
            "satellite_id": visit.satellite.id,
            "area": visit.satellite.area,
            "conversation_id": session.id,
            "session_id": session.id,
            "language": "en",
            "wake": wake,
            "asr": asr,
            "context": context_record(place, self._world, visit.minute, session.now),
            # The trace of the stages before understanding: times in milliseconds and the microphone's measurements.
            "raw": {
                "asr_ms": outcome.asr_ms,
                "no_speech": outcome.no_speech,
                "level_db": outcome.level_db,
                "snr_db": outcome.snr_db,
            },
        }
        choice: Choice | None = None
        if session.layer is not None:
            hypotheses = understanding.hypotheses(heard, home, place.area)
            choice = session.layer.decide(Turn(**fields, request=heard, nlu=nlu_record(hypotheses)))  # type: ignore[arg-type]
        says_yes: bool | None = None
        if choice is not None and choice.ask is not None:
            says_yes = is_right(self._assistant.plan(choice.ask, place).deed, meaning, visit.outages)
            choice = _answered(choice, says_yes=says_yes)
        text = heard if choice is None else choice.text
        hypothesis = None if choice is None else choice.hypothesis
        if says_yes is False:
            execution = self._assistant.do_nothing(heard, place)
        else:
            execution = self._assistant.answer(
                text, place, self._world, ended, hypothesis=hypothesis, outages=visit.outages
            )
        turn = Turn(
            **fields,  # type: ignore[arg-type]
            request=text,
            applied_rewrite=None if choice is None else choice.applied,
            nlu=nlu_record(execution.hypotheses),
            resolution=execution.plan.resolution,
            response=execution.response,
            actions=execution.actions,
            speech=_speech(execution.response.text, ended + outcome.asr_ms + _THINK_MS),
        )
        if says_yes is not None:
            turn = add_feedback(turn, helped=says_yes)
        if execution.ok and execution.plan.deed is not None:
            session.memory = Memory(execution.plan.deed, ended)
        rewritten = hypothesis is not None or text != heard or says_yes is False
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
        return SimulatedTurn(turn, truth, execution)

    def _recognition(self, outcome: SpeechOutcome) -> tuple[Asr, Wake]:
        # By identity: the recordings outlive the replay, and hashing an outcome costs more than making its records.
        records = self._recognition_records.get(id(outcome))
        if records is None:
            records = self._recognition_records[id(outcome)] = (asr_record(outcome), wake_record(outcome))
        return records


def _answered(choice: Choice, *, says_yes: bool) -> Choice:
    """Return a choice after the answer to its question. People know what they meant; the answer takes no turn."""
    if not says_yes or choice.ask is None:
        return msgspec.structs.replace(choice, ask=None)
    applied = choice.applied
    if applied is not None:
        applied = msgspec.structs.replace(applied, target=choice.ask, layer="asked")
    return Choice(text=choice.ask, applied=applied)


def interrupt_speech(turn: Turn, share: float) -> Turn:
    """Return a turn whose answer the user cuts short.

    Args:
        turn: a turn; one without speech is returned as it is.
        share: the share of the answer that is heard before the user speaks, in [0, 1].
    """
    speech = turn.speech
    if speech is None or speech.started is None or speech.duration is None:
        return turn
    at = speech.started + round(speech.duration * share)
    return msgspec.structs.replace(
        turn,
        speech=msgspec.structs.replace(speech, ended=at),
        interrupted=Interruption(yes=True, by="user", at=at),
    )


def add_feedback(turn: Turn, *, helped: bool) -> Turn:
    """Return a turn with the user's answer to "did that help?"."""
    at = (turn.speech.ended if turn.speech is not None else turn.ended) or turn.started
    return msgspec.structs.replace(turn, feedback=(FeedbackReport(kind="helped", value=float(helped), at=at + 3_000),))


def _speech(text: str, started: int) -> Speech | None:
    duration = speech_ms(text)
    return Speech(started=started, ended=started + duration, duration=duration) if duration else None
