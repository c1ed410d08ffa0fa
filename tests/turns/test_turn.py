import json
from pathlib import Path

import pytest

from sayagain.turns import (
    NOTHING,
    AppliedRewrite,
    Hypothesis,
    Nlu,
    Response,
    Slot,
    Turn,
    turn_schema,
)

ON = Hypothesis(intent="on", slots=(Slot("name", "lamp"),))


def turn(**fields):
    return Turn(turn_id="t", started=0, **{"request": "lamp on", **fields})


def test_before_a_rewrite_the_words_were_others():
    applied = AppliedRewrite(id="r", source="lamb on", target="lamp on", layer="table")
    assert turn(applied_rewrite=applied).heard == "lamb on"
    assert turn().heard == "lamp on"


@pytest.mark.parametrize(
    ("nlu", "hypotheses"),
    [
        (None, ()),
        (Nlu(), ()),
        (Nlu(engine="hassil"), ()),
        (Nlu(intent="on", slots=ON.slots), (ON,)),
        (Nlu(intent="on", domain="light", confidence=0.5), (Hypothesis(intent="on", domain="light", confidence=0.5),)),
        (Nlu(intent="off", ranking=(ON, NOTHING)), (ON, NOTHING)),
        (Nlu(intent=""), (NOTHING,)),
    ],
)
def test_the_best_reading_may_stand_alone_or_in_a_ranking(nlu, hypotheses):
    assert turn(nlu=nlu).hypotheses == hypotheses
    assert turn(nlu=nlu).hypothesis == (hypotheses[0] if hypotheses else None)


@pytest.mark.parametrize(
    ("fields", "failed", "understood"),
    [
        ({}, False, "said|words=lamp on"),
        ({"nlu": Nlu(ranking=(ON,))}, False, ON.key),
        ({"nlu": Nlu(ranking=(NOTHING, ON))}, True, "|"),
        ({"response": Response(error_code="no_intent_match")}, True, "|"),
        ({"response": Response(type="error")}, True, "|"),
        ({"response": Response(type="action_done")}, False, "said|words=lamp on"),
        ({"nlu": Nlu(ranking=(ON,)), "response": Response(error_code="timeout")}, True, ON.key),
        ({"nlu": Nlu(ranking=(ON,)), "response": Response(error_code="E42")}, True, ON.key),
        ({"response": Response(error_code="failed_to_handle")}, True, "said|words=lamp on"),
        ({"response": Response(error_code="E42")}, True, "|"),
    ],
)
def test_what_the_assistant_admits_is_believed(fields, failed, understood):
    failed_turn = turn(**fields)
    assert (failed_turn.failed, failed_turn.understood.key) == (failed, understood)


def test_a_rewritten_request_is_understood_by_the_words_that_were_acted_on():
    applied = AppliedRewrite(id="r", source="lamb on", target="lamp on", layer="table")
    assert turn(applied_rewrite=applied).understood.key == "said|words=lamp on"


def test_the_published_schema_is_that_of_the_record():
    published = Path(__file__).parents[2] / "docs" / "turn.schema.json"
    required = json.loads(published.read_text(encoding="utf-8"))["$defs"]["Turn"]["required"]
    assert sorted(required) == sorted(turn_schema()["$defs"]["Turn"]["required"]) == ["request", "started", "turn_id"]
