"""Home Assistant's demo home, prepared for the benchmark: devices assigned to areas, everything on or off."""

import asyncio
from collections import defaultdict
from typing import Any, Literal

import msgspec

from benchmarks.homeassistant_requests import Request, State, missing, signature
from sayagain.assistants.homeassistant.api import HomeAssistant
from sayagain.errors import ServiceError

__all__ = ["Home", "Reaction"]

PLACES = {
    "Office RGBW Lights": "study",
    "Bed Light": "bedroom",
    "Ceiling Lights": "bedroom",
    "Kitchen Lights": "kitchen",
    "Kitchen Window": "kitchen",
    "Living Room RGBWW Lights": "living_room",
    "Living Room Window": "living_room",
    "Ecobee": "living_room",
    "HeatPump": "bedroom",
    "Push": "bedroom",
}
"""Areas of the demo's devices; any device of an area serves as the satellite there."""

DOORS = ("lock.front_door", "lock.kitchen_door")

Service = tuple[str, dict[str, Any]]
Due = tuple[str, tuple[tuple[str, Any], ...]]


class Reaction(msgspec.Struct, frozen=True, kw_only=True):
    """The effect of some words on the home."""

    before: dict[str, State]
    """States of the exposed entities before the words."""
    after: dict[str, State]
    """States afterwards."""
    response: dict[str, Any]
    """The response of the assistant."""
    conversation: str | None = None
    """Id of the conversation, to continue it."""
    milliseconds: float = 0.0
    """Time to the response."""


class Home:
    """The demo home of a running Home Assistant.

    Args:
        client: a connected client with an administrator's token.
    """

    def __init__(self, client: HomeAssistant) -> None:
        self.client = client
        self.exposed: tuple[str, ...] = ()
        """Entities exposed to the assistant."""
        self.devices: dict[str, str] = {}
        """A device to speak to, by area."""

    async def prepare(self) -> None:
        """Assign the devices to areas; idempotent.

        Raises:
            ServiceError: the server has no demo home.
        """
        areas = await self.client.call("config/area_registry/list")
        if not any(area["area_id"] == "study" for area in areas):
            await self.client.call("config/area_registry/create", name="Study", aliases=["den"])
        devices = {device["name"]: device for device in await self.client.call("config/device_registry/list")}
        for name, area in PLACES.items():
            if name not in devices:
                raise ServiceError(f"{self.client.url} has no device {name!r}; expected the integration `demo:`")
            if devices[name]["area_id"] != area:
                await self.client.call("config/device_registry/update", device_id=devices[name]["id"], area_id=area)
            self.devices[area] = devices[name]["id"]
        await self.client.call(
            "homeassistant/expose_entity", assistants=["conversation"], entity_ids=list(DOORS), should_expose=True
        )
        listed = (await self.client.call("homeassistant/expose_entity/list"))["exposed_entities"]
        self.exposed = tuple(sorted(name for name, where in listed.items() if where.get("conversation")))

    async def states(self) -> dict[str, State]:
        """Return the state of every exposed entity."""
        states = {state["entity_id"]: state for state in await self.client.get("/api/states")}
        return {name: states[name] for name in self.exposed if name in states}

    async def reset(self, way: Literal["off", "on"]) -> None:
        """Set the whole home to one known state, and wait for moving covers."""
        for _ in range(30):
            states = await self.states()
            due: dict[Due, list[str]] = defaultdict(list)
            for name, state in states.items():
                for service, fields in _due(name, state, way):
                    due[service, tuple(sorted((key, _frozen(value)) for key, value in fields.items()))].append(name)
            if not due:
                return
            for (service, frozen), names in due.items():
                body = {"entity_id": names, **{key: _thawed(value) for key, value in frozen}}
                await self.client.post(f"/api/services/{service}", body)
            moving = any(service.startswith("cover/") for service, _ in due)
            await asyncio.sleep(0.5 if moving else 0.02)
        raise ServiceError(f"{self.client.url} does not come to rest: {sorted(due)[:3]}")

    async def say(self, words: str, request: Request, conversation: str) -> Reaction:
        """Say words in the area of the request, and wait until its effect is reached or no cover moves any more."""
        before = await self.states()
        clock = asyncio.get_running_loop().time
        started = clock()
        answer = await self.client.converse(
            words,
            language="en",
            device_id=self.devices.get(request.spoken_in or ""),
            conversation_id=conversation,
        )
        milliseconds = (clock() - started) * 1000
        after = await self.states()
        waited = 0.0
        while missing(request, before, after) and _moving(before, after) and waited < 8:
            await asyncio.sleep(0.25)
            waited += 0.25
            after = await self.states()
        return Reaction(
            before=before,
            after=after,
            response=answer["response"],
            conversation=answer["conversation_id"],
            milliseconds=milliseconds,
        )


