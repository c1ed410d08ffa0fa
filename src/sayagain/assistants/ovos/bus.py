"""The OVOS message bus, listened to over its WebSocket for as long as it takes: it may come, go and come back."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec

from sayagain.assistants.assistant import Event
from sayagain.assistants.ovos.message import CONTEXT_KEY
from sayagain.assistants.ovos.watch import TICK, watched
from sayagain.extras import require

__all__ = ["HOST", "PORT", "listen", "parse_message"]

HOST = "127.0.0.1"
"""Where `ovos-messagebus` listens unless mycroft.conf says otherwise."""

PORT = 8181
"""Likewise."""

_A_TICK = 1_000
"""How often the time is told, in milliseconds."""

_CLOSE = 8
"""What a WebSocket says when it hangs up (RFC 6455, 5.5.1)."""

_KEPT = ("lang", "skill_id", "user_id", CONTEXT_KEY)
_KEPT_OF_SESSION = ("session_id", "site_id", "lang")


def parse_message(message: Mapping[str, Any], at: int) -> Event | None:
    """Return what is kept of a message of the bus: only what `Ovos` reads, and nothing of where the home is.

    Args:
        message: with `type`, `data` and `context`, as it came.
        at: when it came, in milliseconds since 1970.

    Returns:
        The event; None for a message that tells nothing of a turn.

    >>> parse_message({"type": "gui.page.show", "data": {}, "context": {}}, 0)
    >>> parse_message({"type": "speak", "data": {}, "context": {"session": {"session_id": "s", "location": {}}}}, 5)
    {'at': 5, 'type': 'speak', 'data': {}, 'context': {'session': {'session_id': 's'}}}
    """
    kind, data = message.get("type"), message.get("data") or {}
    if not isinstance(kind, str) or not watched(kind, data):
        return None
    context = message.get("context")
    if not isinstance(context, Mapping):
        return {"at": at, "type": kind, "data": data, "context": {}}
    kept = {key: context[key] for key in _KEPT if key in context}
    session = context.get("session")
    if isinstance(session, Mapping):
        kept["session"] = {key: session[key] for key in _KEPT_OF_SESSION if key in session}
    return {"at": at, "type": kind, "data": data, "context": kept}


def listen(
    host: str,
    port: int,
    stop: threading.Event,
    *,
    tell: Callable[[str], None] = lambda _: None,
    patience: int = 30_000,
) -> Iterator[Event]:
    """Yield what the bus carries, and ticks of the clock; lost, the connection is made again.

    Args:
        host: of the bus.
        port: of the bus.
        stop: set by whoever wants it to end; it then does within a second.
        tell: told, in words, when the bus comes and goes.
        patience: the longest pause between two tries to connect, in milliseconds.

    Raises:
        MissingExtra: websocket-client is not installed.
    """
    websocket = require("websocket", "ovos")
    url, pause, lost = f"ws://{host}:{port}/core", _A_TICK, ""
    while not stop.is_set():
        try:
            # Text is checked where it is decoded: one bad message is no reason to hang up.
            connection = websocket.create_connection(url, timeout=_A_TICK / 1000, skip_utf8_validation=True)
        except (OSError, websocket.WebSocketException) as error:
            if (why := f"{type(error).__name__}: {error}") != lost:
                tell(f"{url} cannot be reached ({why}); trying again until it can")
                lost = why
            yield _tick()
            stop.wait(pause / 1000)
            pause = min(2 * pause, patience)
            continue
        tell(f"listening to {url}")
        pause, lost = _A_TICK, ""
        try:
            yield from _heard(connection, stop, websocket.WebSocketTimeoutException)
        except (OSError, websocket.WebSocketException) as error:
            lost = f"{type(error).__name__}: {error}"
            tell(f"{url} is gone ({lost}); trying again until it is back")
        finally:
            connection.shutdown()


def _heard(connection: Any, stop: threading.Event, silence: type[Exception]) -> Iterator[Event]:  # noqa: ANN401  (a library without types)
    told = 0
    while not stop.is_set():
        try:
            kind, text = connection.recv_data()
        except silence:
            kind, text = None, None
        if kind == _CLOSE:
            raise ConnectionResetError("it hung up")
        now = time.time_ns() // 1_000_000
        if text is not None:
            try:
                message = msgspec.json.decode(text)
            except (msgspec.MsgspecError, UnicodeDecodeError):
                # Whatever it is, it is no message, and not for us.
                message = None
            if isinstance(message, dict) and (event := parse_message(message, now)) is not None:
                yield event
        if now - told >= _A_TICK:
            told = now
            yield _tick()


def _tick() -> Event:
    return {"at": time.time_ns() // 1_000_000, "type": TICK, "data": {}, "context": {}}
