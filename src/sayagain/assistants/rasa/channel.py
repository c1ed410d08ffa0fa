"""The Rasa channel: asks sayagain about each message before Rasa reads it, and forwards it unchanged when in doubt.

It stands before one of Rasa's own channels, at that channel's address, so that no client changes. Rasa's open-source
edition runs on Python 3.8 to 3.10 and sayagain on 3.11 and newer, so this file needs only the standard library: copy
it into the Rasa project (`sayagain attach rasa`), and name it in `credentials.yml`:

    sayagain_channel.SayagainChannel:
      url: http://127.0.0.1:8787
      channel: rest

With `teach: true` users may teach in conversation: the channel answers what belongs to that, and Rasa never sees it.

The decision travels as `metadata.sayagain` of the user's event in the tracker, and from there into the log.
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

__all__ = ["METADATA_KEY", "RewriteClient", "SayagainChannel"]

METADATA_KEY = "sayagain"
"""Key of the decision in the metadata of a message, and of the user's event in the tracker."""

SERVICE = "http://127.0.0.1:8787"
"""Default address of `sayagain serve`."""

DEADLINE = 300
"""Default wait of a message for a decision, in milliseconds."""

MAX_CONCURRENT = 64
"""Concurrent decisions; a further message waits until its deadline and is then left as it is."""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Takes a redirect for an error: `urllib` would send the token to whatever address it names."""

    def redirect_request(self, *_: Any) -> None:  # noqa: ANN401  (as `urllib` calls it)
        """Follow none."""


# Without a proxy, because the service is in the same network.
_open = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect).open


class RewriteClient:
    """Client of the service, for decisions on messages.

    Args:
        url: address of the service.
        token: access token with the scope `rewrite`; not needed if the service has no tokens.
        deadline: in milliseconds; after it the message is left as it is.
        teach: whether what teaches is answered (`reply` in the metadata); a token needs the scope `teach` too then.

    >>> RewriteClient(url="http://127.0.0.1:8787").deadline
    300
    """

    def __init__(
        self, url: str = SERVICE, token: str | None = None, deadline: int = DEADLINE, teach: bool = False
    ) -> None:
        if not str(url).startswith(("http://", "https://")):
            raise ValueError(f"url is {url!r}; expected the address of a service such as {SERVICE}")
        if type(deadline) is not int or deadline < 1:
            raise ValueError(f"deadline is {deadline!r}; expected milliseconds, 1 or more")
        if type(teach) is not bool:
            raise ValueError(f"teach is {teach!r}; expected true or false")
        self._path = "/v1/rewrite?converse=true" if teach else "/v1/rewrite"
        self.url = str(url).rstrip("/")
        self.deadline = deadline
        """In milliseconds."""
        self._headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if token is not None:
            self._headers["Authorization"] = f"Bearer {token}"
        self._pool = ThreadPoolExecutor(max_workers=MAX_CONCURRENT, thread_name_prefix="sayagain-rewrite")

    async def ask(self, text: str, sender_id: str | None) -> dict[str, Any]:
        """Return the metadata of a message, with the decision; the words to use are `to` of `applied_rewrite`.

        Args:
            text: the words of the message.
            sender_id: id of the conversation.
        """
        turn: dict[str, Any] = {
            "turn_id": uuid.uuid4().hex,
            "started": time.time_ns() // 1_000_000,
            "request": text,
            "assistant": "rasa",
        }
        if sender_id is not None:
            turn["conversation_id"] = sender_id
            # Rasa's name for an unknown sender.
            if sender_id != "default":
                turn["user_id"] = sender_id
        future = asyncio.get_running_loop().run_in_executor(self._pool, self._post, turn)
        try:
            decision = await asyncio.wait_for(future, self.deadline / 1000)
            return _decision_metadata(turn, decision)
        except asyncio.TimeoutError:  # noqa: UP041  (before Python 3.11 it is another one)
            return _unchanged_metadata(turn, f"sayagain took longer than {self.deadline} ms")
        except Exception as error:  # noqa: BLE001  (whatever fails, Rasa must answer)
            return _unchanged_metadata(turn, f"sayagain failed ({type(error).__name__}: {error})")

    def _post(self, turn: dict[str, Any]) -> dict[str, Any]:
        body = json.dumps(turn).encode()
        request = urllib.request.Request(self.url + self._path, body, self._headers)  # noqa: S310  (checked above)
        try:
            with _open(request, timeout=self.deadline / 1000) as response:
                decision = json.loads(response.read())
        except urllib.error.HTTPError as error:
            error.close()
            raise
        if not isinstance(decision, dict) or not isinstance(decision.get("text"), str):
            raise TypeError("the answer of the service is not a decision")
        return decision


class SayagainChannel:
    """One of Rasa's channels with sayagain before it; all but the message is the channel's own.

    Args:
        inner: the channel behind it.
        client: asks the service.
    """

    def __init__(self, inner: Any, client: RewriteClient) -> None:  # noqa: ANN401  (a class of Rasa's)
        self._inner = inner
        self._client = client

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> SayagainChannel:
        """Create the channel that `credentials.yml` describes.

        Args:
            credentials: `url`, `token` and `deadline` of the service, and `teach`; `channel`, the name of one of Rasa's
                channels or the dotted path of a class, `rest` by default; `credentials`, the settings of that channel.

        Raises:
            ValueError: a setting is unknown or has an invalid value.
        """
        settings = dict(credentials or {})
        inner = _open_channel(str(settings.pop("channel", "rest")), settings.pop("credentials", None))
        unknown = sorted(set(settings) - {"url", "token", "deadline", "teach"})
        if unknown:
            expected = "url, token, deadline, teach, channel or credentials"
            raise ValueError(f"the channel has no setting {unknown[0]!r}; expected {expected}")
        return cls(inner, RewriteClient(**settings))

    @classmethod
    def name(cls) -> str:
        """Return the name by which Rasa knows the channel class."""
        return METADATA_KEY

    def blueprint(self, on_new_message: Callable[[Any], Any]) -> Any:  # noqa: ANN401  (a Sanic blueprint)
        """Return the channel's own blueprint; each message is rewritten, or answered, before Rasa gets it."""

        async def ask_first(message: Any) -> Any:  # noqa: ANN401  (Rasa's UserMessage)
            reply = await self.rewrite_message(message)
            if reply is None or message.output_channel is None:
                return await on_new_message(message)
            return await message.output_channel.send_text_message(message.sender_id, reply)

        return self._inner.blueprint(ask_first)

    async def rewrite_message(self, message: Any) -> str | None:  # noqa: ANN401  (Rasa's UserMessage)
        """Rewrite a message if sayagain decides so; its metadata holds the decision.

        Returns:
            What sayagain answers itself; None where Rasa does.
        """
        metadata = dict(message.metadata or {})
        # A decision in there would be forged by the client.
        metadata.pop(METADATA_KEY, None)
        # A message that begins with a slash names an intent: it comes from a button.
        if isinstance(message.text, str) and message.text.strip() and not message.text.startswith("/"):
            metadata[METADATA_KEY] = decision = await self._client.ask(message.text, message.sender_id)
            message.text = decision["applied_rewrite"]["to"]
        message.metadata = metadata or None
        reply: str | None = metadata.get(METADATA_KEY, {}).get("reply")
        return reply

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  (whatever the channel has)
        """Return any other attribute of the channel, such as its URL prefix."""
        return getattr(self._inner, name)


