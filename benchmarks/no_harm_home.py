"""A home with much that must not be acted on by mistake: a gate, a valve, an alarm, locks, heaters."""

from sayagain.assistants.homeassistant.cold_start.home import Entity, HomeArea, HomeSnapshot

__all__ = ["guarded_home"]

ROOMS = {"kitchen": "Kitchen", "living": "Living Room", "bedroom": "Bedroom", "study": "Study", "up": "Upstairs"}


def _entity(id_: str, name: str, area: str | None = None, kind: str | None = None, features: int = 0) -> Entity:
    return Entity(id=id_, names=(name,), area=area, device_class=kind, features=features)


def guarded_home() -> HomeSnapshot:
    """Return the home; the devices that are spoken to are called as the rooms that they stand in."""
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
        _entity("media_player.tv", "Television", "living", features=152_461),
        _entity("sensor.out", "Outside Temperature", kind="temperature"),
        _entity("vacuum.robot", "Robot", features=14_204),
    )
    return HomeSnapshot(
        areas=tuple(HomeArea(id=area, names=(name,)) for area, name in sorted(ROOMS.items())),
        entities=tuple(sorted(entities, key=lambda entity: entity.id)),
        devices={area: area for area in ROOMS},
    )
