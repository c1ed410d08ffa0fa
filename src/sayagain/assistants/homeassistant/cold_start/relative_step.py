"""So much more or less than there is: the value that a step comes to, from the state that Home Assistant reports."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from sayagain.assistants.homeassistant.cold_start.action_phrasings import ACTIONS
from sayagain.assistants.homeassistant.cold_start.action_spotting import numbers, plain
from sayagain.assistants.homeassistant.cold_start.home import HomeArea
from sayagain.assistants.homeassistant.cold_start.matcher import Match, Matcher

__all__ = ["RelativeStep", "State", "relative_step", "step_match"]

State = Callable[[str], Mapping[str, Any] | None]
"""From the id of a thing to its attributes, with its state as `state`; None where they cannot be had."""

_UP = frozenset({"up", "warmer", "hotter", "higher", "brighter", "louder", "faster"})
_DOWN = frozenset({"down", "cooler", "colder", "lower", "dimmer", "darker", "quieter", "slower"})
_RAISES = frozenset({"raise", "increase", "boost", "bump", "crank", "brighten", "heat", "warm", "open"})
_LOWERS = frozenset({"decrease", "reduce", "drop", "dim", "cool", "knock", "close"})
_MORE = frozenset({"more", "another"})
_LESS = frozenset({"less"})
_SIDES = ((_UP, _DOWN), (_RAISES, _LOWERS), (_MORE, _LESS))
"""The first pair that was said tells the direction: to "close it 10 percent more" is downwards."""
_KINDS = {"temperature": "temperature", "brightness": "brightness", "volume": "volume", "speed": "speed"}
_SOME = {"couple": 2, "few": 3}
_NO_NAME = frozenset(
    {"on", "in", "turn", "make", "set", "put", "bring", "move", "nudge", "by", "of", "about", "bit", "and"}
    | {"degree", "degrees", "percent", "point", "points"}
) | frozenset().union(_KINDS, _SOME, _MORE, _LESS)
"""Words of a step that name no thing."""

_NAMED = 0.9
"""Likeness from which a thing is taken for the one that was named."""
_ALONE = 0.05
"""By so much it must be more like it than any other."""


class RelativeStep(msgspec.Struct, frozen=True, kw_only=True):
    """A step."""

    amount: int
    """By how much, with its sign."""
    unit: str | None
    """`percent` or `degrees`; None where it was not said."""
    kind: str | None
    """What is changed, as the action that sets it is named; None where it was not said."""
    rest: tuple[str, ...]
    """The words that name the thing."""


def relative_step(heard: Sequence[str]) -> RelativeStep | None:
    """Return the step that a request asks for; None where its amount or its direction does not show.

    >>> step = relative_step("turn the heater up 2 degrees".split())
    >>> step.amount, step.unit, step.rest
    (2, 'degrees', ('heater',))
    >>> relative_step("a couple of degrees cooler in the study".split()).amount
    -2
    """
    rest, amount, unit = numbers(heard)
    if amount is None:
        rest = tuple(heard)
        amount = next((_SOME[word] for word in heard if word in _SOME), 1 if {"degree", "a"} <= set(heard) else None)
        unit = "degrees" if {"degree", "degrees"} & set(heard) else unit
    if amount is None:
        return None
    for up, down in _SIDES:
        sides = (not up.isdisjoint(rest), not down.isdisjoint(rest))
        if all(sides):
            return None
        if any(sides):
            return RelativeStep(
                amount=amount if sides[0] else -amount,
                unit=unit,
                kind=next((_KINDS[word] for word in rest if word in _KINDS), None),
                rest=_name(rest, next(word for word in rest if word in up | down)),
            )
    return None


def _name(rest: Sequence[str], direction: str) -> tuple[str, ...]:
    """Return the words that name a thing; one of a direction may be among them, as in "heat pump"."""
    at = rest.index(direction)
    others = [word for n, word in enumerate(rest) if n != at]
    return tuple(word for word in plain(others) if word not in _NO_NAME)


def step_match(matcher: Matcher, step: RelativeStep, room: HomeArea | None, state: State) -> Match | None:
    """Return what sets a thing to the value that a step comes to; None where thing or state does not show.

    Args:
        matcher: of the home.
        step: what is asked for.
        room: the room that is spoken in; meant where nothing is named.
        state: returns the attributes of a thing.
    """
    found = []
    for action in ACTIONS:
        if (
            action.value is None
            or (step.unit or action.value) != action.value
            or (step.kind or action.name) != action.name
        ):
            continue
        found += [(score, action, thing) for score, thing in matcher.things(step.rest, action, room)]
    # One thing may have several names: its own comes first.
    found.sort(key=lambda one: (-one[0], one[2].whole, one[2].said, one[2].name))
    if not found or found[0][0] < _NAMED or len(found[0][2].entities) != 1:
        return None
    score, action, thing = found[0]
    if any(other.entities != thing.entities and near > score - _ALONE for near, _, other in found):
        return None
    attributes = state(next(iter(thing.entities)))
    value = _stepped(action.name, step.amount, attributes) if attributes is not None else None
    worded = matcher.say(action, thing, value) if value is not None else None
    if worded is None:
        return None
    text, hypothesis = worded
    return Match(text=text, hypothesis=hypothesis, score=score, action=action, thing=thing, value=value)


def _stepped(action: str, amount: int, attributes: Mapping[str, Any]) -> int | None:
    """Return the new value; None where the old one is not known, or there is no such value."""
    now = _now(action, attributes)
    if now is None:
        return None
    value = now + amount
    if action != "temperature":
        return round(min(max(value, 0), 100))
    lowest, highest = attributes.get("min_temp", value), attributes.get("max_temp", value)
    return int(value) if value == int(value) and lowest <= value <= highest else None


def _now(action: str, attributes: Mapping[str, Any]) -> float | None:
    name, scale = {
        "temperature": ("temperature", 1.0),
        "brightness": ("brightness", 100 / 255),
        "speed": ("percentage", 1.0),
        "position": ("current_position", 1.0),
        "volume": ("volume_level", 100.0),
    }[action]
    now = attributes.get(name)
    if now is None and action == "brightness" and attributes.get("state") == "off":
        return 0.0
    return now * scale if isinstance(now, int | float) else None
