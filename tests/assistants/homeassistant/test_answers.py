import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayagain.assistants.homeassistant.answers import AgentOutcome, agent_outcome, executed_actions, turn_response
from sayagain.turns import Action

RECORDED = Path(__file__).parents[2] / "contracts" / "assistants" / "homeassistant.jsonl"

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["response", "data", "x"]), inner),
    max_leaves=8,
)


def answered(kind, code=None, text="words"):
    data = {"code": code} if code else {"success": [], "failed": []}
    return {"response": {"response_type": kind, "speech": {"plain": {"speech": text}}, "data": data}}


@pytest.mark.parametrize(
    ("kind", "code", "outcome"),
    [
        ("action_done", None, "handled"),
        ("query_answer", None, "handled"),
        ("error", "no_intent_match", "not-recognized"),
        ("error", "no_valid_targets", "not-handled"),
        ("error", "failed_to_handle", "not-handled"),
        ("error", "unknown", "not-handled"),
    ],
)
def test_an_error_is_never_told_as_a_success(kind, code, outcome):
    assert agent_outcome(answered(kind, code)) == AgentOutcome(kind=outcome, text="words")


def test_what_was_done_and_what_was_not():
    data = {
        "success": [{"id": "bedroom", "type": "area"}, {"id": "light.bed", "type": "entity"}],
        "failed": [{"id": "lock.door", "type": "entity"}],
    }
    done = executed_actions({"response": {"data": data}})
    assert done == (Action(target="light.bed"), Action(target="lock.door", ok=False))


def test_the_answers_that_were_recorded():
    runs = [json.loads(line) for line in RECORDED.read_text("utf-8").splitlines()]
    ends = [
        event["data"]["intent_output"]
        for run in runs
        if run["kind"] == "run"
        for event in run["events"]
        if event["type"] == "intent-end"
    ]
    outcomes = [agent_outcome(answer) for answer in ends]
    assert {outcome.kind for outcome in outcomes} == {"handled", "not-handled"}
    assert all(outcome.text for outcome in outcomes)


@given(JSON)
def test_any_answer_is_read(answer):
    given_answer = answer if isinstance(answer, dict) else {"response": answer}
    assert agent_outcome(given_answer).kind in {"handled", "not-handled", "not-recognized"}
    assert turn_response(given_answer).text is not None
    assert isinstance(executed_actions(given_answer), tuple)
