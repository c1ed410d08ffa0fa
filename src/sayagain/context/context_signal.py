"""Context signals: typed records of the situation of a request, as it was before the request, with their age.

Missing signals are normal: an assistant reports what it has. A stale signal counts as missing.
"""

from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec

from sayagain.turns import Turn

__all__ = ["STALE", "ContextSignal", "ContextSignalKind", "context_signals"]

ContextSignalKind = Literal[
    "device state", "device type", "room", "time", "weekday", "activity", "sensor", "last request", "last action"
]
"""What a signal tells about."""

STALE: dict[str, int] = {"last request": 300_000, "last action": 60_000}
"""Age from which a signal is stale, by kind, in milliseconds."""

READ_LATE = 60_000
"""Time before the request from which states that were read then are stale, in milliseconds."""


class ContextSignal(msgspec.Struct, frozen=True, kw_only=True):
    """One signal of the situation of a request.

    >>> ContextSignal(kind="room", name="room", value="kitchen").age is None
    True
    """

    kind: ContextSignalKind
    """What it tells about."""
    name: str
    """Its name: the id of the device or sensor, or the kind where there is one of it."""
    value: str | int | float | bool
    """Its value, as reported."""
    age: int | None = None
    """Time from the reading to the request, in milliseconds; None where it is not known."""


def context_signals(turn: Turn, history: Sequence[Turn] = ()) -> list[ContextSignal]:
    """Return the fresh signals of a turn's situation.

    Args:
        turn: under way or logged; only what was known before its answer is looked at.
        history: the turns before it in its session, oldest first.

    >>> from sayagain.turns import Context
    >>> oven = Context(device_states={"oven": "on"}, read_at=1_000)
    >>> [signal.name for signal in context_signals(Turn(turn_id="t", started=2_000, request="", context=oven))]
    ['oven']
    >>> context_signals(Turn(turn_id="t", started=900_000, request="", context=oven))
    []
    """
    return [signal for signal in _signals(turn, history) if not _is_stale(signal)]


def _is_stale(signal: ContextSignal) -> bool:
    age = signal.age
    # A state that was read after the request may be what the request did.
    return age is not None and (age < 0 or age > STALE.get(signal.kind, READ_LATE))


def _signals(turn: Turn, history: Sequence[Turn]) -> Iterator[ContextSignal]:
    context = turn.context
    room = turn.area or (context.area if context is not None else None)
    if room:
        yield ContextSignal(kind="room", name="room", value=room)
    if context is not None:
        age = None if context.read_at is None else turn.started - context.read_at
        for device, state in context.device_states.items():
            yield ContextSignal(kind="device state", name=device, value=state, age=age)
        for sensor, value in context.sensors.items():
            yield ContextSignal(kind="sensor", name=sensor, value=value, age=age)
        if context.screen is not None:
            yield ContextSignal(kind="device type", name="screen", value=context.screen)
        if context.activity:
            yield ContextSignal(kind="activity", name="activity", value=context.activity, age=age)
        if context.local_time:
            yield ContextSignal(kind="time", name="time", value=context.local_time)
        if context.weekday is not None:
            yield ContextSignal(kind="weekday", name="weekday", value=context.weekday)
    if history:
        yield from _session_signals(turn, history[-1])


def _session_signals(turn: Turn, last: Turn) -> Iterator[ContextSignal]:
    age = turn.started - (last.ended or last.started)
    # Said again, it is no context but a retry.
    retried = any(last.understood.key == hypothesis.key for hypothesis in turn.hypotheses)
    if not last.understood.empty and not retried:
        yield ContextSignal(kind="last request", name="last request", value=last.understood.intent, age=age)
    for action in last.actions:
        if action.ok:
            yield ContextSignal(kind="last action", name="last action", value=action.target, age=age)
