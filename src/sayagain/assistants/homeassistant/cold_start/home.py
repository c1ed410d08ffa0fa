"""The home as Home Assistant's own agent sees it: rooms, floors and exposed things with every name they answer to."""

from collections.abc import Mapping
from typing import Any, Protocol

import msgspec

from sayagain.text import normalise

__all__ = ["Client", "Entity", "Floor", "HomeArea", "HomeSnapshot", "read_home"]


class HomeArea(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A room."""

    id: str
    """Its id."""
    names: tuple[str, ...]
    """Its name, then its aliases."""
    floor: str | None = None
    """The id of its floor."""


class Floor(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A floor."""

    id: str
    """Its id."""
    names: tuple[str, ...]
    """Its name, then its aliases."""


class Entity(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A thing."""

    id: str
    """Its id, for example `light.bed_light`."""
    names: tuple[str, ...]
    """Its name, then its aliases."""
    area: str | None = None
    """The id of its room, its own or its device's."""
    device_class: str | None = None
    """What kind of its domain it is, for example `window`."""
    features: int = 0
    """`supported_features`, the domain's own bits."""
    modes: tuple[str, ...] = ()
    """`supported_color_modes` of a light."""
    exposed: bool = True
    """Whether the agent may act on it; the names of the others it knows only to refuse them."""

    @property
    def domain(self) -> str:
        """Its domain, for example `light`."""
        return self.id.partition(".")[0]


class HomeSnapshot(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A home at one moment.

    >>> home = HomeSnapshot(
    ...     areas=(HomeArea(id="kitchen", names=("Kitchen",)),),
    ...     entities=(Entity(id="light.kitchen", names=("Kitchen Light",), area="kitchen"),),
    ... )
    >>> [entity.id for entity in home.exposed]
    ['light.kitchen']
    """

    areas: tuple[HomeArea, ...] = ()
    """The rooms, by id."""
    floors: tuple[Floor, ...] = ()
    """The floors, by id."""
    entities: tuple[Entity, ...] = ()
    """The things, by id."""
    devices: dict[str, str] = {}
    """The room of each device that stands in one."""
    satellites: dict[str, str] = {}
    """The room of each voice satellite that stands in one."""

    @property
    def exposed(self) -> tuple[Entity, ...]:
        """The things that the agent may act on."""
        return tuple(entity for entity in self.entities if entity.exposed)

    def room(self, device: str | None, satellite: str | None = None) -> HomeArea | None:
        """Return the room that is spoken in, as Home Assistant finds it; None where it is unknown."""
        area_id = self.satellites.get(satellite or "") or self.devices.get(device or "")
        return next((area for area in self.areas if area.id == area_id), None)


class Client(Protocol):
    """What can ask Home Assistant; `api.HomeAssistant` can."""

    async def call(self, kind: str, /, **fields: Any) -> Any:  # noqa: ANN401  (each command has its own result)
        """Send a WebSocket command and return its result."""
        ...


async def read_home(client: Client) -> HomeSnapshot:
    """Ask Home Assistant for its registries, by WebSocket; takes an administrator's token.

    Raises:
        ServiceError: it cannot be reached, or refuses.
    """
    areas = await client.call("config/area_registry/list")
    floors = await client.call("config/floor_registry/list")
    devices = await client.call("config/device_registry/list")
    listed = await client.call("config/entity_registry/list")
    entries = await client.call("config/entity_registry/get_entries", entity_ids=[e["entity_id"] for e in listed])
    shown = (await client.call("homeassistant/expose_entity/list"))["exposed_entities"]
    states = await client.call("get_states")
    return home_of(areas, floors, devices, entries, shown, states)


def home_of(
    areas: list[dict[str, Any]],
    floors: list[dict[str, Any]],
    devices: list[dict[str, Any]],
    entries: Mapping[str, dict[str, Any] | None],
    shown: Mapping[str, dict[str, bool]],
    states: list[dict[str, Any]],
) -> HomeSnapshot:
    """Put the registries together; see `read_home` for where each comes from."""
    places = {device["id"]: device["area_id"] for device in devices if device.get("area_id")}
    entities = []
    for state in sorted(states, key=lambda one: str(one["entity_id"])):
        entry = entries.get(state["entity_id"]) or {}
        attributes = state["attributes"]
        names = _names(state, entry)
        if names:
            entities.append(
                Entity(
                    id=state["entity_id"],
                    names=names,
                    area=entry.get("area_id") or places.get(entry.get("device_id") or ""),
                    device_class=attributes.get("device_class"),
                    features=int(attributes.get("supported_features") or 0),
                    modes=tuple(attributes.get("supported_color_modes") or ()),
                    exposed=bool(shown.get(state["entity_id"], {}).get("conversation")),
                )
            )
    satellites = {
        name: entry.get("area_id") or places.get(entry.get("device_id") or "")
        for name, entry in entries.items()
        if entry is not None and name.startswith("assist_satellite.")
    }
    return HomeSnapshot(
        areas=tuple(
            HomeArea(id=area["area_id"], names=_names_said(area), floor=area.get("floor_id"))
            for area in sorted(areas, key=lambda one: str(one["area_id"]))
        ),
        floors=tuple(
            Floor(id=floor["floor_id"], names=_names_said(floor))
            for floor in sorted(floors, key=lambda one: str(one["floor_id"]))
        ),
        entities=tuple(entities),
        devices=places,
        satellites={name: area for name, area in satellites.items() if area},
    )


def _names_said(place: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the name of a room or a floor, then its aliases; a blank alias names nothing."""
    return (place["name"], *sorted(alias for alias in place["aliases"] if normalise(alias)))


def _names(state: Mapping[str, Any], entry: Mapping[str, Any]) -> tuple[str, ...]:
    own = str(state["attributes"].get("friendly_name") or state["entity_id"].partition(".")[2].replace("_", " "))
    # An alias of null stands for the entity's own name, and its place in the list counts.
    aliases = entry.get("aliases") or [None]
    names: dict[str, str] = {}
    for alias in aliases:
        name = " ".join((own if alias is None else str(alias)).split())
        if name:
            names.setdefault(name.casefold(), name)
    return tuple(names.values())
