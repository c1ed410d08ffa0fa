"""sayagain for Home Assistant: a conversation agent that asks the sayagain service, and goes on without it."""

from dataclasses import dataclass

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_TOKEN, CONF_URL, Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.typing import ConfigType

from .actions import register_actions
from .client import ServiceClient
from .const import DOMAIN
from .coordinator import FiguresCoordinator
from .remedies import delete_remedies
from .turn_queue import TurnQueue

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)

PLATFORMS = [Platform.CONVERSATION, Platform.SENSOR]

_FLUSH_SECONDS = 3.0


@dataclass
class SayagainData:
    """What runs while the integration is loaded."""

    client: ServiceClient
    queue: TurnQueue
    figures: FiguresCoordinator
    last_turn: str | None = None
    """Id of the latest turn, for the action `feedback`."""


SayagainConfigEntry = ConfigEntry[SayagainData]


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Register the actions."""
    register_actions(hass)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: SayagainConfigEntry) -> bool:
    """Set the agent up, also while the service cannot be reached: requests then go to the built-in agent."""
    client = ServiceClient(async_get_clientsession(hass), entry.data[CONF_URL], entry.data.get(CONF_TOKEN))
    queue = TurnQueue(client.observe, refused=lambda: entry.async_start_reauth(hass))
    figures = FiguresCoordinator(hass, entry, client)
    entry.runtime_data = SayagainData(client, queue, figures)
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    entry.async_create_background_task(hass, queue.run(), "sayagain turns")
    # Not awaited, so that a service that is away does not hold up the start.
    entry.async_create_background_task(hass, figures.async_refresh(), "sayagain figures")
    return True


async def async_unload_entry(hass: HomeAssistant, entry: SayagainConfigEntry) -> bool:
    """Unload the agent; turns that wait are sent if the service takes them at once."""
    unloaded = await hass.config_entries.async_unload_platforms(entry, PLATFORMS)
    if unloaded:
        await entry.runtime_data.queue.flush(_FLUSH_SECONDS)
    return unloaded


async def async_remove_entry(hass: HomeAssistant, entry: SayagainConfigEntry) -> None:
    """Delete the repair issues."""
    delete_remedies(hass)
