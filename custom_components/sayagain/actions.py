"""Actions for automations, dashboards and scripts: teach, forget, feedback."""

import time
from typing import TYPE_CHECKING, Any

import voluptuous as vol
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_TOKEN
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import config_validation as cv

from .client import RequestRefused, ServiceError
from .const import DOMAIN, HOME

if TYPE_CHECKING:
    from . import SayagainConfigEntry

__all__ = ["register_actions"]

_TEACH = vol.Schema(
    {
        vol.Required("phrase"): cv.string,
        vol.Required("means"): cv.string,
        vol.Optional("person"): cv.entity_domain("person"),
        vol.Optional("language"): cv.string,
    }
)
_FORGET = vol.Schema({vol.Required("phrase"): cv.string, vol.Optional("person"): cv.entity_domain("person")})
_FEEDBACK = vol.All(
    vol.Schema(
        {
            vol.Optional("helped"): cv.boolean,
            vol.Optional("correction"): cv.string,
            vol.Optional("turn_id"): cv.string,
        }
    ),
    cv.has_at_least_one_key("helped", "correction"),
)


def register_actions(hass: HomeAssistant) -> None:
    """Register the actions, which say what is missing while the integration is not loaded."""

    async def teach(call: ServiceCall) -> ServiceResponse:
        entry = _entry(hass)
        lesson = {"phrase": call.data["phrase"], "means": call.data["means"], **_owner(hass, entry, call)}
        if "language" in call.data:
            lesson["language"] = call.data["language"]
        return {"phrase": (await _ask(entry.runtime_data.client.teach(lesson)))["phrase"]}

    async def forget(call: ServiceCall) -> ServiceResponse:
        entry = _entry(hass)
        known = await _ask(entry.runtime_data.client.forget(call.data["phrase"], _owner(hass, entry, call)))
        return {"forgotten": known}

    async def feedback(call: ServiceCall) -> ServiceResponse:
        data = _entry(hass).runtime_data
        turn_id = call.data.get("turn_id") or data.last_turn
        if turn_id is None:
            raise ServiceValidationError(translation_domain=DOMAIN, translation_key="no_turn")
        about = {"turn_id": turn_id, "at": time.time_ns() // 1_000_000}
        if "helped" in call.data:
            await _ask(data.client.feedback({**about, "kind": "helped", "value": float(call.data["helped"])}))
        if "correction" in call.data:
            await _ask(data.client.feedback({**about, "kind": "correction", "text": call.data["correction"]}))
        return {"turn_id": turn_id}

    actions = (("teach", teach, _TEACH), ("forget", forget, _FORGET), ("feedback", feedback, _FEEDBACK))
    for name, action, schema in actions:
        hass.services.async_register(DOMAIN, name, action, schema=schema, supports_response=SupportsResponse.OPTIONAL)


def _entry(hass: HomeAssistant) -> "SayagainConfigEntry":
    for entry in hass.config_entries.async_entries(DOMAIN):
        if entry.state is ConfigEntryState.LOADED:
            return entry
    raise ServiceValidationError(translation_domain=DOMAIN, translation_key="not_loaded")


def _owner(hass: HomeAssistant, entry: "SayagainConfigEntry", call: ServiceCall) -> dict[str, str]:
    """Return for whom a lesson is: a person, or the household."""
    # A token names the home itself.
    home = {} if CONF_TOKEN in entry.data else {"home": HOME}
    if "person" not in call.data:
        return home
    state = hass.states.get(call.data["person"])
    user_id = state.attributes.get("user_id") if state is not None else None
    if not user_id:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="no_user",
            translation_placeholders={"person": call.data["person"]},
        )
    return {"user_id": user_id, **home}


async def _ask(answer: Any) -> Any:
    """Wait for the service; what it says becomes the message of the action."""
    try:
        return await answer
    except RequestRefused as error:
        raise ServiceValidationError(str(error)) from error
    except ServiceError as error:
        raise HomeAssistantError(str(error)) from error
