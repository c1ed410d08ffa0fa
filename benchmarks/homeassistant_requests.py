"""The requests of the benchmark on Home Assistant's demo home, what each should do, and a judge of what came of one.

They were written down before there was anything to tune. Half of them, by the CRC of their words, is there to tune on.
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
"""An entity's state and attributes, as Home Assistant gives them."""


class Request(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One request with what should come of it."""

    say: str
    """The words as heard."""
    kind: str
    """plain, polite, misheard, paraphrase, elliptical, negation, unknown name, impossible."""
    home: Literal["off", "on"]
    """How the home is before it: all off, closed and unlocked, or all on, open and locked."""
    spoken_in: str | None = None
    """The room of the device spoken to; None where the device is in no room."""
    after: str | None = None
    """What was said just before."""
    do: dict[str, Any] = {}
    """What each entity should be afterwards: a state, one of several, or attributes."""
    answer: tuple[str, ...] = ()
    """The answer should hold one of these."""
    nothing: bool = False
    """Nothing may happen."""
    may: tuple[str, ...] = ()
    """Entities that may change or not: people differ."""


def read_requests() -> list[Request]:
    """Return all requests in the order they were written."""
    return msgspec.json.Decoder(Request).decode_lines(WRITTEN.read_bytes())


def half(request: Request) -> Literal["tune", "test"]:
    """Tell which half a request is in.

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
    """Return what of a state counts as having changed."""
    attributes = state["attributes"]
    colour = attributes.get("rgb_color")
    return (state["state"], *(attributes.get(name) for name in _COMPARED), tuple(colour) if colour else None)


def judge(
    request: Request, before: Mapping[str, State], after: Mapping[str, State], response: Mapping[str, Any]
) -> Outcome:
    """Say what came of a request.

    Args:
        request: with what should have come of it.
        before: all exposed entities before it.
        after: and after it.
        response: what the assistant answered.

    Returns:
        "not_understood" only where nothing happened and the assistant said so itself.
    """
    changed = {name for name in before if signature(before[name]) != signature(after[name])}
    refused = response["response_type"] == "error"
    if request.nothing:
        answered = response["response_type"] == "query_answer"
        return "wrong" if changed - set(request.may) or answered else "right"
    if refused and not changed:
        return "not_understood"
    if request.answer:
        said = f" {normalise(_speech(response))} "
        told = any(f" {normalise(part)} " in said for part in request.answer) or _clock(request.answer, said)
        if not changed and told:
            return "right"
    elif not changed - set(request.do) - set(request.may) and all(
        _is(want, before[name], after[name]) for name, want in request.do.items()
    ):
        return "right"
    return "wrong"


def missing(request: Request, before: Mapping[str, State], after: Mapping[str, State]) -> Collection[str]:
    """Return the entities that are not yet what they should be."""
    return [name for name, want in request.do.items() if not _is(want, before[name], after[name])]


def _clock(answer: Sequence[str], said: str) -> bool:
    return ":" in answer and re.search(r"\d+ \d\d", said) is not None


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
        return any(_is(one, before, after) for one in want)
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
"""How far off still counts; a fan of three speeds takes the nearest."""

_HUES = {"red": 0, "green": 120, "blue": 240, "purple": 300}


def _hue(colour: Sequence[int]) -> str | None:
    hue, saturation, _ = colorsys.rgb_to_hsv(*(part / 255 for part in colour))
    if saturation < 0.5:
        return None
    return next((name for name, at in _HUES.items() if abs((hue * 360 - at + 180) % 360 - 180) <= 30), None)
