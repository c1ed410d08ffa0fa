"""The OVOS message bus, followed over its WebSocket, with reconnection."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec

from sayagain.assistants.assistant import Event
from sayagain.assistants.ovos.message import CONTEXT_KEY
from sayagain.assistants.ovos.watch import TICK, is_watched
from sayagain.extras import require

__all__ = ["HOST", "PORT", "listen", "parse_message"]

HOST = "127.0.0.1"
"""Default host of `ovos-messagebus`."""

PORT = 8181
"""Default port of `ovos-messagebus`."""

_TICK_INTERVAL = 1_000
"""Interval of ticks, in milliseconds."""

_CLOSE_OPCODE = 8
"""Opcode of a WebSocket's close frame (RFC 6455, 5.5.1)."""

_CONTEXT_KEYS = ("lang", "skill_id", "user_id", CONTEXT_KEY)
_SESSION_KEYS = ("session_id", "site_id", "lang")


def parse_message(message: Mapping[str, Any], at: int) -> Event | None:
    """Return the part of a bus message that `Ovos` reads, without the location of the home.

    Args:
        message: a message with `type`, `data` and `context`.
        at: time of arrival, in milliseconds since 1970.

    Returns:
        The event; None for a message that belongs to no turn.

    >>> parse_message({"type": "gui.page.show", "data": {}, "context": {}}, 0)
    >>> parse_message({"type": "speak", "data": {}, "context": {"session": {"session_id": "s", "location": {}}}}, 5)
    {'at': 5, 'type': 'speak', 'data': {}, 'context': {'session': {'session_id': 's'}}}
    """
    kind, data = message.get("type"), message.get("data") or {}
    if not isinstance(kind, str) or not is_watched(kind, data):
        return None
    context = message.get("context")
    if not isinstance(context, Mapping):
        return {"at": at, "type": kind, "data": data, "context": {}}
    event_context = {key: context[key] for key in _CONTEXT_KEYS if key in context}
    session = context.get("session")
    if isinstance(session, Mapping):
        event_context["session"] = {key: session[key] for key in _SESSION_KEYS if key in session}
    return {"at": at, "type": kind, "data": data, "context": event_context}


def listen(
    host: str,
    port: int,
    stop: threading.Event,
    *,
    report: Callable[[str], None] = lambda _: None,
    patience: int = 30_000,
) -> Iterator[Event]:
    """Yield events of the bus and ticks of the clock; reconnect when the connection is lost.

    Args:
        host: host of the bus.
        port: port of the bus.
        stop: ends the iteration within a second once it is set.
        report: called with a sentence when the connection is made or lost.
        patience: longest pause between two attempts to connect, in milliseconds.

    Raises:
        MissingExtra: websocket-client is not installed.
    """
    websocket = require("websocket", "ovos")
    url, pause, last_error = f"ws://{host}:{port}/core", _TICK_INTERVAL, ""
    while not stop.is_set():
        try:
            # Text is validated when it is decoded, so that one bad message does not end the connection.
            connection = websocket.create_connection(url, timeout=_TICK_INTERVAL / 1000, skip_utf8_validation=True)
        except (OSError, websocket.WebSocketException) as error:
            if (reason := f"{type(error).__name__}: {error}") != last_error:
                report(f"cannot connect to {url} ({reason}); retrying")
                last_error = reason
            yield _tick()
            stop.wait(pause / 1000)
            pause = min(2 * pause, patience)
            continue
        report(f"listening to {url}")
        pause, last_error = _TICK_INTERVAL, ""
        try:
            yield from _receive(connection, stop, websocket.WebSocketTimeoutException)
        except (OSError, websocket.WebSocketException) as error:
            last_error = f"{type(error).__name__}: {error}"
            report(f"lost the connection to {url} ({last_error}); reconnecting")
        finally:
            connection.shutdown()


def _receive(connection: Any, stop: threading.Event, timeout_error: type[Exception]) -> Iterator[Event]:  # noqa: ANN401  (a library without types)
    last_tick = 0
    while not stop.is_set():
        try:
            kind, text = connection.recv_data()
        except timeout_error:
            kind, text = None, None
        if kind == _CLOSE_OPCODE:
            raise ConnectionResetError("closed by the bus")
        now = time.time_ns() // 1_000_000
        if text is not None:
            try:
                message = msgspec.json.decode(text)
            except (msgspec.MsgspecError, UnicodeDecodeError):
                # Not a message of the bus.
                message = None
            if isinstance(message, dict) and (event := parse_message(message, now)) is not None:
                yield event
        if now - last_tick >= _TICK_INTERVAL:
            last_tick = now
            yield _tick()


def _tick() -> Event:
    return {"at": time.time_ns() // 1_000_000, "type": TICK, "data": {}, "context": {}}
