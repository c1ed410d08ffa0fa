"""Requests for Home Assistant's demo home with their expected effects, and the judge of the effect of a request.

All requests were written before any tuning. A CRC of the words assigns each to the tune half or the test half.
"""

import colorsys
import re
import zlib
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import msgspec

from sayagain.text import normalise

__all__ = ["OUTCOMES", "Outcome", "Request", "State", "half", "judge", "read_requests", "signature"]

WRITTEN = Path(__file__).with_name("homeassistant_requests.jsonl")

Outcome = Literal["right", "wrong", "not_understood", "asked"]
OUTCOMES: tuple[Outcome, ...] = ("right", "wrong", "not_understood", "asked")

State = Mapping[str, Any]
"""An entity's state and attributes, in Home Assistant's format."""


class Request(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One request with its expected effect."""

    say: str
    """The words as heard."""
    kind: str
    """plain, polite, misheard, paraphrase, elliptical, negation, unknown name, impossible."""
    home: Literal["off", "on"]
    """State of the home before the request: all off, closed and unlocked, or all on, open and locked."""
    spoken_in: str | None = None
    """Area of the device spoken to; None if the device has no area."""
    after: str | None = None
    """The previous request."""
    do: dict[str, Any] = {}
    """Expected result of each entity: a state, a list of possible states, or attributes."""
    answer: tuple[str, ...] = ()
    """Texts of which the answer must contain one."""
    nothing: bool = False
    """Whether the request must change nothing."""
    may: tuple[str, ...] = ()
    """Entities that may change or not, because people differ about them."""


def read_requests() -> list[Request]:
    """Return all requests in file order."""
    return msgspec.json.Decoder(Request).decode_lines(WRITTEN.read_bytes())


def half(request: Request) -> Literal["tune", "test"]:
    """Return the half of a request.

    >>> half(Request(say="turn on the bed light", kind="plain", home="off"))
    'tune'
    """
    return "tune" if zlib.crc32(request.say.encode()) % 2 == 0 else "test"


_COMPARED = (
    "brightness",
    "percentage",
    "current_position",
    "temperature",
    "target_temp_low",
    "target_temp_high",
    "volume_level",
    "is_volume_muted",
    "humidity",
)


def signature(state: State) -> tuple[Any, ...]:
    """Return the parts of a state whose change counts as an effect."""
    attributes = state["attributes"]
    colour = attributes.get("rgb_color")
    return (state["state"], *(attributes.get(name) for name in _COMPARED), tuple(colour) if colour else None)


def judge(
    request: Request, before: Mapping[str, State], after: Mapping[str, State], response: Mapping[str, Any]
) -> Outcome:
    """Return the outcome of a request.

    Args:
        request: request with its expected effect.
        before: states of all exposed entities before the request.
        after: states afterwards.
        response: response of the assistant.

    Returns:
        "not_understood" only if nothing changed and the assistant reported an error.
    """
    changed = {name for name in before if signature(before[name]) != signature(after[name])}
    refused = response["response_type"] == "error"
    if request.nothing:
        answered = response["response_type"] == "query_answer"
        return "wrong" if changed - set(request.may) or answered else "right"
    if refused and not changed:
        return "not_understood"
    if request.answer:
        speech = f" {normalise(_speech(response))} "
        is_answered = any(f" {normalise(part)} " in speech for part in request.answer)
        if not changed and (is_answered or _states_time(request.answer, speech)):
            return "right"
    elif not changed - set(request.do) - set(request.may) and all(
        _is(want, before[name], after[name]) for name, want in request.do.items()
    ):
        return "right"
    return "wrong"


def missing(request: Request, before: Mapping[str, State], after: Mapping[str, State]) -> Collection[str]:
    """Return the entities without their expected result."""
    return [name for name, want in request.do.items() if not _is(want, before[name], after[name])]


def _states_time(answer: Sequence[str], speech: str) -> bool:
    return ":" in answer and re.search(r"\d+ \d\d", speech) is not None


def _speech(response: Mapping[str, Any]) -> str:
    speech: str = response.get("speech", {}).get("plain", {}).get("speech", "")
    return speech


_SAME = {
    "closed": {"closed", "closing"},
    "open": {"open", "opening"},
    "locked": {"locked", "locking"},
    "unlocked": {"unlocked", "unlocking"},
    "returning": {"returning", "docked"},
}


def _is(want: Any, before: State, after: State) -> bool:  # noqa: ANN401  (as JSON gives it)
    if isinstance(want, list):
        return any(_is(alternative, before, after) for alternative in want)
    if isinstance(want, str):
        return after["state"] in _SAME.get(want, {want})
    return all(_has(name, value, before["attributes"], after["attributes"]) for name, value in want.items())


def _has(name: str, value: Any, before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:  # noqa: ANN401
    attribute, scale = _ATTRIBUTES[name]
    now, was = after.get(attribute), before.get(attribute)
    if now is None:
        return False
    if value == "lower":
        return was is not None and bool(now < was)
    if value == "higher":
        return was is not None and bool(now > was)
    if name == "color":
        return bool(_hue(now) == value)
    if isinstance(value, bool):
        return bool(now) == value
    return bool(abs(now * scale - value) <= _WITHIN.get(name, 1.0))


_ATTRIBUTES = {
    "brightness": ("brightness", 100 / 255),
    "percentage": ("percentage", 1.0),
    "position": ("current_position", 1.0),
    "temperature": ("temperature", 1.0),
    "volume": ("volume_level", 100.0),
    "muted": ("is_volume_muted", 1.0),
    "color": ("rgb_color", 1.0),
}
_WITHIN = {"temperature": 0.1, "percentage": 34.0}
"""Tolerances by attribute; a fan with three speeds takes the nearest."""

_HUES = {"red": 0, "green": 120, "blue": 240, "purple": 300}


def _hue(colour: Sequence[int]) -> str | None:
    hue, saturation, _ = colorsys.rgb_to_hsv(*(part / 255 for part in colour))
    if saturation < 0.5:
        return None
    return next((name for name, degrees in _HUES.items() if abs((hue * 360 - degrees + 180) % 360 - 180) <= 30), None)
