"""Diagnostics: settings without secrets, and figures without what anybody said."""

from typing import Any

from homeassistant.components.diagnostics import async_redact_data
from homeassistant.const import CONF_TOKEN
from homeassistant.core import HomeAssistant

from . import SayagainConfigEntry


async def async_get_config_entry_diagnostics(hass: HomeAssistant, entry: SayagainConfigEntry) -> dict[str, Any]:
    """Return the diagnostics of the entry."""
    figures = entry.runtime_data.figures
    return {
        "data": async_redact_data(entry.data, {CONF_TOKEN}),
        "options": dict(entry.options),
        "turns_waiting": len(entry.runtime_data.queue),
        "figures": figures.data.summary if figures.data is not None else None,
        "trouble": str(figures.last_exception) if figures.last_exception is not None else None,
    }
