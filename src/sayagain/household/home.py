"""Homes: rooms on floors, devices with names and aliases, satellites and contacts, drawn from a seed."""

from collections.abc import Collection, Mapping
from typing import NamedTuple

import msgspec
import numpy as np

from sayagain.household.wordlist import words

__all__ = ["Area", "Contact", "Device", "Home", "Satellite", "homes"]

# One small vocabulary of names for all homes, so that homes share recordings.
_DOWNSTAIRS_ROOMS = ("kitchen", "living room", "hallway", "dining room", "office", "garage")
_UPSTAIRS_ROOMS = ("bedroom", "bathroom", "kids room", "guest room", "nursery", "attic")
_LAMPS = {
    "living room": ("reading lamp", "floor lamp", "table lamp"),
    "bedroom": ("bedside lamp", "reading lamp"),
    "office": ("desk lamp", "floor lamp"),
    "kids room": ("night light", "desk lamp"),
    "guest room": ("bedside lamp",),
    "nursery": ("night light",),
    "dining room": ("table lamp",),
}
_ALIASES = {
    "living room light": ("lounge light",),
    "kitchen light": ("kitchen ceiling light",),
    "bedroom light": ("bedroom ceiling light",),
    "hallway light": ("hall light",),
    "living room tv": ("tv", "television"),
    "bedroom tv": ("small tv",),
    "thermostat": ("heating",),
    "robot vacuum": ("vacuum", "hoover"),
    "coffee machine": ("coffee maker",),
    "air purifier": ("purifier",),
}
_CONTACT_NAMES = words(
    """
    mom dad alex emma sarah james anna peter maria tom laura ben julia david kate sam grandma grandpa lucy daniel
    """
)
_SCENES = ("movie time", "dinner time", "study mode", "bedtime", "party time", "relax")


class Area(msgspec.Struct, frozen=True, gc=False):
    """A room."""

    id: str
    """For example `living_room`."""
    name: str
    """The name that people use."""
    floor: str
    """`downstairs` or `upstairs`."""


class Device(msgspec.Struct, frozen=True, gc=False):
    """A device that can be controlled or asked about."""

    id: str
    """For example `light.reading_lamp_bedroom`."""
    name: str
    """The name; two devices of one home may share it."""
    domain: str
    """`light`, `cover`, `lock`, `fan`, `switch`, `climate`, `media_player`, `oven`, `coffee`, `vacuum`, `todo`,
    `scene`, `camera`, `sensor` or `binary_sensor`."""
    area: str
    """The id of the room; empty for a device in no room."""
    device_class: str = ""
    """`blind`, `curtain` or `garage` for covers, `tv` or `speaker` for players, the measured quantity for sensors."""
    aliases: tuple[str, ...] = ()
    """Other names that the assistant knows for it."""

    @property
    def names(self) -> tuple[str, ...]:
        """The name and the aliases."""
        return (self.name, *self.aliases)


class Satellite(msgspec.Struct, frozen=True, gc=False):
    """A device with a microphone."""

    id: str
    """For example `satellite.kitchen`."""
    area: str
    """The id of the room."""
    screen: bool
    """Whether it has a screen."""


class Contact(msgspec.Struct, frozen=True, gc=False):
    """A phone number that can be called; two numbers of one person are two contacts of one name."""

    id: str
    """For example `contact.mom_work`."""
    name: str
    """The first name, as people say it."""
    line: str
    """`mobile`, `home` or `work`, or a family name where two people share the first."""


