"""A home with what the demo home lacks: a gate, a valve, an alarm, blinds, heaters; and the cold start over it."""

import itertools

import pytest

from sayagain.assistants.homeassistant.cold_start.cold_start import ColdStart
from sayagain.assistants.homeassistant.cold_start.home import Entity, HomeArea, HomeSnapshot
from sayagain.assistants.homeassistant.cold_start.oracle import Oracle
from sayagain.turns import Turn

ROOMS = {"kitchen": "Kitchen", "living": "Living Room", "bedroom": "Bedroom", "study": "Study", "up": "Upstairs"}
_COUNT = itertools.count(1)


def _entity(id_, name, area=None, kind=None, features=0):
    return Entity(id=id_, names=(name,), area=area, device_class=kind, features=features)


@pytest.fixture(scope="session")
def guarded_home():
    entities = (
        _entity("light.kitchen_lights", "Kitchen Lights", "kitchen"),
        _entity("light.living", "Ceiling Light", "living"),
        _entity("light.floor", "Floor Lamp", "living"),
        _entity("light.bedroom", "Bedroom Lights", "bedroom"),
        _entity("light.bed", "Reading Spot", "bedroom"),
        _entity("switch.coffee", "Coffee Maker", "kitchen"),
        _entity("cover.gate", "Gate", kind="gate", features=15),
        _entity("cover.garage", "Garage", kind="garage", features=15),
        _entity("cover.garage_door", "Garage Door", kind="garage", features=15),
        _entity("cover.blinds", "Blinds", "living", "blind", 15),
        _entity("cover.hatch", "Hatch", features=15),
        _entity("lock.front", "Front Door"),
        _entity("lock.back", "Back Door"),
        _entity("valve.water", "Water Valve", kind="water", features=15),
        _entity("climate.heater", "Heater", "living", features=387),
        _entity("climate.thermostat", "Thermostat", "bedroom", features=387),
        _entity("alarm_control_panel.home", "House Alarm", features=63),
        _entity("fan.ceiling", "Ceiling Fan", "bedroom", features=49),
        _entity("media_player.tv", "Television", "living", features=152461),
        _entity("sensor.out", "Outside Temperature", kind="temperature"),
        _entity("vacuum.robot", "Robot", features=14204),
    )
    return HomeSnapshot(
        areas=tuple(HomeArea(id=area, names=(name,)) for area, name in sorted(ROOMS.items())),
        entities=tuple(sorted(entities, key=lambda entity: entity.id)),
        devices={area: area for area in ROOMS},
    )


@pytest.fixture(scope="session")
def guarded_oracle(guarded_home):
    return Oracle(guarded_home)


@pytest.fixture(scope="session", params=["by sound", "by meaning too"])
def guarded(request, guarded_home):
    return ColdStart(
        guarded_home, encoder=request.getfixturevalue("encoder") if request.param == "by meaning too" else None
    )


@pytest.fixture(scope="session")
def said():
    """Make a turn of words, each in a conversation of its own unless told."""

    def turn(words, room=None, language="en", conversation=None, started=None):
        number = next(_COUNT)
        return Turn(
            turn_id=f"t{number}",
            started=number * 1_000_000 if started is None else started,
            request=words,
            language=language,
            device_id=room,
            conversation_id=conversation or f"guarded-{number}",
        )

    return turn
