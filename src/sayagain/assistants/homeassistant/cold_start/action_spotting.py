"""What is to be done, found in the words of a request: the action, how surely it was said, and the other words."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

import msgspec

from sayagain.assistants.homeassistant.cold_start.action_phrasing import ActionPhrasing
from sayagain.assistants.homeassistant.cold_start.action_phrasings import ACTIONS, FILLERS
from sayagain.text import letter_similarity, sound_key

__all__ = ["SpottedAction", "numbers", "plain", "spot_actions"]

_VALUES = {"half": 50, "halfway": 50, "max": 100, "maximum": 100, "full": 100, "quarter": 25, "minimum": 1}
_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
_ONES = {word: n for n, word in enumerate(_SMALL.split(" "))}
_LARGE = "twenty thirty forty fifty sixty seventy eighty ninety"
_TENS = {word: 10 * n for n, word in enumerate(_LARGE.split(" "), 2)}
_UNITS = {
    "percent": "percent",
    "%": "percent",
    "way": None,
    **dict.fromkeys(("degrees", "degree", "celsius"), "degrees"),
}
_BELOW_ZERO = frozenset({"minus", "negative"})


class SpottedAction(msgspec.Struct, frozen=True, kw_only=True):
    """An action found in a request."""

    action: ActionPhrasing
    """Which."""
    sure: float
    """How surely it was said, in [0, 1]; below 1 it only sounded like it."""
    rest: tuple[str, ...]
    """The other words that bear meaning: the thing."""
    value: int | None = None
    """The number, where the action needs one."""
    used: int = 0
    """How many words told the action; more of them tell it better."""


def plain(heard: Sequence[str]) -> tuple[str, ...]:
    """Return the words that bear meaning.

    >>> plain("could you open the hall window please".split())
    ('open', 'hall', 'window')
    """
    return tuple(word for word in heard if word not in FILLERS)


def numbers(heard: Sequence[str]) -> tuple[tuple[str, ...], int | None, str | None]:
    """Take the value out of a request: the other words, the value, and its unit where said.

    Of several numbers the value is the one that has a unit, or else the one behind "to" or "at"; where that does not
    tell, there is none.

    >>> numbers("bed light at forty five percent".split())
    (('bed', 'light', 'at'), 45, 'percent')
    >>> numbers("set lamp 2 to 50".split())
    (('set', 'lamp', '2', 'to'), 50, None)
    >>> numbers("set it to 20 for two".split())
    (('set', 'it', 'to', 'for', 'two'), 20, None)
    """
    stated = list(_stated(heard))
    chosen = next(
        (
            kept
            for kept in (
                stated,
                [one for one in stated if one.unit is not None],
                [one for one in stated if one.start and heard[one.start - 1] in {"to", "at"}],
            )
            if len(kept) == 1
        ),
        None,
    )
    taken = range(chosen[0].start, chosen[0].end) if chosen is not None else range(0)
    rest = tuple(word for at, word in enumerate(heard) if at not in taken and not (chosen and word in _UNITS))
    return (rest, chosen[0].value, chosen[0].unit) if chosen is not None else (rest, None, None)


class _StatedNumber(msgspec.Struct, frozen=True, kw_only=True):
    start: int
    end: int
    value: int
    unit: str | None


def _stated(heard: Sequence[str]) -> Iterator[_StatedNumber]:
    at = 0
    while at < len(heard):
        value, length = _number(heard, at)
        if value is None:
            at += 1
            continue
        end = at + length
        unit = next((_UNITS[word] for word in heard[end : end + 1] if word in _UNITS), None)
        if heard[at] in _VALUES or heard[at].endswith("%"):
            unit = unit or "percent"
        if at and heard[at - 1] in _BELOW_ZERO:
            # There is no value below zero to set.
            at = end
            continue
        yield _StatedNumber(start=at, end=end, value=value, unit=unit)
        at = end


def _number(heard: Sequence[str], at: int) -> tuple[int | None, int]:
    """Return the number that stands at a place, and how many words it takes."""
    word, following = heard[at], heard[at + 1] if at + 1 < len(heard) else ""
    if re.fullmatch(r"\d{1,3}%?", word):
        return int(word.rstrip("%")), 1
    if word in {"a", "one"} and following == "hundred":
        return 100, 2
    if word == "hundred":
        return 100, 1
    if word in _TENS:
        more = 0 < _ONES.get(following, 0) < 10
        return _TENS[word] + (_ONES[following] if more else 0), 1 + more
    if word in _ONES and (word != "one" or following in _UNITS):
        return _ONES[word], 1
    return (_VALUES[word], 1) if word in _VALUES else (None, 0)


def spot_actions(heard: Sequence[str]) -> Iterator[SpottedAction]:
    """Find every action that the words may mean, each by the way that uses most of them.

    >>> best = max(spot_actions("kill the kitchen lights".split()), key=lambda one: (one.sure, one.used))
    >>> best.action.name, best.rest
    ('off', ('kitchen', 'lights'))
    """
    words, value, unit = numbers(_THANKS.sub(" ", " ".join(heard)).split())
    for action in ACTIONS:
        if (action.value is None) != (value is None):
            continue
        if action.value is not None and unit is not None and unit != action.value:
            continue
        best: SpottedAction | None = None
        for way in action.ways:
            for sure, taken in _find(tuple(way.split()), words):
                rest = plain([word for at, word in enumerate(words) if at not in taken])
                now = SpottedAction(action=action, sure=sure, rest=rest, value=value, used=len(taken))
                if best is None or _told(now) > _told(best):
                    best = now
        if best is not None and (best.action.asks or not _QUESTION.match(" ".join(words))):
            yield best


_THANKS = re.compile(r"\b(?:please )?and (?:thank you|thanks)\b")
_QUESTION = re.compile(r"(?:is|are|what|whats|what's|how|did|have i|does|it's)\b(?! about)")


def _told(spotted: SpottedAction) -> float:
    """More words tell an action better; sounding like them tells it worse."""
    return 0.1 * spotted.used + spotted.sure


def _find(way: tuple[str, ...], words: Sequence[str]) -> Iterator[tuple[float, frozenset[int]]]:
    """Find a way of speaking in the words: how surely, and which words it took."""
    if not way:
        yield 1.0, frozenset()
        return
    for start in range(len(words)):
        found = _follow(way, words, start)
        if found is not None:
            yield found


def _follow(way: tuple[str, ...], words: Sequence[str], start: int) -> tuple[float, frozenset[int]] | None:
    taken: list[int] = []
    at, sure, gap = start, 1.0, way[0] == "*"
    for part in way:
        if part == "*":
            gap = True
            continue
        while True:
            if at >= len(words):
                return None
            likeness = _alike(words[at], part)
            if likeness:
                break
            # Between the parts of one way may stand what people drop in; across a gap, anything.
            if not gap and not (taken and words[at] in _DROPPED_IN):
                return None
            at += 1
        taken.append(at)
        sure = min(sure, likeness)
        at += 1
        gap = False
    return sure, frozenset(taken)


_DROPPED_IN = frozenset({"me", "you", "it", "the", "my", "now", "a"})


@lru_cache(maxsize=1 << 14)
def _alike(word: str, part: str) -> float:
    if word == part:
        return 1.0
    if len(part) < 4:
        return 0.0
    for ending in ("ed", "ing", "s"):
        if word == part + ending:
            return 0.97
    if sound_key(word) == sound_key(part):
        return 0.9
    # One slip in a word of some length.
    return 0.85 if letter_similarity(word, part) >= 0.8 else 0.0
