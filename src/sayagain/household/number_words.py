"""Numbers, durations and times of day in words."""

from sayagain.household.wordlist import words

__all__ = ["spell_minutes", "spell_number", "spell_time"]

_ONES = words(
    """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
    eighteen nineteen
    """
)
_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")


def spell_number(number: int) -> str:
    """Return a number in words, from 0 to 999.

    >>> spell_number(21), spell_number(180)
    ('twenty one', 'one hundred eighty')
    """
    if number < 20:
        return _ONES[number]
    if number < 100:
        rest = number % 10
        return _TENS[number // 10] + (f" {_ONES[rest]}" if rest else "")
    rest = number % 100
    return f"{_ONES[number // 100]} hundred" + (f" {spell_number(rest)}" if rest else "")


def spell_minutes(minutes: int) -> tuple[str, str]:
    """Return a duration in the form after "for" and in the form before "timer".

    >>> spell_minutes(1), spell_minutes(60), spell_minutes(10)
    (('one minute', 'one minute'), ('one hour', 'one hour'), ('ten minutes', 'ten minute'))
    """
    if minutes % 60 == 0:
        hours = minutes // 60
        return (f"{spell_number(hours)} hour" + ("s" if hours > 1 else ""), f"{spell_number(hours)} hour")
    return (f"{spell_number(minutes)} minute" + ("s" if minutes > 1 else ""), f"{spell_number(minutes)} minute")


def spell_time(time: str) -> str:
    """Return the words of a time `HH:MM`.

    >>> spell_time("06:30"), spell_time("07:00"), spell_time("18:05")
    ('six thirty', 'seven', 'six oh five')
    """
    hour, minute = int(time[:2]), int(time[3:])
    hour_words = spell_number((hour - 1) % 12 + 1)
    if minute == 0:
        return hour_words
    return f"{hour_words} {spell_number(minute)}" if minute >= 10 else f"{hour_words} oh {spell_number(minute)}"
