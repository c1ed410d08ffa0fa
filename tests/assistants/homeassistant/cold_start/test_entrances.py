import pytest

from sayagain.assistants.homeassistant.cold_start.agent_hypothesis import AgentHypothesis, IntentCall
from sayagain.assistants.homeassistant.cold_start.entrances import opens_the_house


def call(intent, target):
    return AgentHypothesis(frames=(IntentCall(intent=intent, slots={}, targets=frozenset({target})),))


@pytest.mark.parametrize(
    ("intent", "target", "opens"),
    [
        ("HassTurnOn", "cover.gate", True),
        ("HassTurnOn", "cover.garage", True),
        ("HassSetPosition", "cover.garage", True),
        ("HassToggle", "cover.garage", True),
        ("HassTurnOff", "cover.garage", False),
        ("HassGetState", "cover.garage", False),
        # A cover without a device class may be anything.
        ("HassTurnOn", "cover.hatch", True),
        ("HassTurnOn", "cover.blinds", False),
        ("HassTurnOff", "lock.front", True),
        ("HassTurnOn", "lock.front", False),
        ("HassTurnOn", "valve.water", True),
        ("HassTurnOff", "valve.water", False),
        ("HassTurnOff", "alarm_control_panel.home", True),
        ("HassTurnOn", "light.floor", False),
        ("HassTurnOn", "light.gone", False),
    ],
)
def test_what_opens_the_house(guarded_home, intent, target, opens):
    assert opens_the_house(call(intent, target), guarded_home) is opens