class Home(msgspec.Struct, frozen=True):
    """One home. Its rooms and devices never change; `World` holds its state."""

    id: str
    """For example `home07`."""
    areas: tuple[Area, ...]
    """The rooms."""
    devices: tuple[Device, ...]
    """All devices."""
    satellites: tuple[Satellite, ...]
    """The satellites, one to four."""
    contacts: tuple[Contact, ...]
    """The contacts."""
    people: tuple[str, ...]
    """Ids of the one to four people who live there, for example `home07.p1`."""
    utc_offset: int
    """Local time minus UTC, in minutes."""

    @property
    def number(self) -> int:
        """The number in the id, a key of random generators."""
        return int(self.id.removeprefix("home"))

    def devices_of(self, domain: str, area: str | None = None) -> list[Device]:
        """Return the devices of a domain in the home, or in one room."""
        return [d for d in self.devices if d.domain == domain and (area is None or d.area == area)]

    def device(self, device_id: str) -> Device | None:
        """Return a device by its id."""
        return next((d for d in self.devices if d.id == device_id), None)

    def satellite_in(self, area: str) -> Satellite | None:
        """Return the satellite of a room, if it has one."""
        return next((satellite for satellite in self.satellites if satellite.area == area), None)

    def with_aliases(self, names: Mapping[str, Collection[str]]) -> "Home":
        """Return the home with further aliases.

        Args:
            names: further aliases by the name of a device. A name that another device has is not added.
        """
        device_names = {name for device in self.devices for name in device.names}
        return msgspec.structs.replace(
            self,
            devices=tuple(
                msgspec.structs.replace(d, aliases=(*d.aliases, *sorted(set(names[d.name]) - device_names)))
                if d.name in names
                else d
                for d in self.devices
            ),
        )


class _Builder(NamedTuple):
    rng: np.random.Generator
    areas: list[Area]
    devices: list[Device]

    def add(self, domain: str, name: str, area: str = "", device_class: str = "") -> None:
        plain_id = f"{domain}.{name.replace(' ', '_')}"
        device_ids = {device.id for device in self.devices}
        device_id = plain_id if plain_id not in device_ids else f"{plain_id}_{area}"
        self.devices.append(Device(device_id, name, domain, area, device_class, _ALIASES.get(name, ())))

    def chance(self, probability: float) -> bool:
        return bool(self.rng.random() < probability)


def homes(seed: int, count: int = 100) -> tuple[Home, ...]:
    """Build homes.

    Args:
        seed: the same seed gives the same homes, and the first homes do not depend on the count.
        count: number of homes.

    >>> first = homes(1, 2)[0]
    >>> 1 <= len(first.people) <= 4 and any(area.name == "kitchen" for area in first.areas)
    True
    """
    return tuple(_build_home(index, np.random.default_rng([seed, 1, index])) for index in range(count))


def _build_home(index: int, rng: np.random.Generator) -> Home:
    home_id = f"home{index:02d}"
    people = int(rng.choice((1, 2, 3, 4), p=(0.27, 0.37, 0.21, 0.15)))
    builder = _Builder(rng, _draw_rooms(rng, people), [])
    for area in builder.areas:
        _furnish(builder, area)
    _add_shared_devices(builder)
    return Home(
        id=home_id,
        areas=tuple(builder.areas),
        devices=tuple(builder.devices),
        satellites=_draw_satellites(rng, builder.areas),
        contacts=_draw_contacts(rng),
        people=tuple(f"{home_id}.p{number + 1}" for number in range(people)),
        utc_offset=int(rng.choice((-480, -360, -300, 0, 60, 60))),
    )


def _draw_rooms(rng: np.random.Generator, people: int) -> list[Area]:
    names = ["kitchen", "living room", "bedroom", "bathroom"]
    if people > 2:
        names.append("kids room")
    probabilities = {
        "hallway": 0.7,
        "office": 0.55,
        "dining room": 0.4,
        "garage": 0.4,
        "guest room": 0.25,
        "attic": 0.12,
    }
    probabilities["nursery"] = 0.3 if people > 2 else 0.0
    names += [name for name, probability in probabilities.items() if rng.random() < probability]
    has_upstairs = rng.random() < 0.6
    floors = {
        name: "upstairs" if has_upstairs and name in _UPSTAIRS_ROOMS else "downstairs"
        for name in (*_DOWNSTAIRS_ROOMS, *_UPSTAIRS_ROOMS)
    }
    return [Area(name.replace(" ", "_"), name, floors[name]) for name in names]


