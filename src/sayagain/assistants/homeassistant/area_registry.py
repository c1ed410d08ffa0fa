"""Which room a device or satellite stands in, as Home Assistant's registries say."""

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
_SETTLED = 1.0
"""Seconds to wait after a change, since changes come in crowds."""


def is_implicit_slot(name: str, value: object, area: str | None, request: str) -> bool:
    """Return whether Home Assistant filled a slot in by itself: a `preferred_` slot, or the device's own area.

    Hypotheses leave these slots out, so that one request has the same hypothesis in every room.

    >>> (
    ...     is_implicit_slot("area", "Bedroom", "Bedroom", "turn on the lights"),
    ...     is_implicit_slot("area", "Den", "Bedroom", "den off"),
    ... )
    (True, False)

    Args:
        name: of the slot.
        value: of the slot.
        area: where the device stands; None where that is not known.
        request: what the user said.
    """
    return name.startswith("preferred_") or is_implicit_area(name, value, area, request)


class AreaRegistry:
    """The areas of devices and satellites, kept up to date."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        """Area names by area id."""
        self.of_device: dict[str, str] = {}
        """Area ids by device id."""
        self.of_satellite: dict[str, str] = {}
        """Area ids by entity id of a satellite."""
        self.device_of: dict[str, str] = {}
        """Device ids by entity id of a satellite."""
        self._changed: asyncio.Task[None] | None = None
        self._listeners: list[Callable[[], None]] = []

    async def follow(self, home: HomeAssistant) -> None:
        """Read the registries, and again whenever they change.

        Raises:
            ServiceError: Home Assistant cannot be reached, or refuses.
        """
        await self.read(home)

        def soon(_: object = None) -> None:
            if self._changed is None or self._changed.done():
                self._changed = asyncio.create_task(self._read_soon(home))

        for kind in _CHANGES:
            await home.subscribe("subscribe_events", soon, event_type=kind)
        home.when_restored(soon)

    async def read(self, home: HomeAssistant) -> None:
        """Read the registries once.

        Raises:
            ServiceError: Home Assistant cannot be reached, or refuses.
        """
        areas = await home.call("config/area_registry/list")
        devices = await home.call("config/device_registry/list")
        entities = await home.call("config/entity_registry/list")
        satellites = [each for each in entities if each["entity_id"].startswith("assist_satellite.")]
        self.names = {area["area_id"]: area["name"] for area in areas}
        self.of_device = {device["id"]: device["area_id"] for device in devices if device["area_id"]}
        self.device_of = {each["entity_id"]: each["device_id"] for each in satellites if each["device_id"]}
        self.of_satellite = {each["entity_id"]: each["area_id"] for each in satellites if each["area_id"]}

    def when_changed(self, listener: Callable[[], None]) -> None:
        """Call `listener` after each change of areas, devices or entities."""
        self._listeners.append(listener)

    def area_id(self, device_id: str | None, satellite_id: str | None) -> str | None:
        """Return the area of a satellite or device, the satellite's own first; None when it stands in none."""
        if satellite_id is not None:
            if satellite_id in self.of_satellite:
                return self.of_satellite[satellite_id]
            device_id = device_id or self.device_of.get(satellite_id)
        return None if device_id is None else self.of_device.get(device_id)

    def area(self, device_id: str | None, satellite_id: str | None) -> str | None:
        """Return the area's name."""
        area_id = self.area_id(device_id, satellite_id)
        return None if area_id is None else self.names.get(area_id, area_id)

    async def _read_soon(self, home: HomeAssistant) -> None:
        await asyncio.sleep(_SETTLED)
        with contextlib.suppress(ServiceError):
            await self.read(home)
            for listener in self._listeners:
                listener()
