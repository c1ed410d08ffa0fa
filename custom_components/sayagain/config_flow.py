"""Set-up in the settings of Home Assistant: address and token of the service, tried before they are kept."""

from collections.abc import Mapping
from typing import Any

import voluptuous as vol
from homeassistant.components import conversation
from homeassistant.config_entries import ConfigEntry, ConfigFlow, ConfigFlowResult, OptionsFlowWithReload
from homeassistant.const import CONF_TOKEN, CONF_URL
from homeassistant.core import callback
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.entity_registry import async_get as async_get_entities
from homeassistant.helpers.selector import (
    ConversationAgentSelector,
    NumberSelector,
    NumberSelectorConfig,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
from homeassistant.helpers.service_info.hassio import HassioServiceInfo

from .client import ScopeMissing, ServiceClient, ServiceError, TokenRefused
from .const import CONF_AGENT, CONF_DEADLINE, DEADLINE, DOMAIN

__all__ = ["SayagainConfigFlow", "SayagainOptionsFlow"]

_ADDRESS = "http://127.0.0.1:8787"

_PROBE_SECONDS = 10.0

_TOKEN = TextSelector(TextSelectorConfig(type=TextSelectorType.PASSWORD))


def _address_schema(url: str) -> vol.Schema:
    return vol.Schema(
        {
            vol.Required(CONF_URL, default=url): TextSelector(TextSelectorConfig(type=TextSelectorType.URL)),
            vol.Optional(CONF_TOKEN): _TOKEN,
        }
    )


class SayagainConfigFlow(ConfigFlow, domain=DOMAIN):
    """The flow of a config entry."""

    VERSION = 1

    def __init__(self) -> None:
        """Start."""
        self._discovered: dict[str, Any] = {}

    @staticmethod
    @callback
    def async_get_options_flow(config_entry: ConfigEntry) -> OptionsFlowWithReload:
        """Return the flow of the options."""
        return SayagainOptionsFlow()

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for address and token."""
        if self._async_current_entries():
            return self.async_abort(reason="single_instance_allowed")
        errors: dict[str, str] = {}
        if user_input is not None:
            data = _entry_data(user_input)
            errors = await self._try(data)
            if not errors:
                return self.async_create_entry(title="sayagain", data=data)
        schema = self.add_suggested_values_to_schema(_address_schema(_ADDRESS), user_input)
        return self.async_show_form(step_id="user", data_schema=schema, errors=errors)

    async def async_step_hassio(self, discovery_info: HassioServiceInfo) -> ConfigFlowResult:
        """Take address and token from the add-on, which published them through the Supervisor."""
        await self.async_set_unique_id(discovery_info.uuid)
        config = discovery_info.config
        data = _entry_data({CONF_URL: f"http://{config['host']}:{config['port']}", CONF_TOKEN: config.get("token")})
        # The add-on makes a new token when it is installed again, so the manifest must not refuse a second flow.
        self._abort_if_unique_id_configured(updates=data)
        if self._async_current_entries():
            return self.async_abort(reason="single_instance_allowed")
        self._discovered = data
        return await self.async_step_hassio_confirm()

    async def async_step_hassio_confirm(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask whether to use the add-on."""
        errors: dict[str, str] = {}
        if user_input is not None:
            errors = await self._try(self._discovered)
            if not errors:
                return self.async_create_entry(title="sayagain", data=self._discovered)
        return self.async_show_form(step_id="hassio_confirm", errors=errors)

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for another address or token."""
        entry = self._get_reconfigure_entry()
        errors: dict[str, str] = {}
        if user_input is not None:
            data = _entry_data(user_input)
            errors = await self._try(data)
            if not errors:
                return self.async_update_reload_and_abort(entry, data=data)
        schema = self.add_suggested_values_to_schema(_address_schema(entry.data[CONF_URL]), user_input)
        return self.async_show_form(step_id="reconfigure", data_schema=schema, errors=errors)

    async def async_step_reauth(self, entry_data: Mapping[str, Any]) -> ConfigFlowResult:
        """Begin to ask for another token, since the service refused the one it had."""
        return await self.async_step_reauth_confirm()

    async def async_step_reauth_confirm(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for another token."""
        entry = self._get_reauth_entry()
        errors: dict[str, str] = {}
        if user_input is not None:
            data = _entry_data({CONF_URL: entry.data[CONF_URL], **user_input})
            errors = await self._try(data)
            if not errors:
                return self.async_update_reload_and_abort(entry, data=data)
        schema = vol.Schema({vol.Required(CONF_TOKEN): _TOKEN})
        return self.async_show_form(step_id="reauth_confirm", data_schema=schema, errors=errors)

    async def _try(self, data: Mapping[str, Any]) -> dict[str, str]:
        """Return what is wrong with address and token; empty where the service takes both."""
        if not str(data[CONF_URL]).startswith(("http://", "https://")):
            return {CONF_URL: "invalid_url"}
        client = ServiceClient(async_get_clientsession(self.hass), data[CONF_URL], data.get(CONF_TOKEN))
        try:
            await client.summary()
            await client.taught()
            await client.observe([])
            # A decision alone stores nothing.
            await client.decide({"request": "lamp on"}, asked=False, deadline=_PROBE_SECONDS)
        except TokenRefused:
            return {CONF_TOKEN: "invalid_auth"}
        except ScopeMissing:
            return {CONF_TOKEN: "missing_scope"}
        except ServiceError:
            return {"base": "cannot_connect"}
        return {}


class SayagainOptionsFlow(OptionsFlowWithReload):
    """The flow of the options."""

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the agent that acts, and how long to wait for the service."""
        errors: dict[str, str] = {}
        if user_input is not None:
            if user_input[CONF_AGENT] not in self._own_agents():
                return self.async_create_entry(data={**user_input, CONF_DEADLINE: int(user_input[CONF_DEADLINE])})
            errors[CONF_AGENT] = "own_agent"
        schema = vol.Schema(
            {
                vol.Required(CONF_AGENT, default=conversation.HOME_ASSISTANT_AGENT): ConversationAgentSelector(),
                vol.Required(CONF_DEADLINE, default=DEADLINE): NumberSelector(
                    NumberSelectorConfig(min=50, max=3_000, step=50, unit_of_measurement="ms")
                ),
            }
        )
        schema = self.add_suggested_values_to_schema(schema, user_input or self.config_entry.options)
        return self.async_show_form(step_id="init", data_schema=schema, errors=errors)

    def _own_agents(self) -> set[str]:
        entities = async_get_entities(self.hass).entities.get_entries_for_config_entry_id(self.config_entry.entry_id)
        return {entity.entity_id for entity in entities}


def _entry_data(given: Mapping[str, Any]) -> dict[str, Any]:
    data = {CONF_URL: str(given[CONF_URL]).strip().rstrip("/")}
    token = str(given.get(CONF_TOKEN) or "").strip()
    return {**data, CONF_TOKEN: token} if token else data