def _furnish(builder: _Builder, area: Area) -> None:
    builder.add("light", f"{area.name} light", area.id)
    for lamp in _LAMPS.get(area.name, ()):
        if builder.chance(0.55):
            builder.add("light", lamp, area.id)
    if area.name not in {"garage", "hallway", "attic"}:
        builder.add("climate", f"{area.name} radiator", area.id)
    if area.name in {"kitchen", "living room", "bedroom", "office", "kids room", "nursery"} and builder.chance(0.65):
        kind = "blind" if area.name in {"kitchen", "office", "bathroom"} or builder.chance(0.5) else "curtain"
        builder.add("cover", f"{area.name} {kind}s", area.id, kind)
    if area.name in {"bedroom", "living room"} and builder.chance(0.5):
        builder.add("fan", f"{area.name} fan" if builder.chance(0.6) else "ceiling fan", area.id)
    if area.name in {"living room", "kitchen", "bedroom", "office"}:
        builder.add("media_player", f"{area.name} speaker", area.id, "speaker")
    if area.name == "living room" or (area.name == "bedroom" and builder.chance(0.35)):
        builder.add("media_player", f"{area.name} tv", area.id, "tv")
    if area.name == "garage":
        builder.add("cover", "garage door", area.id, "garage")


def _add_shared_devices(builder: _Builder) -> None:
    room_ids = {area.name: area.id for area in builder.areas}
    hall_id = room_ids.get("hallway", "living_room")
    builder.add("lock", "front door", hall_id)
    if builder.chance(0.5):
        builder.add("lock", "back door", "kitchen")
    if "garage" in room_ids and builder.chance(0.5):
        builder.add("lock", "side door", room_ids["garage"])
    builder.add("oven", "oven", "kitchen")
    builder.add("coffee", "coffee machine", "kitchen")
    builder.add("climate", "thermostat", "living_room")
    for name, area, probability in (
        ("air purifier", "bedroom", 0.35),
        ("heater", "bathroom", 0.4),
        ("dehumidifier", "bathroom", 0.2),
    ):
        if builder.chance(probability):
            builder.add("switch", name, area)
    if builder.chance(0.45):
        builder.add("vacuum", "robot vacuum", "living_room")
    builder.add("todo", "shopping list")
    builder.add("todo", "to do list")
    for scene in _SCENES:
        if builder.chance(0.5):
            builder.add("scene", scene)
    builder.add("camera", "front door camera", hall_id)
    builder.add("sensor", "outdoor temperature", "", "temperature")
    builder.add("binary_sensor", "doorbell", hall_id, "doorbell")
    builder.add("binary_sensor", "rain sensor", "", "moisture")
    builder.add("binary_sensor", "hallway motion" if "hallway" in room_ids else "living room motion", hall_id, "motion")


def _draw_satellites(rng: np.random.Generator, areas: list[Area]) -> tuple[Satellite, ...]:
    room_ids = [area.id for area in areas]
    candidate_rooms = ["kitchen", "living_room"]
    candidate_rooms += [room for room, p in (("bedroom", 0.6), ("office", 0.4), ("kids_room", 0.3)) if rng.random() < p]
    screen_probabilities = {"kitchen": 0.45, "living_room": 0.5, "bedroom": 0.2}
    return tuple(
        Satellite(f"satellite.{room}", room, bool(rng.random() < screen_probabilities.get(room, 0.1)))
        for room in candidate_rooms
        if room in room_ids
    )


def _draw_contacts(rng: np.random.Generator) -> tuple[Contact, ...]:
    names = [_CONTACT_NAMES[int(i)] for i in rng.choice(len(_CONTACT_NAMES), size=7, replace=False)]
    contacts: list[Contact] = []
    for position, name in enumerate(names):
        lines = ("mobile", "work") if position < 2 else ("fisher", "brown") if position == 2 else ("mobile",)
        contacts += [Contact(f"contact.{name}_{line}", name, line) for line in lines]
    return tuple(contacts)
