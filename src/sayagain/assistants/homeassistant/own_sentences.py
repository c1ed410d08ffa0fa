"""The user's own sentences in Home Assistant: triggers of automations, custom sentences and those of intent scripts."""

import asyncio
import logging
from collections.abc import Sequence
from typing import Any

from sayagain.assistants.homeassistant.api import HomeAssistant
from sayagain.errors import ServiceError

__all__ = ["own_sentence"]

_log = logging.getLogger(__name__)

_OWN = frozenset({"trigger", "custom"})
"""Where Home Assistant says that a sentence of the user's own comes from."""


async def own_sentence(
    home: HomeAssistant, wordings: Sequence[str], *, language: str | None, device_id: str | None, deadline: float
) -> str | None:
    """Return the first wording that is one of the user's own sentences; None where none is.

    Where Home Assistant does not tell, the first one may be: it is returned, so that nothing is said in its place.

    Args:
        home: is asked how it would read the words; nothing is done.
        wordings: of one request, as heard first.
        language: of the words.
        device_id: the device spoken to.
        deadline: of the answer, in seconds.
    """
    given = {"language": language, "device_id": device_id}
    fields = {name: value for name, value in given.items() if value is not None}
    try:
        async with asyncio.timeout(deadline):
            answer = await home.call("conversation/agent/homeassistant/debug", sentences=list(wordings), **fields)
    except (ServiceError, TimeoutError) as error:
        _log.warning("a request is left as it is, for it may be the user's own sentence: %s", str(error) or "no answer")
        return wordings[0]
    results: list[Any] = answer.get("results") or []
    return next((words for words, result in zip(wordings, results, strict=False) if _own(result)), None)


def _own(result: Any) -> bool:  # noqa: ANN401  (as Home Assistant sends it)
    return isinstance(result, dict) and result.get("match") is True and result.get("source") in _OWN
