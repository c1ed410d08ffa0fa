import msgspec
import pytest

from sayagain.runtime import LEAVE, Decision
from sayagain.turns import Hypothesis

LEFT = Decision(heard="lamb on", text="lamb on", why="nothing is known")
MADE = Decision(
    heard="lamb on",
    text="lamp on",
    layer="table",
    rewrite_id="r1",
    release=3,
    propensity=0.98,
    probability=0.9,
    why="x",
)
KEPT = Decision(heard="lamb on", text="lamb on", rewrite_id="r1", release=3, propensity=0.02, arm="holdout", why="x")


@pytest.mark.parametrize(
    ("decision", "changed", "applied"),
    [
        (LEFT, False, ("none", "lamb on", "lamb on", LEAVE, None, None, 1.0)),
        (MADE, True, ("r1", "lamb on", "lamp on", "table", 3, None, 0.98)),
        (KEPT, False, ("r1", "lamb on", "lamb on", LEAVE, 3, "holdout", 0.02)),
    ],
)
def test_what_is_logged_is_what_learning_needs_to_stay_honest(decision, changed, applied):
    assert decision.changed is changed
    assert msgspec.structs.astuple(decision.applied) == (*applied, None)
    assert msgspec.structs.replace(decision, proof="p").applied.proof == "p"


def test_a_question_names_the_words_that_wait_for_a_yes():
    assert LEFT.question is None
    asked = msgspec.structs.replace(LEFT, ask="lamp on")
    assert asked.question == "Did you mean: lamp on?"
    assert not asked.changed


@pytest.mark.parametrize("decision", [LEFT, MADE, KEPT])
def test_a_decision_can_be_written_and_read_back(decision):
    assert msgspec.json.decode(msgspec.json.encode(decision), type=Decision) == decision


def test_a_decision_is_sent_under_the_key_that_clients_know():
    record = msgspec.to_builtins(msgspec.structs.replace(MADE, hypothesis=Hypothesis(intent="on")))
    assert record["reading"]["intent"] == "on"
    assert msgspec.convert(record, Decision).hypothesis == Hypothesis(intent="on")
