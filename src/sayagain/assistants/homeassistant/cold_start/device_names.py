"""The things of a home by the words that people have for them.

Each by its names, also without what only a machine would say; and the things of one kind in one room.
"""

import re
from collections.abc import Iterator

import msgspec

from sayagain.assistants.homeassistant.cold_start.home import Entity, HomeSnapshot
from sayagain.text import normalise

__all__ = ["GENERIC", "ROOMS", "NamedThing", "named_things"]


class NamedThing(msgspec.Struct, frozen=True, kw_only=True):
    """Something that can be named: one entity, or those of one kind in one room."""

    said: str
    """How people name it, normalised."""
    name: str
    """How to name it to Home Assistant."""
    domain: str
    """Of its entities."""
    entities: frozenset[str]
    """What it is."""
    room: str | None = None
    """The id of the room, for what is named by its room alone or by none ("the lights", said there)."""
    here: bool = False
    """Whether it is what is meant where no room is named."""
    whole: bool = False
    """Whether it is all of one kind in a room."""


_PLURALS = {
    "light": ("lights", "light"),
    "fan": ("fan", "fans"),
    "cover": ("blinds", "curtains"),
    "lock": ("lock", "locks"),
    "climate": ("heating", "thermostat", "heat"),
    "media_player": ("music", "speaker", "tv", "media player", "volume"),
}
"""What the things of a domain are called; where a home has other kinds of it, by their device class as well."""

GENERIC = frozenset(
    {"light", "lights", "lamp", "lamps", "fan", "fans", "window", "windows", "door", "doors", "music", "speaker", "tv"}
    | {"roof", "vacuum"}
)
"""Words that many names have, so that they tell little."""


ROOMS = frozenset(
    {"kitchen", "bedroom", "bathroom", "office", "study", "hall", "hallway", "nursery", "kids"}
    | {"basement", "cellar", "attic", "garage", "porch", "garden", "patio", "balcony", "terrace"}
    | {"lounge", "laundry", "guest", "dining", "living", "pantry", "closet", "corridor", "entrance"}
    | {"backyard", "upstairs", "downstairs", "outside", "loft", "den"}
)
"""Words by which people tell one place of a home from another, whether or not this home has it."""


def named_things(home: HomeSnapshot) -> Iterator[NamedThing]:
    """Return everything that can be named, likeliest first; one wording may stand for several."""
    # A name without a letter, such as a blank alias, is none.
    return (thing for thing in _named_things(home) if thing.said and normalise(thing.name))


def _named_things(home: HomeSnapshot) -> Iterator[NamedThing]:
    for entity in home.exposed:
        for name in entity.names:
            yield from _called(home, entity, name)
    for area in home.areas:
        inside = [entity for entity in home.exposed if entity.area == area.id]
        for domain, kinds in _PLURALS.items():
            yield from _room(area.names, area.id, domain, kinds, [e for e in inside if e.domain == domain])
        covers = [entity for entity in inside if entity.domain == "cover"]
        for kind in sorted({entity.device_class for entity in covers if entity.device_class}):
            yield from _room(area.names, area.id, "cover", (kind,), [e for e in covers if e.device_class == kind])
    lights = frozenset(entity.id for entity in home.exposed if entity.domain == "light")
    if lights:
        for said in ("all lights", "all lights house", "every light", "lights everywhere"):
            yield NamedThing(said=said, name="all lights", domain="light", entities=lights)
    locks = frozenset(entity.id for entity in home.exposed if entity.domain == "lock")
    if len(locks) > 1:
        for said in ("all doors", "every door", "house", "up", "everything"):
            yield NamedThing(said=said, name="all doors", domain="lock", entities=locks)


def _called(home: HomeSnapshot, entity: Entity, name: str) -> Iterator[NamedThing]:
    """Return the ways to call one entity by one of its names."""
    whole = normalise(name)
    for said in _short(whole):
        yield _one(said, name, entity)
        # "Shut the garage": what kind of thing it is goes without saying where the rest says enough.
        bare = " ".join(word for word in said.split() if word not in GENERIC)
        if bare and not any(bare == normalise(room) for area in home.areas for room in area.names):
            yield _one(bare, name, entity)
    yield from _unplaced(home, entity, name)
    if entity.domain == "media_player":
        for kind in _PLURALS["media_player"]:
            yield _one(f"{whole} {kind}", name, entity)
    if entity.domain == "sensor" and entity.device_class is not None:
        # "How warm is it outside?" names the sensor "Outside Temperature" by the rest of its name.
        rest = " ".join(word for word in whole.split() if word != entity.device_class)
        thing = _one(rest or whole, name, entity)
        yield msgspec.structs.replace(thing, domain=f"sensor:{entity.device_class}")


def _one(said: str, name: str, entity: Entity) -> NamedThing:
    return NamedThing(said=said, name=name, domain=entity.domain, entities=frozenset({entity.id}), room=entity.area)


def _a_room(home: HomeSnapshot, said: str) -> bool:
    return any(said == normalise(name) for area in home.areas for name in area.names)


def _unplaced(home: HomeSnapshot, entity: Entity, name: str) -> Iterator[NamedThing]:
    """Return what has a room's name in its own: the "Living Room Fan" need not be placed there."""
    if entity.area is not None:
        return
    said = normalise(name)
    for area in home.areas:
        for room in map(normalise, area.names):
            if said.startswith(f"{room} "):
                yield NamedThing(
                    said=said.removeprefix(f"{room} "),
                    name=name,
                    domain=entity.domain,
                    entities=frozenset({entity.id}),
                    room=area.id,
                    here=True,
                )


def _room(
    names: tuple[str, ...], area: str, domain: str, kinds: tuple[str, ...], inside: list[Entity]
) -> Iterator[NamedThing]:
    if not inside:
        return
    entities = frozenset(entity.id for entity in inside)
    kind = kinds[0]
    for name in filter(normalise, names):
        said = normalise(name)
        called = f"{kind} in the {name}" if domain in {"light", "cover", "fan"} else name
        for each in kinds:
            for whole in (f"{said} {each}", f"{each} {said}"):
                yield NamedThing(said=whole, name=called, domain=domain, entities=entities, room=area, whole=True)
        if domain in {"light", "climate"}:
            yield NamedThing(said=said, name=called, domain=domain, entities=entities, room=area, whole=True)
    for each in kinds:
        called = f"{kind} in the {names[0]}" if domain in {"light", "cover", "fan"} else names[0]
        yield NamedThing(said=each, name=called, domain=domain, entities=entities, room=area, here=True, whole=True)


_MACHINE = re.compile(r"\b(?:rgb\w*|\d+|demo|color|colour|white|smart|wifi|zigbee|sensor)\b")


def _short(name: str) -> list[str]:
    """Return a name, and without what only a machine would say.

    >>> _short("living room rgbww lights")
    ['living room rgbww lights', 'living room lights']
    """
    short = " ".join(_MACHINE.sub(" ", name).split())
    words = short.split()
    # "vacuum ground floor" is also the "ground floor vacuum".
    turned = " ".join((*words[1:], words[0])) if len(words) > 2 and words[0] in GENERIC else short
    return list(dict.fromkeys(one for one in (name, short, turned) if one))
