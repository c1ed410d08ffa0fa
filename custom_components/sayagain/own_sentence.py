"""The user's own sentences in Home Assistant: triggers of automations, custom sentences and those of intent scripts."""

import asyncio
import logging
from dataclasses import replace

from homeassistant.components import conversation
from homeassistant.core import HomeAssistant

__all__ = ["is_own_sentence"]

_LOGGER = logging.getLogger(__name__)

_OWN = frozenset({"trigger", "custom"})
"""Where Home Assistant says that a sentence of the user's own comes from."""


async def is_own_sentence(hass: HomeAssistant, user_input: conversation.ConversationInput, deadline: float) -> bool:
    """Return whether words are, or may be, one of the user's own sentences.

    Where the built-in agent does not tell within the deadline, in seconds, they may be.
    """
    agent = conversation.async_get_agent(hass)
    recognise = getattr(agent, "async_debug_recognize", None)
    if recognise is None:
        return True
    try:
        async with asyncio.timeout(deadline):
            result = await recognise(replace(user_input, agent_id=conversation.HOME_ASSISTANT_AGENT))
    except TimeoutError:
        _LOGGER.warning("A request is passed on as it is, for it may be the user's own sentence: no answer in time")
        return True
    return result is not None and result.get("match") is True and result.get("source") in _OWN
