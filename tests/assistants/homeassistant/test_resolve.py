import asyncio

import pytest

from sayagain.assistants.homeassistant.resolve import resolve
from sayagain.errors import ServiceError


class Home:
    def __init__(self, read):
        self.read = read

    async def call(self, *_, **__):
        if isinstance(self.read, Exception):
            raise self.read
        return {"results": [self.read]}


def read(*, match=True, source="builtin", targets=("light.bed",), **slots):
    return {
        "intent": {"name": "HassTurnOn"},
        "match": match,
        "source": source,
        "targets": {target: {"matched": True} for target in targets},
        "details": {name: {"value": value} for name, value in slots.items()},
    }


def resolved(found, area_id="bedroom"):
    area = "Bedroom" if area_id else None
    return asyncio.run(resolve(Home(found), "lights on", language="en", device_id="d", area_id=area_id, area=area))


def test_the_room_is_always_said():
    assert resolved(read(domain="light")).slots == {"domain": "light", "area": "bedroom"}


def test_a_thing_that_was_named_is_looked_for_here_first():
    assert resolved(read(name="Lamp")).slots == {"name": "Lamp", "preferred_area_id": "bedroom"}
    assert resolved(read(name="Lamp"), None).slots == {"name": "Lamp"}


def test_another_room_that_was_named_stays_named():
    intent = resolved(read(domain="light", area="Kitchen"))
    assert intent.slots["area"] == "Kitchen"
    assert {slot.name: slot.value for slot in intent.nlu.slots} == {"area": "Kitchen", "domain": "light"}


@pytest.mark.parametrize(
    "found",
    [
        None,
        read(match=False, name="Lamp"),
        read(source="trigger", name="Lamp"),
        read(targets=(), name="Lamp"),
        ServiceError("gone"),
    ],
)
def test_what_is_left_to_home_assistant_itself(found):
    assert resolved(found) is None


def test_without_a_room_nothing_acts_on_the_whole_house():
    assert resolved(read(domain="light"), None) is None
