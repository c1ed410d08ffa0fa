"""Adding the agent to Home Assistant, as a person would in its settings, and only once."""

import asyncio
from contextlib import suppress
from typing import Any

from sayagain.assistants.homeassistant.agent_server import NAME, AgentServer
from sayagain.assistants.homeassistant.api import HomeAssistant
from sayagain.errors import ServiceError

__all__ = ["add_agent", "agents"]

_FLOW = "/api/config/config_entries/flow"
_ENTRY = "/api/config/config_entries/entry"
_PATIENCE = 120_000
"""Milliseconds to wait: what the integration needs may have to be installed, and a try to connect is repeated."""
_ASKED = 10.0
"""Seconds in which Home Assistant comes and asks who is there."""


async def add_agent(home: HomeAssistant, server: AgentServer, host: str) -> str:
    """See to it that Home Assistant asks this agent, and return the id by which its pipelines name it.

    An entry of ours that leads somewhere else, as after a change of port, is replaced; its id stays the same, so
    pipelines that use it go on.

    Args:
        home: is told.
        server: is running.
        host: the address by which Home Assistant can reach it.

    Raises:
        ServiceError: it cannot be added; says how a person adds it.
    """
    for entry in await home.call("config_entries/get", domain="wyoming"):
        if entry["title"] != NAME:
            continue
        if await _leads_here(home, server, entry):
            return await _entity(home, entry["entry_id"])
        await home.delete(f"{_ENTRY}/{entry['entry_id']}")
    flow = await home.post(_FLOW, {"handler": "wyoming"}, patience=_PATIENCE)
    made = await home.post(f"{_FLOW}/{flow['flow_id']}", {"host": host, "port": server.port}, patience=_PATIENCE)
    if made.get("type") != "create_entry":
        with suppress(ServiceError):
            await home.delete(f"{_FLOW}/{flow['flow_id']}")
        why = made.get("reason") or ", ".join((made.get("errors") or {}).values())
        raise ServiceError(
            f"Home Assistant cannot reach {host}:{server.port} ({why}); --host names an address of this machine that "
            "it can reach, or add it by hand: Settings, Devices & services, Add integration, Wyoming Protocol"
        )
    return await _entity(home, made["result"]["entry_id"])


async def agents(home: HomeAssistant) -> set[str]:
    """Return the ids of our agents in Home Assistant.

    Raises:
        ServiceError: it cannot be reached, or refuses.
    """
    entries = await home.call("config_entries/get", domain="wyoming")
    ours = {entry["entry_id"] for entry in entries if entry["title"] == NAME}
    return {each["entity_id"] for each in await _entities(home) if each["config_entry_id"] in ours}


async def _leads_here(home: HomeAssistant, server: AgentServer, entry: dict[str, Any]) -> bool:
    """Have an entry set up again: whoever it leads to is asked who is there."""
    server.described.clear()
    try:
        await home.post(f"{_ENTRY}/{entry['entry_id']}/reload", patience=_PATIENCE)
        async with asyncio.timeout(_ASKED):
            await server.described.wait()
    except (ServiceError, TimeoutError):
        return False
    return True


async def _entity(home: HomeAssistant, entry_id: str) -> str:
    for _ in range(50):
        for each in await _entities(home):
            if each["config_entry_id"] == entry_id:
                return str(each["entity_id"])
        await asyncio.sleep(0.1)
    raise ServiceError("Home Assistant added sayagain but made no agent of it; its log says why")


async def _entities(home: HomeAssistant) -> list[dict[str, Any]]:
    found = await home.call("config/entity_registry/list")
    return [each for each in found if each["platform"] == "wyoming" and each["entity_id"].startswith("conversation.")]
