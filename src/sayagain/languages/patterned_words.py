"""What one language says by the form of a request: acts that no opening tells, times, durations and steps.

Patterns are regular expressions over the words of a request, joined by spaces, as `spoken_words` gives them.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any

import msgspec

__all__ = ["ActWords", "QuantityWords", "read_act_words", "read_quantity_words", "search_any"]

Patterns = tuple[str, ...]

_LONG = frozenset({"second", "minute", "hour", "day", "week", "month", "year"})
"""Units of time."""

_PART = re.compile(r"<(\w+)>")


class ActWords(msgspec.Struct, frozen=True, kw_only=True):
    """Patterns that tell what a request does where its opening does not."""

    complaints: Patterns
    """What the assistant is to leave: "stop turning off the lights"."""
    reports: Patterns
    """Statements beside those of `Language.reports`."""
    wishes: Patterns
    """Statements that order what they tell of: "I want the lights turned off"."""
    courtesies: Patterns
    """Orders in the words of a question: "would it be possible to …"."""
    orders_within: Patterns
    """An order that a statement or a question goes on to: "it's dark in here, turn on the lights"."""
    pause: str
    """The word that a comma is taken for: a pause, behind which an order may stand."""
    may_order: Patterns = ()
    """An order behind a report that nothing sets apart from it: "it's bedtime turn the lights off"."""
    no_state: Patterns = ()
    """Questions for a reason, a person, a time or a way; no state of a home is the answer."""
    cut_off: frozenset[str] = frozenset()
    """Words that end no statement: behind them it has not said anything, and was something else, misheard."""


class QuantityWords(msgspec.Struct, frozen=True, kw_only=True):
    """Patterns of what a request says besides values: when, for how long, on what condition, how much more or less."""

    times: Patterns = ()
    """What tells when, for how long or on what condition, whatever is said before it."""
    named: str | None = None
    """A named time, in its first group, with what stands before it."""
    hours: str | None = None
    """A time where something is switched, and a value where something is set."""
    switches: str | None = None
    """Words of switching."""
    sets: str | None = None
    """Words of setting."""
    steps: Patterns
    """So much more or less than there is."""
    steps_unless_to: Patterns
    """The same, unless `to` was said, too: "down 20 degrees" and not "down to 20 degrees"."""
    to: str
    """What a value is set to."""


def read_act_words(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of `ActWords` from the table of a file."""
    return _filled(raw, {}) | {"pause": raw["pause"], "cut_off": raw.get("cut_off", "").split()}


def read_quantity_words(
    raw: Mapping[str, Any], language: Mapping[str, Any], plain: Callable[[str], str]
) -> dict[str, Any]:
    """Return the fields of `QuantityWords` from the table of a file.

    Args:
        raw: the table; its `now` holds the named times that tell no other time.
        language: the fields of `Language` so far, for the spelling of numbers, units and times.
        plain: writes a word as `spoken_words` does.
    """
    now = {plain(word) for word in raw.get("now", "").split()}
    spelt = _choice(language["numbers"])
    parts = {
        "number": rf"(?:\d+(?:[.:,]\d+)?|{spelt}(?:[ -]{spelt})*)",
        "unit": _choice(word for word, unit in language["units"].items() if unit in _LONG),
        "named": _choice(word for word, time in language["times"].items() if time not in now),
    }
    return _filled({name: value for name, value in raw.items() if name != "now"}, parts)


def search_any(patterns: Iterable[str | None], text: str) -> re.Match[str] | None:
    """Return the match of the first pattern that is found in a text; None where none is, or none is written down.

    >>> search_any(("a b", "b c"), "a b c")[0], search_any((None,), "a")
    ('a b', None)
    """
    return next((match for pattern in patterns if pattern and (match := _compiled(pattern).search(text))), None)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _choice(words: Any) -> str:  # noqa: ANN401  (an iterable of words)
    return f"(?:{'|'.join(map(re.escape, sorted(words, key=lambda word: (-len(word), word))))})"


def _filled(raw: Mapping[str, Any], parts: Mapping[str, str]) -> dict[str, Any]:
    """Put the named parts into the patterns of a table; parts may hold others."""
    known = {name: f"(?:{'|'.join(lines)})" for name, lines in raw.get("parts", {}).items()} | dict(parts)

    def fill(pattern: str) -> str:
        while _PART.search(pattern) is not None:
            pattern = _PART.sub(lambda part: known[part[1]], pattern)
        return pattern

    return {
        name: fill(value) if isinstance(value, str) else [fill(line) for line in value]
        for name, value in raw.items()
        if name != "parts"
    }
