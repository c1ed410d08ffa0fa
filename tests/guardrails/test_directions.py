import pytest
from msgspec import structs

from sayagain.guardrails import refuse
from sayagain.guardrails.directions import opposite_direction
from sayagain.languages import DEFAULT, Opposites, language_pack
from sayagain.turns import Hypothesis, Slot


def read(intent, **slots):
    return Hypothesis(intent=intent, slots=tuple(Slot(name, value) for name, value in slots.items()))


@pytest.mark.parametrize(
    ("asked", "would"),
    [
        ("pull down the garage door", "raise the garage door"),
        ("pull the blinds down", "open the blinds"),
        ("roll up the shades", "close the shades"),
        ("shut the window", "open the window"),
        ("make it warmer", "make it cooler"),
        ("a bit louder", "a bit quieter"),
        ("turn up the heating", "turn down the heating"),
        ("turning on the lamp", "turn off the lamp"),
        ("turn off the light on the porch", "turn on the light on the porch"),
        ("turn on the light on the porch", "turn off the light on the porch"),
        ("locked the door", "unlock the door"),
        ("lock the door", "open the door"),
        ("pause the film", "resume the film"),
        ("start the timer", "cancel the timer"),
        ("check the timer", "cancel the timer"),
        ("set a timer", "delete the timer"),
        ("add milk to the list", "remove milk from the list"),
        ("mute the tv", "unmute the tv"),
        ("arm the alarm", "disarm the alarm"),
        ("next song", "previous song"),
        ("wake me at 7 am", "wake me at 7 pm"),
    ],
)
def test_never_into_the_opposite_direction(asked, would):
    assert refuse(asked, None, would, None, confirmed=True) is not None


@pytest.mark.parametrize(
    ("asked", "would"),
    [
        ("turn of the lamp", "turn off the lamp"),
        ("turn of the lamp on the desk", "turn off the desk lamp"),
        ("turn me off the bedroom lights", "turn off the bedroom lights"),
        ("pull down the blinds", "close the blinds"),
        ("raise the blinds", "open the blinds"),
        ("turn the heat up", "increase the heat"),
        ("clothe the blinds", "close the blinds"),
        ("race the blinds", "raise the blinds"),
        ("pause the music", "stop the music"),
        ("switch on to kitchen light", "switch on the kitchen light"),
    ],
)
def test_the_same_direction_in_other_words_passes(asked, would):
    assert refuse(asked, None, would, None) is None


@pytest.mark.parametrize(
    ("asked", "hypothesis"),
    [
        ("pull down the garage door", read("HassOpenCover", name="garage door")),
        ("pull up the blinds", read("HassCloseCover", name="blinds")),
        ("lock the door", read("call_service", service="lock.unlock")),
        ("turn off the fan", read("HassTurnOn", name="fan")),
    ],
)
def test_never_into_a_reading_of_the_opposite_direction(asked, hypothesis):
    for request_hypothesis in (None, read("")):
        reason = refuse(asked, request_hypothesis, asked + " please", hypothesis, confirmed=True)
        assert "it would turn" in reason


def test_where_the_words_tell_no_direction_their_reading_does():
    off, on = read("HassTurnOff", name="fan"), read("HassTurnOn", name="fan")
    assert "it would turn" in refuse("the fan", off, "the fan please", on)
    # A word that sounds the same as the direction was misheard, and its reading with it.
    assert refuse("turn of the fan", on, "turn off the fan", off) is None


def test_a_step_keeps_its_sign():
    up, down = read("HassSetVolumeRelative", volume_step=10), read("HassSetVolumeRelative", volume_step=-10)
    assert refuse("volume ten", up, "the volume ten", down) is not None


@pytest.mark.parametrize(
    ("asked", "would"),
    [
        ("welcome the kitchen blinds", "raise the kitchen blinds"),
        ("look at the blinds", "close the blinds"),
        ("the kitchen light", "dim the kitchen light"),
    ],
)
def test_a_direction_that_nobody_stated_is_asked_about(asked, would):
    assert "make up the direction" in refuse(asked, None, would, None)
    assert refuse(asked, None, would, None, confirmed=True) is None


def test_a_verb_and_its_particle_are_one_direction():
    pair = Opposites(one=frozenset({"lås upp"}), other=frozenset({"lås"}))
    language = structs.replace(language_pack(DEFAULT), opposites=(pair,), long_directions=frozenset({"lås upp"}))
    unlock, lock = ("lås", "upp", "dörren"), ("lås", "dörren")
    assert opposite_direction(unlock, lock, language) == 'it would turn "lås upp" into "lås"'
    assert opposite_direction(lock, unlock, language) == 'it would turn "lås" into "lås upp"'
    assert opposite_direction(unlock, ("lås", "upp", "porten"), language) is None
