import asyncio

import pytest

from sayagain.assistants.homeassistant.cold_start.cold_start import ColdStart
from sayagain.assistants.homeassistant.cold_start.matcher import Matcher
from sayagain.assistants.homeassistant.cold_start.relative_step import relative_step
from sayagain.assistants.homeassistant.cold_start.request_policy import RequestPolicy
from sayagain.text import words

STATES = {
    "climate.heater": {"state": "heat", "temperature": 20.0, "min_temp": 7, "max_temp": 35},
    "climate.thermostat": {"state": "off", "temperature": None},
    "light.floor": {"state": "on", "brightness": 128},
    "light.kitchen_lights": {"state": "off"},
    "fan.ceiling": {"state": "on", "percentage": 90},
    "cover.blinds": {"state": "open", "current_position": 50},
    "cover.garage_door": {"state": "closed", "current_position": 0},
}


@pytest.mark.parametrize(
    ("heard", "amount", "unit", "rest"),
    [
        ("turn the boiler down 3 degrees", -3, "degrees", ("boiler",)),
        ("boiler up by two", 2, None, ("boiler",)),
        ("turn the heat pump up 2 degrees", 2, "degrees", ("heat", "pump")),
        ("increase the heat pump by 2 degrees", 2, "degrees", ("heat", "pump")),
        ("a degree warmer in the hall", 1, "degrees", ("hall",)),
        ("a couple of degrees cooler", -2, "degrees", ()),
        ("another 5 percent on the porch lamp", 5, "percent", ("porch", "lamp")),
        ("close the shutters 10 percent more", -10, "percent", ("shutters",)),
        ("open the shutters 10 percent more", 10, "percent", ("shutters",)),
    ],
)
def test_amount_direction_and_thing(heard, amount, unit, rest):
    step = relative_step(words(heard))
    assert (step.amount, step.unit, step.rest) == (amount, unit, rest)


@pytest.mark.parametrize("heard", ["turn the boiler up", "the boiler 2 degrees", "up or down 2 degrees", ""])
def test_without_amount_or_direction_there_is_no_step(heard):
    assert relative_step(words(heard)) is None


@pytest.fixture(scope="module")
def policy(guarded_oracle):
    return RequestPolicy(Matcher(guarded_oracle), STATES.get)


@pytest.mark.parametrize(
    ("heard", "room", "text"),
    [
        ("turn the heater up 2 degrees", None, "set Heater temperature to 22 degrees"),
        ("lower the heater by three degrees", None, "set Heater temperature to 17 degrees"),
        ("make the heater 1 degree warmer", None, "set Heater temperature to 21 degrees"),
        ("two degrees warmer", "living", "set Living Room temperature to 22 degrees"),
        ("turn the floor lamp up 10 percent", None, "set Floor Lamp brightness to 60 percent"),
        ("raise the kitchen lights by 15 percent", None, "set Kitchen Lights brightness to 15 percent"),
        ("ceiling fan up 20 percent", None, "set Ceiling Fan speed to 100 percent"),
        ("close the blinds 10 percent more", None, "set Blinds to 40 percent"),
        # Home Assistant understands these, as 20 percent and as "turn on".
        ("lower the blinds by 20 percent", None, "set Blinds to 30 percent"),
        ("a degree warmer on the heater", None, "set Heater temperature to 21 degrees"),
    ],
)
def test_a_step_starts_from_how_things_are(policy, guarded_home, heard, room, text):
    decision = policy.decide(heard, guarded_home.room(room), None)
    assert (decision.text, decision.changed) == (text, True)


@pytest.mark.parametrize(
    "heard",
    [
        # No temperature is reported.
        "turn the thermostat up 2 degrees",
        # None like it.
        "turn the boiler up 2 degrees",
        "turn the heater up 40 degrees",
        "turn the heater up 2 degrees for an hour",
        "don't turn the heater up 2 degrees",
        "two degrees warmer",
    ],
)
def test_what_a_step_comes_to_must_be_known(policy, heard):
    decision = policy.decide(heard, None, None)
    assert decision.ask is None
    assert not decision.changed or decision.text == "never mind"


def test_a_step_that_opens_the_house_is_asked_about(policy):
    decision = policy.decide("open the garage door 10 percent more", None, None)
    assert (decision.changed, decision.ask) == (False, "set Garage Door to 10 percent")


def test_the_state_is_read_from_home_assistant(guarded_home, said, monkeypatch):
    class Client:
        async def call(self, kind):
            assert kind == "get_states"
            return [{"entity_id": name, "state": state["state"], "attributes": state} for name, state in STATES.items()]

    async def read(_):
        return guarded_home

    monkeypatch.setattr("sayagain.assistants.homeassistant.cold_start.cold_start.read_home", read)
    cold_start = ColdStart()
    turn = said("turn the heater up 2 degrees")

    async def story():
        await cold_start.refresh(Client())
        # In the loop's own thread it cannot wait for the loop.
        return await asyncio.to_thread(cold_start.decide, turn), cold_start.decide(turn)

    in_thread, in_loop = asyncio.run(story())
    assert in_thread.text == "set Heater temperature to 22 degrees"
    assert not in_loop.changed
    assert not cold_start.decide(turn).changed