def _frozen(value: Any) -> Any:  # noqa: ANN401  (a field of a service)
    return tuple(value) if isinstance(value, list) else value


def _thawed(value: Any) -> Any:  # noqa: ANN401  (the same)
    return list(value) if isinstance(value, tuple) else value


def _moving(before: dict[str, State], after: dict[str, State]) -> bool:
    return any(name.startswith("cover.") and signature(after[name]) != signature(before[name]) for name in after)


_BRIGHT = {"brightness": 180, "rgb_color": [255, 255, 0]}


def _due(name: str, state: State, way: Literal["off", "on"]) -> list[Service]:  # noqa: C901, PLR0911, PLR0912  (one case a domain)
    """Return the services to call for one entity so that the home is all on or all off."""
    on = way == "on"
    is_on = state["state"] == "on"
    attributes = state["attributes"]
    match name.split(".", maxsplit=1)[0]:
        case "light" if on:
            yellow = attributes.get("rgb_color") is not None and tuple(attributes["rgb_color"][:2]) == (255, 255)
            is_reset = is_on and attributes.get("brightness") == 180 and yellow and attributes["rgb_color"][2] < 40
            return [] if is_reset else [("light/turn_on", _BRIGHT)]
        case "light" | "switch" | "humidifier" if is_on != on:
            return [(f"{name.split('.', maxsplit=1)[0]}/turn_{way}", {})]
        case "humidifier" if attributes.get("humidity") not in {50, None}:
            return [("humidifier/set_humidity", {"humidity": 50})]
        case "fan" if on:
            if attributes.get("supported_features", 0) & 1:
                return (
                    [] if is_on and attributes.get("percentage") == 33 else [("fan/set_percentage", {"percentage": 33})]
                )
            return [] if is_on else [("fan/turn_on", {})]
        case "fan":
            return [("fan/turn_off", {})] if is_on else []
        case "cover" if attributes.get("supported_features", 0) & 3 == 3:
            position = attributes.get("current_position")
            wanted = "open" if on else "closed"
            if state["state"] == wanted and position in {None, 100 if on else 0}:
                return []
            return [("cover/open_cover" if on else "cover/close_cover", {})]
        case "lock":
            wanted = "locked" if on else "unlocked"
            return [] if state["state"] == wanted else [(f"lock/{'lock' if on else 'unlock'}", {})]
        case "climate":
            return _climate(name, state)
        case "media_player":
            return _media(state, "playing" if on else "paused")
        case "vacuum" if attributes.get("supported_features", 0) & 8:
            if on:
                return [] if state["state"] == "cleaning" else [("vacuum/start", {})]
            return [] if state["state"] == "idle" else [("vacuum/stop", {})]
        case _:
            return []


_CLIMATE: dict[str, tuple[str, dict[str, Any]]] = {
    "climate.heatpump": ("heat", {"temperature": 20}),
    "climate.hvac": ("cool", {"temperature": 21}),
    "climate.ecobee": ("heat_cool", {"target_temp_low": 21, "target_temp_high": 24}),
}


def _climate(name: str, state: State) -> list[Service]:
    mode, wanted = _CLIMATE[name]
    services: list[Service] = []
    if state["state"] != mode:
        services.append(("climate/set_hvac_mode", {"hvac_mode": mode}))
    if any(state["attributes"].get(key) != value for key, value in wanted.items()):
        services.append(("climate/set_temperature", wanted))
    return services


_PAUSE, _VOLUME_SET, _MUTE, _TURN_ON, _PLAY = 1, 4, 8, 128, 16384


def _media(state: State, wanted: str) -> list[Service]:
    features, attributes = state["attributes"].get("supported_features", 0), state["attributes"]
    if state["state"] == "off":
        return [("media_player/turn_on", {})] if features & _TURN_ON else []
    services: list[Service] = []
    if state["state"] != wanted and features & (_PLAY if wanted == "playing" else _PAUSE):
        services.append(("media_player/media_play" if wanted == "playing" else "media_player/media_pause", {}))
    if features & _VOLUME_SET and abs(attributes.get("volume_level", 0) - 0.5) > 0.001:
        services.append(("media_player/volume_set", {"volume_level": 0.5}))
    if features & _MUTE and attributes.get("is_volume_muted"):
        services.append(("media_player/volume_mute", {"is_volume_muted": False}))
    return services
