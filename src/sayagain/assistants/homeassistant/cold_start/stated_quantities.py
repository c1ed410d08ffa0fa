"""What a request says besides values: when, for how long, on what condition, by how much more or less; English."""

import re
from collections.abc import Collection, Sequence

from sayagain.languages import DEFAULT, language_pack

__all__ = ["stated_time", "states_step", "without_times"]

_LONG = frozenset({"second", "minute", "hour", "day", "week", "month", "year"})


def _pack() -> tuple[str, str, str]:
    """Return patterns of a number, of a unit of time, and of a named time."""
    pack = language_pack(DEFAULT)
    if pack is None:  # pragma: no cover  (the package always has English)
        raise AssertionError
    spelt = "|".join(sorted(pack.numbers, key=lambda word: -len(word)))
    number = rf"(?:\d+(?:[.:,]\d+)?|(?:{spelt})(?:[ -](?:{spelt}))*)"
    units = "|".join(sorted((word for word, unit in pack.units.items() if unit in _LONG), key=lambda word: -len(word)))
    named = "|".join(word for word, time in pack.times.items() if time != "today")
    return number, units, named


_N, _UNIT, _NAMED = _pack()
_PERCENT = r"(?! ?(?:percent|%|degrees?|celsius|fahrenheit))"
_DAYS = rf"(?:days?|nights?|mornings?|afternoons?|evenings?|weeks?|weekdays?|weekends?|hours?|minutes?|month|{_NAMED})"
_PEOPLE = r"(?:i|we|he|she|they|it|you|everyone|everybody|someone|somebody|nobody|my|our|the kids|the children)"
_EVENTS = (
    r"(?:dinner|lunch|breakfast|supper|bed|bedtime|work|school|sunset|sunrise|dark|dusk|dawn|noon|midnight|"
    r"the (?:sun|movie|film|news|game|match|show|rain|meeting|party|weekend|holidays?))"
)

_PARTS = r"(?:sunset|sunrise|dusk|dawn|night|nightfall|bedtime|day|daytime)"
_COURTESY = (
    r"(?:you (?:could|can|would|please|dont|don't|do|want|like|will|may|might)|possible|(?:we|i) (?:could|can|may))"
)

_DURATION = (
    rf"(?:half an?|a (?:few|couple(?: of)?|quarter of an?)|several|some|the (?:next|last)(?: {_N})?|"
    rf"{_N}(?: and a half)?|an?(?: {_N})?)(?: more)? (?:{_UNIT})"
)

_TIMES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b(?:for |in |after |within |every )?{_DURATION}\b(?! floor)(?: from now)?(?: and a half)?",
        rf"\b(?:at |by |from |until |till |before |after )?{_N} ?(?:am|pm|a m|p m|o ?'?clock)\b",
        r"\b(?:at |by |from )?\d{1,2}:\d\d\b",
        rf"\b(?:at |by )?(?:half|quarter|{_N}) (?:past|after) {_N}\b",
        rf"\b(?:at |by )?(?:a )?(?:quarter|ten|twenty|five) to {_N}\b",
        rf"\b(?:until|till|before|around) (?:about )?{_N}\b{_PERCENT}",
        rf"\bfrom {_N} (?:to|till|until) {_N}\b{_PERCENT}",
        rf"\b(?:at|in|over|during|for|by|all|through) (?:the )?{_PARTS}\b",
        r"\b(?:overnight|later|soon|eventually|daily|nightly|weekly|sunset|sunrise)\b",
        r"\b(?:in|for|after) a (?:bit|while|moment|jiffy)\b",
        rf"\b(?:every|each|next|this) (?:other |{_N} )?{_DAYS}\b",
        r"\bon (?:weekdays|weekends|workdays|holidays)\b",
        r"\b(?:when|whenever|once|while|as soon as|as long as|unless|in case|until|till|the moment)(?= \w)",
        rf"(?<!me )(?<!check )(?<!see )(?<!know )(?<!wonder )(?<!wondering )(?<!sure )\bif\b(?! {_COURTESY}\b)",
        rf"\b(?:after|before|until) (?:{_PEOPLE}|{_EVENTS})\b",
    )
)
"""Whatever is said before them, these tell when, for how long or on what condition."""

