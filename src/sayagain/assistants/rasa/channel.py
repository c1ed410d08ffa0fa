"""The Rasa channel: asks sayagain about each message before Rasa reads it, and lets it pass when in doubt.

It stands before one of Rasa's own channels, at that channel's address, so that no client changes. Rasa's open-source
edition runs on Python 3.8 to 3.10 and sayagain on 3.11 and newer, so this file needs the standard library alone: copy
it into the Rasa project (`sayagain attach rasa`), and name it in `credentials.yml`:

    sayagain_channel.SayagainChannel:
      url: http://127.0.0.1:8787
      channel: rest

What was decided rides along as `metadata.sayagain` of the user's event in the tracker, and from there into the log.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

__all__ = ["METADATA_KEY", "Asking", "SayagainChannel"]

METADATA_KEY = "sayagain"
"""Where what was decided stands in the metadata of a message, and of the user's event in the tracker."""

SERVICE = "http://127.0.0.1:8787"
"""Where `sayagain serve` listens unless the credentials say otherwise."""

DEADLINE = 300
"""How long a message waits for a decision unless the credentials say otherwise, in milliseconds."""

AT_ONCE = 64
"""Decisions under way at once; a message past that waits its deadline and is then left as it is."""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Takes a redirect for an error: `urllib` would send the token to whatever address it names."""

    def redirect_request(self, *_: Any) -> None:  # noqa: ANN401  (as `urllib` calls it)
        """Follow none."""


# Without a proxy, because the service is in the same network.
_open = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect).open


class Asking:
    """Asks the service about one message at a time.

    Args:
        url: of the service.
        token: with the scope `rewrite`; none is needed where the service has none.
        deadline: in milliseconds; after it the message is left as it is.

    >>> Asking(url="http://127.0.0.1:8787").deadline
    300
    """

    def __init__(self, url: str = SERVICE, token: str | None = None, deadline: int = DEADLINE) -> None:
        if not str(url).startswith(("http://", "https://")):
            raise ValueError(f"url is {url!r}; expected the address of a service such as {SERVICE}")
        if type(deadline) is not int or deadline < 1:
            raise ValueError(f"deadline is {deadline!r}; expected milliseconds, 1 or more")
        self.url = str(url).rstrip("/")
        self.deadline = deadline
        """In milliseconds."""
        self._headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if token is not None:
            self._headers["Authorization"] = f"Bearer {token}"
        self._pool = ThreadPoolExecutor(max_workers=AT_ONCE, thread_name_prefix="sayagain-rewrite")

    async def ask(self, text: str, sender_id: str | None) -> dict[str, Any]:
        """Decide on a message; what is returned belongs into its metadata, its words are `to` of `applied_rewrite`.

        Args:
            text: the message.
            sender_id: whose conversation it belongs to.
        """
        turn: dict[str, Any] = {
            "turn_id": uuid.uuid4().hex,
            "started": time.time_ns() // 1_000_000,
            "request": text,
            "assistant": "rasa",
        }
        if sender_id is not None:
            turn["conversation_id"] = sender_id
            # Rasa's own name for a sender that was not told.
            if sender_id != "default":
                turn["user_id"] = sender_id
        answering = asyncio.get_running_loop().run_in_executor(self._pool, self._post, turn)
        try:
            decision = await asyncio.wait_for(answering, self.deadline / 1000)
            return _left_in_metadata(turn, decision)
        except asyncio.TimeoutError:  # noqa: UP041  (before Python 3.11 it is another one)
            return _untouched(turn, f"sayagain took longer than {self.deadline} ms")
        except Exception as error:  # noqa: BLE001  (whatever it is, Rasa must answer)
            return _untouched(turn, f"sayagain failed ({type(error).__name__}: {error})")

    def _post(self, turn: dict[str, Any]) -> dict[str, Any]:
        body = json.dumps(turn).encode()
        asked = urllib.request.Request(self.url + "/v1/rewrite", body, self._headers)  # noqa: S310  (checked above)
        try:
            with _open(asked, timeout=self.deadline / 1000) as answer:
                decision = json.loads(answer.read())
        except urllib.error.HTTPError as error:
            error.close()
            raise
        if not isinstance(decision, dict) or not isinstance(decision.get("text"), str):
            raise TypeError("it answered something that is no decision")
        return decision


class SayagainChannel:
    """One of Rasa's channels with sayagain before it; everything but the message is the channel's own.

    Args:
        inner: the channel that it stands before.
        asking: what is asked.
    """

    def __init__(self, inner: Any, asking: Asking) -> None:  # noqa: ANN401  (a class of Rasa's)
        self._inner = inner
        self._asking = asking

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> SayagainChannel:
        """Make what `credentials.yml` describes.

        Args:
            credentials: `url`, `token`, `deadline` of the service; `channel`, the name of one of Rasa's channels or
                the dotted path of a class, `rest` when not given; `credentials`, what that channel itself needs.

        Raises:
            ValueError: a value cannot be used.
        """
        given = dict(credentials or {})
        inner = _channel(str(given.pop("channel", "rest")), given.pop("credentials", None))
        unknown = sorted(set(given) - {"url", "token", "deadline"})
        if unknown:
            raise ValueError(f"{unknown[0]!r} is no setting of the channel; expected url, token, deadline or channel")
        return cls(inner, Asking(**given))

    @classmethod
    def name(cls) -> str:
        """Return how Rasa names a channel before it is made."""
        return METADATA_KEY

    def blueprint(self, on_new_message: Callable[[Any], Any]) -> Any:  # noqa: ANN401  (a Sanic blueprint)
        """Return the channel's own blueprint, whose messages are asked about before Rasa gets them."""

        async def ask_first(message: Any) -> Any:  # noqa: ANN401  (Rasa's UserMessage)
            await self.consider(message)
            return await on_new_message(message)

        return self._inner.blueprint(ask_first)

    async def consider(self, message: Any) -> None:  # noqa: ANN401  (Rasa's UserMessage)
        """Rewrite a message where sayagain says so; its metadata tells what was decided."""
        metadata = dict(message.metadata or {})
        # What a client wrote there is no decision.
        metadata.pop(METADATA_KEY, None)
        # A message that begins with a slash names an intent: a button, no words of the user.
        if isinstance(message.text, str) and message.text.strip() and not message.text.startswith("/"):
            metadata[METADATA_KEY] = decided = await self._asking.ask(message.text, message.sender_id)
            message.text = decided["applied_rewrite"]["to"]
        message.metadata = metadata or None

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  (whatever the channel has)
        """Return whatever else the channel offers, its address among it."""
        return getattr(self._inner, name)


