"""Conditions: what is true in the situation of a request, as short texts that a split can test.

A device at rest (off, closed, docked) states nothing, so that assistants which report only what is on, and those which
report every state, give the same conditions. The room of the request is named `here` wherever an id ends with it.
"""

from collections.abc import Iterable, Iterator

from sayagain.context.context_signal import ContextSignal

__all__ = ["HERE", "RESTING", "conditions"]

HERE = "here"
"""The room of the request."""

RESTING = frozenset(
    {"off", "closed", "locked", "idle", "docked", "standby", "unavailable", "unknown", "none", "low", "not_home", ""}
)
"""States in which a device does nothing, or in which nothing is known of it."""

_FIRST_HOUR, _LAST_HOUR = 5, 23


def conditions(signals: Iterable[ContextSignal]) -> frozenset[str]:
    """Return what is true by some signals.

    >>> oven = ContextSignal(kind="device state", name="oven.oven", value="180")
    >>> night = ContextSignal(kind="time", name="time", value="22:10")
    >>> sorted(conditions([oven]))
    ['oven.oven is on']
    >>> "after 22:00" in conditions([night]), "after 23:00" in conditions([night])
    (True, False)
    """
    listed = list(signals)
    room = next((str(signal.value) for signal in listed if signal.kind == "room"), "")
    return frozenset(condition for signal in listed for condition in _conditions(signal, room))


def _conditions(signal: ContextSignal, room: str) -> Iterator[str]:
    value = str(signal.value)
    match signal.kind:
        case "device state" | "sensor":
            yield from _state_conditions(_placed_id(signal.name, room), value)
        case "device type":
            if signal.value is True:
                yield signal.name
        case "time":
            hour = int(value.partition(":")[0]) if value[:1].isdigit() else -1
            for bound in range(_FIRST_HOUR, _LAST_HOUR + 1):
                if hour >= bound:
                    yield f"after {bound:02d}:00"
        case "weekday":
            yield "weekend" if value in {"5", "6"} else "workday"
        case "last action":
            yield "something was acted on"
            yield f"{value.partition('.')[0]} was acted on"
        case "last request":
            yield f"after {value}"
        case _:
            yield f"{signal.kind} {value}"


def _state_conditions(name: str, value: str) -> Iterator[str]:
    number = _number(value)
    if value.casefold() in RESTING:
        return
    yield f"{name} is on"
    if number is None:
        # Of a long state, such as a title that is playing, only its kind recurs.
        yield f"{name} is {value.casefold().replace('.', ' ').split(' ')[0]}"
    elif number < 0:
        yield f"{name} is below 0"


def _number(value: str) -> float | None:
    try:
        return float(value)
    except ValueError:
        return None


def _placed_id(name: str, room: str) -> str:
    head, dot, tail = name.partition(".")
    return f"{head}.{HERE}" if dot and room and tail == room else name
