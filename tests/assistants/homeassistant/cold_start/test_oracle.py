import pytest


def area(demo, name):
    return next((one for one in demo.areas if one.id == name), None)


@pytest.mark.parametrize(
    ("words", "spoken_in", "acted"),
    [
        ("turn on the bed light", None, {"light.bed_light"}),
        ("turn on the lights", "bedroom", {"light.bed_light", "light.ceiling_lights"}),
        ("turn on the lights in the den", None, {"light.office_rgbw_lights"}),
        ("is the front door locked", None, {"lock.front_door"}),
        ("turn on the bed light and the kitchen lights", None, {"light.bed_light", "light.kitchen_lights"}),
    ],
)
def test_it_knows_what_would_be_acted_on(demo, oracle, words, spoken_in, acted):
    hypothesis = oracle.read(words, area(demo, spoken_in))
    assert hypothesis.targets == acted
    assert hypothesis.left == ()


@pytest.mark.parametrize(
    "words",
    ["kill the lights", "turn on the lights", "open the pergola roof", "turn on the aquarium", "make me a coffee", ""],
)
def test_what_would_not_be_acted_on_has_no_reading(oracle, words):
    assert oracle.read(words) is None


def test_a_word_that_was_left_out_is_told(demo, oracle):
    hypothesis = oracle.read("turn on the reading lamp", area(demo, "living_room"))
    assert hypothesis.left == ("reading",)
    assert hypothesis.targets == {"light.living_room_rgbww_lights"}


def test_it_means_what_was_acted_on_before(oracle):
    before = oracle.read("turn on the bed light")
    assert oracle.read("turn it off", None, before).targets == {"light.bed_light"}
    assert oracle.read("turn it off") is None


def test_a_question_acts_on_nothing(oracle):
    assert oracle.read("is the garage door open").asks
    assert not oracle.read("open the garage door").asks
