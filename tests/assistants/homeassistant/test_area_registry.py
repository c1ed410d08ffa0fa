import asyncio

import pytest

from sayagain.assistants.homeassistant.area_registry import AreaRegistry, is_implicit_slot

AREAS = [{"area_id": "bedroom", "name": "Bedroom"}, {"area_id": "hall", "name": "Hall"}]
DEVICES = [{"id": "d1", "area_id": "bedroom"}, {"id": "d2", "area_id": None}]
ENTITIES = [
    {"entity_id": "assist_satellite.own", "device_id": "d1", "area_id": "hall"},
    {"entity_id": "assist_satellite.of_device", "device_id": "d1", "area_id": None},
    {"entity_id": "assist_satellite.nowhere", "device_id": "d2", "area_id": None},
    {"entity_id": "light.lamp", "device_id": "d2", "area_id": "hall"},
]


@pytest.mark.parametrize(
    ("device", "satellite", "area"),
    [
        ("d1", None, "Bedroom"),
        ("d2", None, None),
        ("gone", None, None),
        (None, None, None),
        (None, "assist_satellite.own", "Hall"),
        ("d1", "assist_satellite.own", "Hall"),
        (None, "assist_satellite.of_device", "Bedroom"),
        (None, "assist_satellite.nowhere", None),
        (None, "light.lamp", None),
    ],
)
def test_where_things_stand(connected, standin, device, satellite, area):
    standin.commands |= {
        "config/area_registry/list": AREAS,
        "config/device_registry/list": DEVICES,
        "config/entity_registry/list": ENTITIES,
    }

    async def story():
        rooms = AreaRegistry()
        async with connected() as home:
            await rooms.read(home)
        return rooms

    assert asyncio.run(story()).area(device, satellite) == area


def test_a_change_is_taken_in_and_told(connected, standin, until):
    async def story():
        rooms, area_names = AreaRegistry(), []
        rooms.add_listener(lambda: area_names.append(rooms.area("d2", None)))
        async with connected() as home:
            await rooms.follow(home)
            assert rooms.area("d2", None) is None
            standin.commands["config/device_registry/list"] = [{"id": "d2", "area_id": "bedroom"}]
            await standin.tell("subscribe_events", {"event_type": "device_registry_updated"})
            await until(lambda: area_names)
            assert area_names == ["Bedroom"]

    asyncio.run(story())


@pytest.mark.parametrize(
    ("name", "value", "area", "request_", "left_out"),
    [
        ("area", "Bedroom", "Bedroom", "turn on the lights", True),
        ("area", "Bedroom", "Bedroom", "turn on the bedroom lights", False),
        ("area", "Kitchen", "Bedroom", "turn on the kitchen lights", False),
        ("area", "Den", "Den", "turn on the garden lights", True),
        ("area", "Bedroom", None, "turn on the lights", False),
        ("name", "Bedroom", "Bedroom", "turn on the lights", False),
        ("preferred_area_id", "bedroom", "Bedroom", "turn on the lights", True),
        ("preferred_area_id", "bedroom", None, "turn on the lights", True),
    ],
)
def test_a_room_that_nobody_named_is_left_out(name, value, area, request_, left_out):
    assert is_implicit_slot(name, value, area, request_) == left_out