def _channel(named: str, credentials: dict[str, Any] | None) -> Any:  # noqa: ANN401  (a class of Rasa's)
    if "." in named:
        module, _, kind = named.rpartition(".")
        return getattr(importlib.import_module(module), kind).from_credentials(credentials)
    known = importlib.import_module("rasa.core.channels").BUILTIN_CHANNELS
    if named not in known:
        raise ValueError(f"Rasa has no channel {named}; it has: {', '.join(sorted(known))}")
    return known[named].from_credentials(credentials)


def _left_in_metadata(turn: dict[str, Any], decision: dict[str, Any]) -> dict[str, Any]:
    applied = {
        "id": decision.get("rewrite_id") or "none",
        "from": turn["request"],
        "to": decision["text"],
        "layer": decision.get("layer") or "leave",
        "release": decision.get("release"),
        "arm": decision.get("arm"),
        "propensity": decision.get("propensity"),
    }
    kept = {"turn_id": decision.get("turn_id") or turn["turn_id"], "why": decision.get("why") or ""}
    if decision.get("ask"):
        kept["ask"] = decision["ask"]
    return {**kept, "applied_rewrite": {key: value for key, value in applied.items() if value is not None}}


def _untouched(turn: dict[str, Any], why: str) -> dict[str, Any]:
    return _left_in_metadata(turn, {"text": turn["request"], "why": f"left as it is: {why}"})
