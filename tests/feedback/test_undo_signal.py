import pytest

from sayagain.feedback import undo
from sayagain.turns import Action, Resolution, Response

LOST = {"response": Response(type="error", error_code="no_valid_targets")}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("turn on the lamp", "turn off the lamp"),
        ("turn on the lamp", "turn it off"),
        ("turn on the kitchen lamp", "turn the lamp off please"),
        ("open the blinds", "close the blinds"),
        ("unlock the front door", "lock the front door"),
        ("start a timer", "stop the timer"),
        ("set a timer for 5 minutes", "cancel the timer"),
        ("add milk to the list", "remove milk from the list"),
        ("play some jazz", "stop"),
        ("volume up", "volume down"),
        ("dim the lamp", "undo that"),
        ("dim the lamp", "put it back"),
    ],
)
def test_the_opposite_in_words_takes_it_back(session, first, second):
    (signal,) = undo(session(first, second))
    assert (signal.turn_id, signal.kind, signal.positive) == ("t0", "undo", False)
    assert second in signal.evidence


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("turn on the lamp", "turn off the radio"),
        ("turn on the lamp", "turn off the lamp in the hall"),
        ("turn on the lamp", "turn on the radio"),
        ("add milk", "remove bread"),
        ("open the blinds", "lock the door"),
        ("set a timer for 5 minutes", "cancel my meeting"),
        ("what is on", "thanks"),
        ("", ""),
    ],
)
def test_another_target_takes_nothing_back(session, first, second):
    assert undo(session(first, second)) == []


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("HassTurnOn", {"name": "lamp"}), ("HassTurnOff", {"name": "lamp"})),
        (("HassTurnOff", {"area": "attic", "domain": "light"}), ("HassTurnOn", {"domain": "light", "area": "attic"})),
        (("HassOpenCover", {}), ("HassCloseCover", {})),
        (("add_to_list", {"item": "milk"}), ("remove_to_list", {"item": "milk"})),
        (("HassStartTimer", {"minutes": 5}), ("HassCancelTimer", {})),
        (("HassMediaSearchAndPlay", {"search_query": "jazz"}), ("HassMediaPause", {})),
        (("set_light", {"name": "lamp", "state": "on"}), ("set_light", {"name": "lamp", "state": "off"})),
    ],
)
def test_opposite_readings_take_it_back_whatever_the_words(session, first, second):
    signals = undo(
        session(("licht", {"hypothesis": first, "language": "de"}), ("nein", {"hypothesis": second, "language": "de"}))
    )
    assert [signal.turn_id for signal in signals] == ["t0"]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("HassTurnOn", {"name": "lamp"}), ("HassTurnOff", {"name": "radio"})),
        (("HassTurnOn", {"name": "lamp"}), ("HassTurnOn", {"name": "lamp"})),
        (("HassTurnOn", {"name": "lamp"}), ("HassLightSet", {"name": "lamp"})),
        (("set_light", {"name": "lamp", "state": "on"}), ("set_light", {"name": "tv", "state": "off"})),
        (("set_light", {"name": "on"}), ("set_light", {"name": "lamp"})),
        (("TurnOnEverythingHere", {}), ("TurnOffTheRadio", {})),
    ],
)
def test_readings_of_another_target_take_nothing_back(session, first, second):
    # The words would say otherwise; readings are believed before words.
    said = session(("turn on the lamp", {"hypothesis": first}), ("turn off the lamp", {"hypothesis": second}))
    assert undo(said) == []


def test_the_same_thing_acted_upon_is_the_same_target_whatever_the_slots(session):
    acted = {"actions": (Action(target="light.attic"),)}
    resolved = {"resolution": (Resolution(slot="name", id="light.attic"),)}
    on, off = ("HassTurnOn", {"name": "lamp"}), ("HassTurnOff", {"area": "attic"})
    assert undo(session(("on", {"hypothesis": on, **acted}), ("off", {"hypothesis": off, **resolved})))
    assert undo(session(("x", {"hypothesis": on}), ("y", {"hypothesis": off}))) == []


def test_what_failed_cannot_be_taken_back(session):
    assert undo(session(("turn on the lamp", LOST), "turn off the lamp")) == []


def test_taking_back_is_at_once(session):
    assert undo(session("turn on the lamp", ("turn off the lamp", {"started": 21_000}))) == []


def test_a_step_back_and_an_unnamed_target_are_weaker(session):
    named = undo(session("lock the door", "unlock the door"))[0].strength
    assert undo(session("volume up", "volume down"))[0].strength < named
    assert undo(session("turn on the lamp", "turn off"))[0].strength < named
