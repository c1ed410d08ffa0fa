import pytest

from sayagain.guardrails import unasked_act
from sayagain.turns import Hypothesis, Slot


def hypothesis(intent, domain=None, **slots):
    return Hypothesis(intent=intent, domain=domain, slots=tuple(Slot(name, value) for name, value in slots.items()))


@pytest.mark.parametrize(
    ("heard", "meant"),
    [
        ("good night", hypothesis("HassTurnOn", "lock", name="front door")),
        ("stop", hypothesis("StopAlarm", "alarm")),
        ("open it", hypothesis("HassTurnOff", "lock", name="front door")),
        ("close it", hypothesis("HassTurnOff", "cover", name="garage door")),
    ],
)
def test_a_situation_speaks_for_nothing_that_needs_the_users_word(heard, meant):
    reason = unasked_act(heard, meant, "en")
    assert reason is not None
    assert reason.endswith("ask first")


@pytest.mark.parametrize(
    ("heard", "meant"),
    [
        ("what is the temperature", hypothesis("OvenTemperature", "oven")),
        ("turn it up", hypothesis("Warmer", "climate", area="kitchen")),
        ("play music", hypothesis("Play", "media", genre="jazz")),
        ("close the garage door", hypothesis("HassTurnOff", "cover", name="garage door")),
        ("is anyone there", hypothesis("HassGetState", "state", name="front door")),
    ],
)
def test_it_speaks_for_anything_else(heard, meant):
    assert unasked_act(heard, meant, "en") is None


def test_a_language_without_guardrails_is_left():
    assert unasked_act("stop", hypothesis("Pause"), "xx") is not None
