"""Stated numbers, units and times: what was said as a value stays that value."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Literal, TypeVar

from sayagain.languages import Language
from sayagain.text import sound_similarity

__all__ = ["changed_number", "numbers"]

Words = tuple[str, ...]
T = TypeVar("T")

_SOUNDS = 0.6
"""Similarity by sound from which a word is a misheard number."""

_DEFAULT_UNITS = frozenset({"degree", "percent"})
"""Units that go without saying: to leave them out changes nothing."""

_COUNTED = frozenset({"second", "minute", "hour", "week", "month", "degree"})
"""Units that count even without a number: "for a minute", "a few degrees"."""

_DEFAULT_TIMES = frozenset({"today"})
"""Times that go without saying."""

LONGEST = 4
"""Words of the longest number, unit or time that a language writes in several: "quatre vingt dix sept"."""

_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?")


def numbers(words: Words, language: Language) -> list[str]:
    """Return the numbers of a request as they are counted, written in digits or in words.

    >>> from sayagain.languages import language_pack
    >>> numbers(("set", "it", "to", "twenty", "five", "at", "6:30"), language_pack("en"))
    ['25', '6', '30']
    """
    return [value for value, _ in _numbers(words, language)]


def changed_number(request: Words, candidate: Words, language: Language) -> str | None:
    """Say which number, unit or time is changed, dropped or made up, or None.

    A number may be made up only where none was heard and a word was heard that sounds like it: "for tea" is "forty".
    """
    before, after = list(_numbers(request, language)), list(_numbers(candidate, language))
    had, has = (Counter(value for value, _ in found) for found in (before, after))
    lost, added = list((had - has).elements()), list((has - had).elements())
    if lost:
        return f'it would turn the number "{lost[0]}" into "{added[0]}"' if added else _drop("number", lost[0])
    if added:
        said = next(words for value, words in after if value == added[0])
        # "En un mintos": what counted nothing counts now that its unit is heard.
        kept = f" {' '.join(said)} " in f" {' '.join(request)} "
        if not kept and (before or not _sounds_like(said, request, candidate, language)):
            return f'it would make up the number "{added[0]}"'
    if before:
        unit = _changed(request, candidate, "unit", language)
    else:
        unit = None if after else _dropped_unit(request, candidate, language)
    return unit or _changed(request, candidate, "time", language)


def _changed(request: Words, candidate: Words, what: Literal["unit", "time"], language: Language) -> str | None:
    known, default = (language.units, _DEFAULT_UNITS) if what == "unit" else (language.times, _DEFAULT_TIMES)
    had, has = (list(_spoken(words, known, language)) for words in (request, candidate))
    lost, added = ([one for one in these if one not in those] for these, those in ((had, has), (has, had)))
    if lost and added:
        return f'it would turn the {what} "{lost[0]}" into "{added[0]}"'
    stated = [one for one in lost if one not in default]
    return _drop(what, stated[0]) if stated else None


def _dropped_unit(request: Words, candidate: Words, language: Language) -> str | None:
    had, has = (list(_spoken(words, language.units, language)) for words in (request, candidate))
    lost = [unit for unit in had if unit in _COUNTED and unit not in has]
    return _drop("unit", lost[0]) if lost else None


def _drop(what: str, value: str) -> str:
    return f'it would drop the {what} "{value}"'


def _sounds_like(number_words: Words, request: Words, candidate: Words, language: Language) -> bool:
    """Whether words of the request that are not all kept sound like a number."""
    spelt = [" ".join(number_words)]
    spelt += [word for word, value in language.numbers.items() if spelt[0] == _plain(value)]
    windows = [request[at : at + length] for at in range(len(request)) for length in (1, 2, 3)]
    directions = frozenset[str]().union(*(pair.one | pair.other for pair in language.opposites))
    # "Down" sounds like "ten", and says where to.
    heard_windows = [" ".join(w) for w in windows if not set(w) <= set(candidate) and directions.isdisjoint(w)]
    return any(sound_similarity(number, window) >= _SOUNDS for number in spelt for window in heard_windows)


def _numbers(words: Words, language: Language) -> Iterator[tuple[str, Words]]:
    at = 0
    while at < len(words):
        word = words[at]
        unit = _entry(words, at, language.units, language) if word in language.long_starts else None
        if unit is not None and unit[1] > 1:
            # The "cent" of "pour cent" counts nothing.
            at += unit[1]
            continue
        if word[-1].isdigit() or word[0].isdigit():
            # The numbers of 6:30 and of 1/2, whatever stands between them.
            for part in _parts(word):
                yield part, (word,)
            at += 1
            continue
        value, used = _spelt(words, at, language)
        if value is not None:
            yield _plain(value), words[at : at + used]
        at += max(used, 1)


def _parts(word: str) -> list[str]:
    if "/" in word:
        return [word]
    glued = re.sub(r"(?<=\d)[-](?=\d)", " ", word)
    return [_plain(float(part)) for part in _NUMBER.findall(glued)]


def _spelt(words: Words, at: int, language: Language) -> tuple[float | None, int]:
    """Return the number that is spelt from here on and how many words it takes: "twenty five", "two hundred"."""
    first_entry = _entry(words, at, language.numbers, language)
    if first_entry is None or (first_entry[0] == 1 and not _counts(words, at, language)):
        return None, 0
    total, used = first_entry
    while at + used < len(words):
        # "Treinta y dos": what joins two numbers counts only where they do join.
        joined = words[at + used] in language.number_joiners
        entry = _entry(words, at + used + joined, language.numbers, language)
        if entry is None:
            break
        next_value, length = entry
        if joined and not _joins(total, next_value):
            break
        if next_value >= 100 and total < next_value:
            total *= next_value
        elif _joins(total, next_value):
            total += next_value
        else:
            break
        used += length + joined
    return total, used


def _entry(words: Words, at: int, table: Mapping[str, T], language: Language) -> tuple[T, int] | None:
    """Return what stands in a table for the words from here on, and how many they are; the longest entry wins."""
    if at >= len(words):
        return None
    longest = LONGEST if words[at] in language.long_starts else 1
    for length in range(min(longest, len(words) - at), 0, -1):
        value = table.get(" ".join(words[at : at + length]))
        if value is not None:
            return value, length
    return None


def _spoken(words: Words, table: Mapping[str, T], language: Language) -> Iterator[T]:
    at = 0
    while at < len(words):
        entry = _entry(words, at, table, language)
        if entry is not None:
            yield entry[0]
        at += entry[1] if entry is not None else 1


def _joins(total: float, more: float) -> bool:
    """Whether a number word is said behind another to be added: "twenty five", "hundred twenty"."""
    tens = total >= 20 and total % 10 == 0 and 0 < more < 10
    return tens or (total >= 100 and total % 100 == 0 and 0 < more < 100)


def _counts(words: Words, at: int, language: Language) -> bool:
    """Whether "one" counts something: "one minute", and not "that one"."""
    following = words[at + 1] if at + 1 < len(words) else ""
    return following in language.units or following in language.numbers or (at > 0 and words[at - 1].isdigit())


def _plain(value: float) -> str:
    return str(int(value)) if value == int(value) else str(value)
