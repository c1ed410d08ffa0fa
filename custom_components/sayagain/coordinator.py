"""The figures that the sensors and the repairs show, asked for every few minutes."""

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ConfigEntryAuthFailed
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed

from .client import ServiceClient, ServiceError, TokenRefused
from .const import DOMAIN
from .remedies import report_remedies

__all__ = ["Figures", "FiguresCoordinator"]

_LOGGER = logging.getLogger(__name__)

_INTERVAL = timedelta(minutes=5)

_DAYS = 7
"""Period of the remedies."""

_MOST_CAUSES = 20


@dataclass
class Figures:
    """The figures of the week."""

    summary: dict[str, Any]
    """Defect rate, learnt rewrites and the like, as `/v1/summary` gives them."""
    causes: list[dict[str, Any]]
    """The requests that fail most often, as `/v1/failure-points` gives them."""


class FiguresCoordinator(DataUpdateCoordinator[Figures]):
    """Asks for the figures, and reports remedies as repair issues."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, client: ServiceClient) -> None:
        """Prepare; nothing is asked for yet."""
        super().__init__(hass, _LOGGER, name=DOMAIN, update_interval=_INTERVAL, config_entry=entry)
        self._client = client

    async def _async_update_data(self) -> Figures:
        try:
            summary = await self._client.summary()
            causes = await self._client.failures(days=_DAYS, limit=_MOST_CAUSES)
        except TokenRefused as error:
            raise ConfigEntryAuthFailed(str(error)) from error
        except ServiceError as error:
            raise UpdateFailed(str(error)) from error
        report_remedies(self.hass, causes)
        return Figures(summary, causes)
