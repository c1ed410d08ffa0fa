import pytest

from sayagain.labels.curation.implicit_area import without_implicit_area
from sayagain.turns import Hypothesis, Slot

LIGHTS = Hypothesis(intent="On", slots=(Slot("area", "Living Room"), Slot("domain", "light")))


def test_the_room_of_the_satellite_is_no_part_of_what_was_said():
    assert without_implicit_area(LIGHTS, "living_room", "lights on").key == "On|domain=light"


@pytest.mark.parametrize(
    ("area", "words"),
    [
        ("living_room", "turn on the lights in the living room"),
        ("living_room", "Living-room lights on"),
        ("kitchen", "lights on"),
        (None, "lights on"),
    ],
)
def test_a_room_that_was_said_or_is_another_stays(area, words):
    assert without_implicit_area(LIGHTS, area, words) is None


def test_a_room_hidden_in_a_longer_word_was_not_said():
    office = Hypothesis(intent="On", slots=(Slot("area", "office"),))
    assert without_implicit_area(office, "office", "officer lights on").key == "On|"


def test_a_thing_that_is_called_like_the_room_stays():
    scene = Hypothesis(intent="On", slots=(Slot("name", "kitchen"),))
    assert without_implicit_area(scene, "kitchen", "that one") is None
