"""LLM agents: the stage that failed, by the trace of the turn and of the try that worked."""

import pytest

from sayagain.failures import AGENT_STAGES, Isolation
from sayagain.failures.agent_stage import isolate_agent_stage
from sayagain.turns import Response, Session, Turn

FAILED = Isolation(turn_id="a", stage="nlu", probabilities={"correct": 0.2, "nlu": 0.8})
NOTE = {"kind": "retrieval", "name": "notes", "arguments": {"query": "wifi"}, "found": 2}
LIGHT = {"kind": "tool", "name": "light", "arguments": {"name": "lamp"}}


def turn(turn_id, steps, words="turn on the lamp", at=0, code=None):
    return Turn(
        turn_id=turn_id,
        started=at,
        request=words,
        response=Response(text="done", type="error" if code else None, error_code=code),
        raw={"steps": steps},
    )


def stage(*turns, isolation=FAILED):
    return isolate_agent_stage(isolation, Session(session_id="s", turns=turns), 0)


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([{**NOTE, "found": 0}, LIGHT], "retrieval"),
        ([{**NOTE, "error": "TimeoutError"}, LIGHT], "retrieval"),
        ([NOTE, {**LIGHT, "error": "ValidationError: name is required"}], "tool_arguments"),
        ([NOTE, {**LIGHT, "error": "503 unavailable"}], "tool_result"),
        ([NOTE, {**LIGHT, "error": "unknown tool light"}], "tool_choice"),
        # The first failure that nothing makes good counts.
        ([{**NOTE, "found": 0}, NOTE, {**LIGHT, "error": "503"}], "tool_result"),
        ([{**LIGHT, "error": "503"}, {**LIGHT, "name": "radio", "error": "400"}], "tool_result"),
    ],
)
def test_the_trace_states_what_failed(steps, expected):
    isolation = stage(turn("a", steps))
    assert isolation.stage == expected
    assert isolation.p_defect == pytest.approx(0.8)
    assert sum(isolation.probabilities.values()) == pytest.approx(1)


@pytest.mark.parametrize(
    ("worked", "expected"),
    [
        ([NOTE, {**LIGHT, "arguments": {"name": "desk lamp"}}], "tool_arguments"),
        ([NOTE, {**LIGHT, "name": "scene"}], "tool_choice"),
        ([{**NOTE, "arguments": {"query": "lamp"}}, LIGHT], "retrieval"),
        ([NOTE, LIGHT], "answer"),
    ],
)
def test_the_first_step_that_differs_from_the_try_that_worked_was_wrong(worked, expected):
    assert stage(turn("a", [NOTE, LIGHT]), turn("b", worked, "no turn on the lamp", at=9_000)).stage == expected


def test_another_request_is_no_counterfactual():
    later = turn("b", [{**LIGHT, "name": "scene"}], "what is the weather tomorrow", at=9_000)
    assert stage(turn("a", [LIGHT]), later).probabilities == stage(turn("a", [LIGHT])).probabilities


def test_an_answer_that_fails_after_good_steps_is_the_stage():
    assert stage(turn("a", [NOTE, LIGHT], code="content_length")).stage == "answer"


def test_whether_it_failed_is_not_for_the_trace_to_say():
    fine = Isolation(turn_id="a", stage="correct", probabilities={"correct": 0.9, "nlu": 0.1})
    isolation = stage(turn("a", [{**LIGHT, "error": "503"}, LIGHT]), isolation=fine)
    assert (isolation.stage, isolation.probabilities["correct"]) == ("correct", 0.9)


@pytest.mark.parametrize("steps", [[], "junk", [{"kind": "other"}], None])
def test_without_a_trace_the_stages_are_those_of_an_assistant(steps):
    isolation = stage(turn("a", steps))
    assert isolation == FAILED
    assert not set(AGENT_STAGES) & set(isolation.probabilities)
