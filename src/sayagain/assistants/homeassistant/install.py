"""Installation of the agent in Home Assistant, as in its settings, and only once."""

import asyncio
from contextlib import suppress
from typing import Any

from sayagain.assistants.homeassistant.agent_server import NAME, AgentServer
from sayagain.assistants.homeassistant.api import HomeAssistant
from sayagain.errors import ServiceError

__all__ = ["add_agent", "own_agents"]

_FLOW = "/api/config/config_entries/flow"
_ENTRY = "/api/config/config_entries/entry"
_PATIENCE = 120_000
"""Longest wait in milliseconds: Home Assistant may have to install packages, and retries to connect."""
_DESCRIBE_TIMEOUT = 10.0
"""Longest wait for Home Assistant to ask for the description, in seconds."""


async def add_agent(home: HomeAssistant, server: AgentServer, host: str) -> str:
    """Add the agent to Home Assistant unless it is there, and return its id.

    An entry of ours with another address, as after a change of port, is replaced; the id stays the same, so pipelines
    that use it keep working.

    Args:
        home: the Home Assistant.
        server: the running server of the agent.
        host: the address by which Home Assistant can reach the server.

    Raises:
        ServiceError: the agent cannot be added; the message says how to add it by hand.
    """
    for entry in await home.call("config_entries/get", domain="wyoming"):
        if entry["title"] != NAME:
            continue
        if await _is_own_entry(home, server, entry):
            return await _entity(home, entry["entry_id"])
        await home.delete(f"{_ENTRY}/{entry['entry_id']}")
    flow = await home.post(_FLOW, {"handler": "wyoming"}, patience=_PATIENCE)
    result = await home.post(f"{_FLOW}/{flow['flow_id']}", {"host": host, "port": server.port}, patience=_PATIENCE)
    if result.get("type") != "create_entry":
        with suppress(ServiceError):
            await home.delete(f"{_FLOW}/{flow['flow_id']}")
        reason = result.get("reason") or ", ".join((result.get("errors") or {}).values())
        raise ServiceError(
            f"Home Assistant cannot reach {host}:{server.port} ({reason}); name one that it can reach with --host, "
            "or add it by hand: Settings, Devices & services, Add integration, Wyoming Protocol"
        )
    return await _entity(home, result["result"]["entry_id"])


async def own_agents(home: HomeAssistant) -> set[str]:
    """Return the ids of our agents in Home Assistant.

    Raises:
        ServiceError: it cannot be reached, or refuses.
    """
    entries = await home.call("config_entries/get", domain="wyoming")
    entry_ids = {entry["entry_id"] for entry in entries if entry["title"] == NAME}
    return {entity["entity_id"] for entity in await _entities(home) if entity["config_entry_id"] in entry_ids}


async def _is_own_entry(home: HomeAssistant, server: AgentServer, entry: dict[str, Any]) -> bool:
    """Whether an entry leads to our server: Home Assistant reloads it and asks for the description."""
    server.description_event.clear()
    try:
        await home.post(f"{_ENTRY}/{entry['entry_id']}/reload", patience=_PATIENCE)
        async with asyncio.timeout(_DESCRIBE_TIMEOUT):
            await server.description_event.wait()
    except (ServiceError, TimeoutError):
        return False
    return True


async def _entity(home: HomeAssistant, entry_id: str) -> str:
    for _ in range(50):
        for entity in await _entities(home):
            if entity["config_entry_id"] == entry_id:
                return str(entity["entity_id"])
        await asyncio.sleep(0.1)
    raise ServiceError("Home Assistant added sayagain but created no agent; see its log")


async def _entities(home: HomeAssistant) -> list[dict[str, Any]]:
    entities = await home.call("config/entity_registry/list")
    return [
        entity
        for entity in entities
        if entity["platform"] == "wyoming" and entity["entity_id"].startswith("conversation.")
    ]
