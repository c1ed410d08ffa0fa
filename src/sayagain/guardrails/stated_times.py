"""What a request says besides values: when, for how long, on what condition."""

import operator
import re
from collections.abc import Collection, Sequence

from sayagain.languages import DEFAULT, Language, QuantityWords, language_pack, search_any

__all__ = ["dropped_time", "stated_time", "without_times"]

_HOURS = 24


def stated_time(heard: Sequence[str], names: Collection[str] = (), language: Language | None = None) -> str | None:
    """Return the words that tell when, for how long or on what condition; None where nothing does.

    Args:
        heard: the words of a request.
        names: words of the home's names, which tell no time: the "Evening Lights".
        language: of the words; English where it is not given. In one whose times nobody has written down none is told.

    >>> stated_time("turn on the bedroom lights at 8 am".split())
    'at 8 am'
    >>> stated_time("set the heater to 20 for two hours".split())
    'for two hours'
    >>> stated_time("set the bed light at 20".split()) is None
    True
    >>> stated_time("mach das licht um acht uhr an".split(), language=language_pack("de"))
    'um acht uhr'
    """
    quantities = _quantities(language)
    if quantities is None:
        return None
    text = " ".join(heard)
    if found := search_any(quantities.times, text):
        return found[0]
    named = search_any((quantities.named,), text)
    if named and named[1] not in names:
        return named[0]
    about = search_any((quantities.hours,), text)
    switches = search_any((quantities.switches,), text) and not search_any((quantities.sets,), text)
    return about[0] if about and switches and _hour(about[0]) else None


def dropped_time(
    request: Sequence[str], candidate: Sequence[str], names: Collection[str], language: Language
) -> str | None:
    """Say which time, duration or condition of a request a candidate would drop, or None.

    Args:
        request: the words of a request.
        candidate: the words to be said instead.
        names: of the home; their words tell no time.
        language: of the words.

    >>> english = language_pack("en")
    >>> dropped_time("lock the door the moment i leave".split(), "lock the door".split(), (), english)
    'it would drop the time "the moment i"; ask first'
    >>> dropped_time("turn the lights of soon".split(), "turn the lights of room".split(), (), english)
    """
    is_misheard = len(request) == len(candidate) and sum(map(operator.ne, request, candidate)) <= 1
    if is_misheard:
        return None
    known = frozenset(word for name in names for word in name.split())
    time = stated_time(request, known, language)
    if time is None or stated_time(candidate, known, language) is not None:
        return None
    return f'it would drop the time "{time}"; ask first'


def without_times(heard: Sequence[str], names: Collection[str] = (), language: Language | None = None) -> str:
    """Return a request without the words that tell when or for how long.

    >>> without_times("open the gate every morning at eight".split())
    'open the gate'
    """
    quantities, text = _quantities(language), " ".join(heard)
    if quantities is None:
        return text
    while (time := stated_time(text.split(), names, language)) is not None:
        text = " ".join(text.replace(time, " ", 1).split())
    # What stood beside a time is one, too: "tomorrow at eight".
    is_timed = text != " ".join(heard) and not search_any((quantities.sets,), text)
    about = search_any((quantities.hours,), text) if is_timed else None
    return " ".join(text.replace(about[0], " ").split()) if about and _hour(about[0]) else text


def _quantities(language: Language | None) -> QuantityWords | None:
    pack = language or language_pack(DEFAULT)
    return None if pack is None else pack.quantities


def _hour(words: str) -> bool:
    digits = re.search(r"\d+", words)
    return digits is None or int(digits[0]) <= _HOURS