def _open_channel(name: str, credentials: dict[str, Any] | None) -> Any:  # noqa: ANN401  (a class of Rasa's)
    if "." in name:
        module, _, class_name = name.rpartition(".")
        return getattr(importlib.import_module(module), class_name).from_credentials(credentials)
    channels = importlib.import_module("rasa.core.channels").BUILTIN_CHANNELS
    if name not in channels:
        raise ValueError(f"Rasa has no channel {name}; it has: {', '.join(sorted(channels))}")
    return channels[name].from_credentials(credentials)


def _decision_metadata(turn: dict[str, Any], decision: dict[str, Any]) -> dict[str, Any]:
    applied_rewrite = {
        "id": decision.get("rewrite_id") or "none",
        "from": turn["request"],
        "to": decision["text"],
        "layer": decision.get("layer") or "leave",
        "release": decision.get("release"),
        "arm": decision.get("arm"),
        "propensity": decision.get("propensity"),
        "proof": decision.get("proof"),
    }
    metadata = {"turn_id": decision.get("turn_id") or turn["turn_id"], "why": decision.get("why") or ""}
    if decision.get("ask"):
        metadata["ask"] = decision["ask"]
    if decision.get("reply"):
        metadata["reply"] = decision["reply"]
    return {**metadata, "applied_rewrite": {key: value for key, value in applied_rewrite.items() if value is not None}}


def _unchanged_metadata(turn: dict[str, Any], why: str) -> dict[str, Any]:
    return _decision_metadata(turn, {"text": turn["request"], "why": f"left as it is: {why}"})
