"""The areas of devices and satellites, from Home Assistant's registries."""

import asyncio
import contextlib
import logging
from collections.abc import Callable

from sayagain.assistants.homeassistant.api import HomeAssistant
from sayagain.errors import ServiceError
from sayagain.labels.curation.implicit_area import is_implicit_area

__all__ = ["AreaRegistry", "is_implicit_slot"]

_log = logging.getLogger(__name__)

_CHANGES = ("area_registry_updated", "device_registry_updated", "entity_registry_updated")
_SETTLE_SECONDS = 1.0
"""Delay of a read after a change, in seconds: changes come in bursts."""


def is_implicit_slot(name: str, value: object, area: str | None, request: str) -> bool:
    """Return whether Home Assistant itself filled a slot: a `preferred_` slot, or the device's own area.

    Hypotheses leave these slots out, so that one request has the same hypothesis in every room.

    >>> (
    ...     is_implicit_slot("area", "Bedroom", "Bedroom", "turn on the lights"),
    ...     is_implicit_slot("area", "Den", "Bedroom", "den off"),
    ... )
    (True, False)

    Args:
        name: name of the slot.
        value: value of the slot.
        area: area of the device; None if unknown.
        request: the user's words.
    """
    return name.startswith("preferred_") or is_implicit_area(name, value, area, request)


class AreaRegistry:
    """The areas of devices and satellites, kept up to date."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        """Area names by area id."""
        self.device_areas: dict[str, str] = {}
        """Area ids by device id."""
        self.satellite_areas: dict[str, str] = {}
        """Area ids by entity id of a satellite."""
        self.satellite_devices: dict[str, str] = {}
        """Device ids by entity id of a satellite."""
        self._read_task: asyncio.Task[None] | None = None
        self._listeners: list[Callable[[], None]] = []

    async def follow(self, home: HomeAssistant) -> None:
        """Read the registries now and after each change.

        Raises:
            ServiceError: Home Assistant cannot be reached, or refuses.
        """
        await self.read(home)

        def schedule_read(_: object = None) -> None:
            if self._read_task is None or self._read_task.done():
                self._read_task = asyncio.create_task(self._read_after_delay(home))

        for kind in _CHANGES:
            await home.subscribe("subscribe_events", schedule_read, event_type=kind)
        home.add_restore_listener(schedule_read)

    async def read(self, home: HomeAssistant) -> None:
        """Read the registries once.

        Raises:
            ServiceError: Home Assistant cannot be reached, or refuses.
        """
        areas = await home.call("config/area_registry/list")
        devices = await home.call("config/device_registry/list")
        entities = await home.call("config/entity_registry/list")
        satellites = [satellite for satellite in entities if satellite["entity_id"].startswith("assist_satellite.")]
        self.names = {area["area_id"]: area["name"] for area in areas}
        self.device_areas = {device["id"]: device["area_id"] for device in devices if device["area_id"]}
        self.satellite_devices = {
            satellite["entity_id"]: satellite["device_id"] for satellite in satellites if satellite["device_id"]
        }
        self.satellite_areas = {
            satellite["entity_id"]: satellite["area_id"] for satellite in satellites if satellite["area_id"]
        }

    def add_listener(self, listener: Callable[[], None]) -> None:
        """Call `listener` after each change of areas, devices or entities."""
        self._listeners.append(listener)

    def area_id(self, device_id: str | None, satellite_id: str | None) -> str | None:
        """Return the area id of a satellite or device, the satellite's own first; None if it has no area."""
        if satellite_id is not None:
            if satellite_id in self.satellite_areas:
                return self.satellite_areas[satellite_id]
            device_id = device_id or self.satellite_devices.get(satellite_id)
        return None if device_id is None else self.device_areas.get(device_id)

    def area(self, device_id: str | None, satellite_id: str | None) -> str | None:
        """Return the name of the area of a satellite or device; None if it has no area."""
        area_id = self.area_id(device_id, satellite_id)
        return None if area_id is None else self.names.get(area_id, area_id)

    async def _read_after_delay(self, home: HomeAssistant) -> None:
        await asyncio.sleep(_SETTLE_SECONDS)
        with contextlib.suppress(ServiceError):
            await self.read(home)
            for listener in self._listeners:
                listener()
