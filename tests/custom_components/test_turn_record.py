import msgspec
import pytest

from sayagain.formats import turn_from_record
from sayagain.runtime import Decision
from sayagain.teaching import TAUGHT_LAYERS, TEACHING
from sayagain.turns import FeedbackReport

STARTED = 1_767_225_600_000


@pytest.fixture
def record(integration):
    return integration("turn_record")


def encoded(decision, **more):
    """A decision as the service sends it."""
    return {**msgspec.to_builtins(decision), **more}


def stored(turn):
    return turn_from_record(turn)


def test_what_is_known_of_a_request_is_a_turn_and_the_rest_is_left_out(record):
    turn = stored(record.new_turn("t", STARTED, "lamp on", user_id="ann", area="Den", satellite_id=None, language=""))
    assert (turn.user_id, turn.area, turn.satellite_id, turn.language) == ("ann", "Den", None, None)


@pytest.mark.parametrize(
    "decision",
    [
        Decision(heard="lamb on", text="lamp on", layer="chain", rewrite_id="r", release=3, propensity=0.9, why=""),
        Decision(heard="lamb on", text="lamb on", rewrite_id="r", release=3, arm="holdout", propensity=0.1, why=""),
        Decision(heard="snooze", text="lamp off", layer="taught", rewrite_id="l", proof="p", why=""),
        Decision(heard="sesame", text="sesame", rewrite_id="l", ask="open up", ask_layer="taught", why=""),
    ],
)
def test_what_was_applied_is_logged_as_the_decision_says(record, decision):
    turn = stored(record.add_decision(record.new_turn("t", STARTED, decision.heard), encoded(decision)))
    assert turn.applied_rewrite == decision.applied
    assert (turn.request, turn.heard) == (decision.text, decision.heard)


def test_the_layers_of_what_was_taught_are_those_of_the_service(record):
    assert TAUGHT_LAYERS | {TEACHING} == record.TAUGHT


def test_what_was_left_alone_has_no_rewrite(record):
    turn = record.new_turn("t", STARTED, "lamp on")
    assert record.add_decision(turn, encoded(Decision(heard="lamp on", text="lamp on", why=""))) == turn
    assert record.add_decision(turn, {}) == turn


def test_a_yes_completes_the_turn_of_the_question(record):
    decision = encoded(Decision(heard="lamb on", text="lamb on", ask="lamp on", rewrite_id="r", release=2, why=""))
    asked = record.new_turn("t", STARTED, "lamb on") | {"response": {"text": "Did you mean: lamp on?"}}
    yes = stored(record.add_answer(asked, decision, yes=True, at=STARTED + 1))
    assert (yes.heard, yes.request, yes.response) == ("lamb on", "lamp on", None)
    assert (yes.applied_rewrite.id, yes.applied_rewrite.layer, yes.applied_rewrite.release) == ("r", "asked", 2)
    assert yes.feedback == (FeedbackReport(kind="helped", value=1.0, at=STARTED + 1),)
    no = stored(record.add_answer(asked, decision, yes=False, at=STARTED + 1))
    assert (no.request, no.response.text) == ("lamb on", "Did you mean: lamp on?")
    assert (no.applied_rewrite, no.feedback[0].value) == (None, 0.0)


DONE = {
    "response_type": "action_done",
    "speech": {"plain": {"speech": "Turned on", "extra_data": None}},
    "data": {
        "success": [
            {"type": "area", "name": "Den", "id": "den"},
            {"type": "entity", "name": "Lamp", "id": "light.lamp"},
        ],
        "failed": [{"type": "entity", "name": "Fan", "id": "fan.fan"}],
    },
}


def test_the_answer_names_each_entity_and_whether_it_obeyed(record):
    nlu = record.understood([("HassTurnOn", {"name": {"value": "light.lamp"}})], DONE, "lamp on", None)
    turn = stored(record.add_response(record.new_turn("t", STARTED, "lamp on"), DONE, nlu))
    assert [(action.target, action.ok) for action in turn.actions] == [("light.lamp", True), ("fan.fan", False)]
    assert (turn.response.text, turn.response.type, turn.failed) == ("Turned on", "action_done", False)
    assert turn.understood.key == "HassTurnOn|name=Lamp"


def test_what_several_requests_did_is_one_answer(record):
    failed = {"response_type": "error", "speech": {"plain": {"speech": "Sorry"}}, "data": {"code": "failed_to_handle"}}
    turn = stored(record.add_response(record.new_turn("t", STARTED, "x"), record.join_answers([DONE, failed]), None))
    assert (turn.response.text, turn.response.error_code) == ("Turned on Sorry", "failed_to_handle")
    assert [action.target for action in turn.actions] == ["light.lamp", "fan.fan"]
    assert record.join_answers([DONE]) == DONE


def test_what_was_not_understood_has_failed(record):
    error = {"response_type": "error", "speech": {}, "data": {"code": "no_intent_match"}}
    turn = record.add_response(record.new_turn("t", STARTED, "x"), error, record.understood([], error, "x", None))
    assert (stored(turn).failed, stored(turn).trouble, stored(turn).response.text) == (True, "not understood", "")


def test_an_agent_that_tells_nothing_is_taken_at_its_words(record):
    assert record.understood([], {"response_type": "action_done"}, "lamp on", None) is None


@pytest.mark.parametrize(
    ("slots", "area", "kept"),
    [
        ({"area": "Den", "domain": "light"}, "Den", ["domain"]),
        ({"area": "Den", "domain": "light"}, "Hall", ["area", "domain"]),
        ({"preferred_area_id": "den", "name": "Lamp"}, None, ["name"]),
        ({"name": {"value": ["Lamp", "Fan"]}}, None, ["name"]),
    ],
)
def test_slots_that_the_place_fills_are_left_out(record, slots, area, kept):
    found = record.understood([("HassTurnOn", slots)], {}, "turn on the lights", area)
    assert [slot["name"] for slot in found["slots"]] == kept