_ABOUT_TIMES = re.compile(rf"\b(?:at|by|from|after) {_N}\b{_PERCENT}")
"""A time where something is switched, and a value where something is set."""
_SWITCHES = re.compile(
    r"\b(?:(?:turn|turned|turning|switch|shut|power|put)\b.* (?:on|off|out)|"
    r"open|close|shut|lock|unlock|start|stop|wake|kill|run)\b"
)
_SETS = re.compile(
    r"\b(?:set|dim|brighten|make|brightness|volume|speed|temperature|position|heat|cool|raise|lower|increase|decrease|move)\b"
)
_HOURS = 24

_TO = re.compile(rf"\b(?:to|at|on) (?:about |around |exactly )?(?:a )?{_N}\b")
_MORE = (
    r"(?:more|less|warmer|cooler|hotter|colder|higher|lower|brighter|dimmer|darker|louder|quieter|faster|slower|up|down|"
    r"further|wider)"
)
_SOME = rf"(?:{_N}|an?|a couple(?: of)?|a few|some|several)"
_UNITS = r"(?:percent|%|degrees?|points?|steps?|notch(?:es)?)"
_STEPS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\bby (?:about |another )?(?:{_N}\b|{_SOME} {_UNITS})",
        rf"\banother {_SOME}(?: {_UNITS})?\b",
        rf"\b(?:{_N}|{_SOME} {_UNITS})(?: {_UNITS})? (?:\w+ )?{_MORE}\b",
    )
)
_CHANGES = r"(?:up|down|raise|lower|increase|decrease|reduce|drop|bump|boost|crank|knock|nudge|heat|cool|warm)"
_UNLESS_TO = re.compile(
    rf"\b{_CHANGES}\b(?: \w+)* (?:{_N}\b|{_SOME} {_UNITS})|\b{_MORE}\b(?: \w+){{0,3}} (?:{_N}\b|{_SOME} {_UNITS})"
)
"""A step, unless a number stands behind "to": "down to 20 degrees"."""


def stated_time(heard: Sequence[str], names: Collection[str] = ()) -> str | None:
    """Return the words that tell when, for how long or on what condition; None where nothing does.

    Args:
        heard: the words of a request.
        names: words of the home's names, which tell no time: the "Evening Lights".

    >>> stated_time("turn on the bedroom lights at 8 am".split())
    'at 8 am'
    >>> stated_time("set the heater to 20 for two hours".split())
    'for two hours'
    >>> stated_time("set the bed light at 20".split()) is None
    True
    """
    text = " ".join(heard)
    for pattern in _TIMES:
        if found := pattern.search(text):
            return found[0]
    named = re.search(rf"\b(?:(?:at|on|in|by|until|till|from|this) (?:the )?)?({_NAMED})\b", text)
    if named and named[1] not in names:
        return named[0]
    about = _ABOUT_TIMES.search(text)
    if about and _SWITCHES.search(text) and not _SETS.search(text) and _hour(about[0]):
        return about[0]
    return None


def without_times(heard: Sequence[str], names: Collection[str] = ()) -> str:
    """Return a request without the words that tell when or for how long.

    >>> without_times("open the gate every morning at eight".split())
    'open the gate'
    """
    text = " ".join(heard)
    while (time := stated_time(text.split(), names)) is not None:
        text = " ".join(text.replace(time, " ", 1).split())
    # What stood beside a time is one, too: "tomorrow at eight".
    about = _ABOUT_TIMES.search(text) if text != " ".join(heard) and not _SETS.search(text) else None
    return " ".join(text.replace(about[0], " ").split()) if about and _hour(about[0]) else text


def states_step(heard: Sequence[str], *, certain: bool = False) -> bool:
    """Return whether a request asks for so much more or less than there is, rather than for a value.

    Args:
        heard: the words of a request.
        certain: only where it can be nothing else: "lower it by 20 percent", and not "lower it 20 percent".

    >>> states_step("turn the heater up 2 degrees".split()), states_step("turn the heater up to 20".split())
    (True, False)
    """
    text = " ".join(heard)
    if any(pattern.search(text) for pattern in _STEPS):
        return True
    return not certain and _TO.search(text) is None and _UNLESS_TO.search(text) is not None


def _hour(words: str) -> bool:
    digits = re.search(r"\d+", words)
    return digits is None or int(digits[0]) <= _HOURS
