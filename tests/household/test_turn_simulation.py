"""One turn from a recognition outcome."""

import pytest

from sayagain.household.agenda import Visit
from sayagain.household.assistant import Choice, HouseholdAssistant
from sayagain.household.deeds import Deed
from sayagain.household.home import homes
from sayagain.household.meaning import Meaning
from sayagain.household.outcome import SpeechOutcome
from sayagain.household.turn_simulation import SessionState, TurnSimulator, add_feedback, interrupt_speech
from sayagain.household.world import World
from sayagain.turns import AppliedRewrite, Turn

HOME = homes(2026, 1)[0]
LAMP = Deed("turn on", ("light.kitchen_light",))


@pytest.fixture(scope="module")
def assistant():
    return HouseholdAssistant()


def run(assistant, heard, *, session=None):
    session = session or SessionState("s1", Visit(0, 720, 0, HOME.satellites[0], ()), None, 1_000)
    said = "turn on the kitchen light"
    outcome = SpeechOutcome(
        request=said, voice="slt", condition="clean", nbest=((heard, 0.9),), duration_ms=800, asr_ms=100
    )
    simulator = TurnSimulator(assistant, World(HOME))
    return simulator.run(HOME, session, said, outcome, Meaning(LAMP, None, "light on"), "home00.p1"), session


def test_a_turn_and_its_truth_belong_together_and_the_session_remembers_the_deed(assistant):
    simulated, session = run(assistant, "turn on the kitchen light")
    turn = simulated.turn
    assert turn.turn_id == simulated.truth.turn_id == "home00-000001"
    assert (turn.started, turn.ended, turn.session_id) == (1_000, 1_800, "s1")
    assert simulated.truth.meant == simulated.truth.did == simulated.execution.plan.deed == LAMP
    assert simulated.truth.failure_point == "correct"
    assert (session.memory.deed, session.memory.time) == (LAMP, 1_800)


def test_a_deed_that_fails_is_not_remembered(assistant):
    visit = Visit(0, 720, 0, HOME.satellites[0], (), outages=frozenset(LAMP.targets))
    simulated, session = run(assistant, "turn on the kitchen light", session=SessionState("s1", visit, None, 1_000))
    assert simulated.truth.failure_point == "result"
    assert session.memory is None


def test_an_answer_that_is_cut_short_ends_when_the_user_speaks(assistant):
    turn = run(assistant, "turn on the kitchen light")[0].turn
    interrupted = interrupt_speech(turn, 0.5)
    assert interrupted.speech.ended == turn.speech.started + round(turn.speech.duration / 2)
    assert interrupted.interrupted.at == interrupted.speech.ended
    silent = Turn(turn_id="t", started=0, request="stop")
    assert interrupt_speech(silent, 0.5) is silent


@pytest.mark.parametrize("helped", [True, False])
def test_an_answer_to_the_question_whether_it_helped_follows_the_speech(assistant, helped):
    turn = run(assistant, "turn on the kitchen light")[0].turn
    [report] = add_feedback(turn, helped=helped).feedback
    assert (report.kind, report.value) == ("helped", float(helped))
    assert report.at == turn.speech.ended + 3_000


class Asks:
    """A layer that asks about one thing before anything is done."""

    def __init__(self, words):
        self.words = words

    def decide(self, turn):
        applied = AppliedRewrite(id="r", source=turn.request, target=turn.request, layer="leave")
        return Choice(text=turn.request, applied=applied, ask=self.words)

    def observe(self, turn):
        """Nothing."""


def ask(assistant, heard, words):
    visit = Visit(0, 720, 0, HOME.satellites[0], ())
    return run(assistant, heard, session=SessionState("s1", visit, Asks(words), 1_000))[0]


def test_a_question_that_is_right_is_answered_with_yes_and_its_words_are_done(assistant):
    simulated = ask(assistant, "turn on the mood light", "turn on the kitchen light")
    applied = simulated.turn.applied_rewrite
    assert (simulated.turn.request, applied.layer, applied.target) == (
        *("turn on the kitchen light", "asked", "turn on the kitchen light"),
    )
    assert [report.value for report in simulated.turn.feedback] == [1.0]
    assert (simulated.truth.did, simulated.truth.right_without) == (LAMP, False)


@pytest.mark.parametrize(
    ("heard", "right_without"), [("turn on the mood light", False), ("turn on the kitchen light", True)]
)
def test_a_question_that_is_wrong_is_answered_with_no_and_nothing_is_done(assistant, heard, right_without):
    simulated = ask(assistant, heard, "unlock the front door")
    assert (simulated.turn.request, simulated.turn.applied_rewrite.layer, simulated.turn.actions) == (
        heard,
        "leave",
        (),
    )
    assert [report.value for report in simulated.turn.feedback] == [0.0]
    assert (simulated.truth.did, simulated.truth.right_without) == (None, right_without)
