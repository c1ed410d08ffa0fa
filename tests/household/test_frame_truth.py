"""What the requests of a log meant, as frames."""

import pytest

from sayagain.household.deeds import Deed
from sayagain.household.frame_truth import frame_truth
from sayagain.household.truth import Truth
from sayagain.labels.frames.frame import same_text
from sayagain.turns import Hypothesis, Nlu, Response, Slot, Turn

LAMP = Deed("turn on", ("light.lamp",))
READ = Hypothesis(intent="HassTurnOn", slots=(Slot("name", "lamp"),))


def turn_with_truth(at, request, hypothesis=None, *, person="home01.p1", response="Done", area="attic", **truth):
    """A turn and its truth; without a reading it failed."""
    turn_id = f"{person}-{at}"
    nlu = Nlu(ranking=(hypothesis,)) if hypothesis is not None else Nlu(ranking=(Hypothesis(intent=""),))
    turn = Turn(
        turn_id=turn_id,
        started=at * 5_000,
        request=request,
        user_id=person,
        device_id=person,
        area=area,
        nlu=nlu,
        response=Response(text=response),
    )
    failure_point = "correct" if hypothesis is not None else "asr"
    return turn, Truth(
        turn_id=turn_id, person=person, **{"kind": "light on", "meant": LAMP, "failure_point": failure_point} | truth
    )


def frames(*pairs):
    session_frames = frame_truth([turn for turn, _ in pairs], [truth for _, truth in pairs])
    return [frame for _, turn_frames in session_frames for frame in turn_frames]


def test_a_turn_that_went_well_means_what_was_read():
    [frame] = frames(turn_with_truth(0, "turn on the Lamp", READ))
    assert frame.intents == ("HassTurnOn",)
    assert [(span.slot, span.first, span.end) for span in frame.spans] == [("name", 12, 16)]
    assert (frame.closed, frame.holds) == ((), (("name", ("lamp",)),))


def test_a_turn_that_failed_means_what_went_well_in_the_same_home():
    failed, well = frames(turn_with_truth(0, "turn on the lamb"), turn_with_truth(1, "lamp on", READ))
    assert failed.intents == well.intents
    assert failed.spans == failed.closed == ()
    assert failed.holds == (("name", ("lamp",)),)


def test_nothing_is_known_where_only_another_home_did_it_well():
    assert (
        frames(turn_with_truth(0, "turn on the lamb"), turn_with_truth(1, "lamp on", READ, person="home02.p1"))[0]
        is None
    )


def test_a_reading_that_did_harm_is_no_meaning():
    failed_turn = turn_with_truth(0, "turn on the lamb", READ, failure_point="nlu")
    assert frames(failed_turn) == [None]


@pytest.mark.parametrize(("request_", "slots"), [("lights on", []), ("attic lights on", [("area", "attic")])])
def test_the_room_of_the_device_is_a_slot_only_where_it_was_said(request_, slots):
    hypothesis = Hypothesis(intent="HassTurnOn", slots=(Slot("area", "attic"),))
    [frame] = frames(turn_with_truth(0, request_, hypothesis))
    assert [(name, same_text(value)) for name, (value,) in frame.holds] == slots


def test_a_value_from_a_list_is_implied_whatever_the_words():
    light = Hypothesis(intent="HassTurnOn", slots=(Slot("domain", "light"),))
    [frame] = frames(turn_with_truth(0, "turn on the light", light))
    assert (frame.spans, frame.closed) == ((), (("domain", "light"),))


def test_slots_are_found_in_responses_too():
    [frame] = frames(turn_with_truth(0, "lamp on", READ, response="Turned on the lamp"))
    assert [(span.slot, span.first) for span in frame.answer_spans] == [("name", 14)]


def test_values_that_stand_for_a_set_of_things_are_left_out():
    assert frames(turn_with_truth(0, "lamp on", Hypothesis(intent="HassTurnOn", slots=(Slot("name", "@lamp"),)))) == [
        None
    ]
