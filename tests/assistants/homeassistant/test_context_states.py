import asyncio

import pytest

from sayagain.assistants.homeassistant.context_states import ContextStates
from sayagain.errors import ServiceError


class Home:
    """Answers what the context asks for."""

    def __init__(self):
        self.asked = []
        self.hangs = False

    async def call(self, kind, **_):
        self.asked.append(kind)
        if self.hangs:
            await asyncio.sleep(60)
        if kind == "homeassistant/expose_entity/list":
            return {
                "exposed_entities": {
                    "light.desk": {"conversation": True},
                    "sensor.outdoor": {"conversation": True},
                    "lock.safe": {"conversation": False},
                }
            }
        assert kind == "get_states"
        return [
            {"entity_id": "light.desk", "state": "on"},
            {"entity_id": "sensor.outdoor", "state": "-4"},
            {"entity_id": "lock.safe", "state": "unlocked"},
            {"entity_id": "person.ann", "state": "home"},
        ]


@pytest.fixture
def home():
    return Home()


def test_only_exposed_entities_are_read_with_the_time_of_reading(home):
    context = asyncio.run(ContextStates(home, clock=lambda: 7_000).read("Office"))
    assert context.device_states == {"light.desk": "on"}
    assert context.sensors == {"sensor.outdoor": "-4"}
    assert (context.area, context.read_at) == ("Office", 7_000)


def test_what_is_exposed_is_asked_for_again_only_after_some_minutes(home):
    now = 0
    states = ContextStates(home, clock=lambda: now)
    asyncio.run(states.read(None))
    asyncio.run(states.read(None))
    assert home.asked.count("homeassistant/expose_entity/list") == 1
    now = 301_000
    asyncio.run(states.read(None))
    assert home.asked.count("homeassistant/expose_entity/list") == 2


def test_a_slow_or_failing_home_leaves_the_room_and_the_time(home, monkeypatch):
    home.hangs = True
    monkeypatch.setattr("sayagain.assistants.homeassistant.context_states._TIMEOUT", 0.01)
    context = asyncio.run(ContextStates(home).read("Office"))
    assert context.area == "Office"
    assert not context.device_states
    assert context.read_at is None
    assert context.local_time is not None

    async def fail(kind, **_):
        raise ServiceError(f"{kind}: gone")

    home.call = fail
    assert asyncio.run(ContextStates(home).read("Office")).area == "Office"
