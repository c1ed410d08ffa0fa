"""Word error rate between transcripts and true words, numbers compared as words."""

import re
from collections.abc import Iterable

from sayagain.household.outcome import SpeechOutcome

__all__ = ["in_words", "sentence_error_rate", "word_error_rate", "word_errors"]

_SMALL = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("zero", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_CLOCK = re.compile(r"(\d{1,2}):(\d\d)")
_NUMBER = re.compile(r"\d+")


def in_words(text: str) -> list[str]:
    """Return the words of a transcript with its numbers and times spelled out.

    >>> " ".join(in_words("wake me up at 7:05 and play 1984 for 120 minutes"))
    'wake me up at seven oh five and play nineteen eighty four for one hundred twenty minutes'
    """
    text = _CLOCK.sub(lambda match: f"{_spell(int(match[1]))} {_minute_words(match[2])}", text)
    return _NUMBER.sub(lambda match: f" {_spell(int(match[0]))} ", text).split()


def word_errors(said: list[str], heard: list[str]) -> int:
    """Return the fewest words to insert, delete or replace (Levenshtein 1966).

    >>> word_errors("lock the front door".split(), "block the front".split())
    2
    """
    row = list(range(len(heard) + 1))
    for index, word in enumerate(said, 1):
        diagonal, row[0] = row[0], index
        for column, other in enumerate(heard, 1):
            diagonal, row[column] = row[column], min(row[column] + 1, row[column - 1] + 1, diagonal + (word != other))
    return row[-1]


def word_error_rate(outcomes: Iterable[SpeechOutcome]) -> float:
    """Return word errors per word said, over the best transcripts; 0 when nothing was said."""
    error_count = word_count = 0
    for outcome in outcomes:
        said = in_words(outcome.request)
        error_count += word_errors(said, in_words(outcome.best))
        word_count += len(said)
    return error_count / word_count if word_count else 0.0


def sentence_error_rate(outcomes: Iterable[SpeechOutcome], *, nbest: int = 1) -> float:
    """Return the share of outcomes none of whose `nbest` best transcripts has every word right."""
    error_count = outcome_count = 0
    for outcome in outcomes:
        said = in_words(outcome.request)
        error_count += all(in_words(text) != said for text, _ in outcome.nbest[:nbest])
        outcome_count += 1
    return error_count / outcome_count if outcome_count else 0.0


def _minute_words(digits: str) -> str:
    if digits == "00":
        return "o'clock"
    return f"oh {_spell(int(digits))}" if digits[0] == "0" else _spell(int(digits))


def _spell(number: int) -> str:
    if number < 20:
        return _SMALL[number]
    if number < 100:
        return _TENS[number // 10] + (f" {_SMALL[number % 10]}" if number % 10 else "")
    if 1100 <= number < 2100 and number // 100 != 20:
        # Four digits are years in titles.
        return f"{_spell(number // 100)} {_spell(number % 100) if number % 100 else 'hundred'}"
    for size, name in ((1_000_000, "million"), (1_000, "thousand"), (100, "hundred")):
        if number >= size:
            return f"{_spell(number // size)} {name}" + (f" {_spell(number % size)}" if number % size else "")
    raise AssertionError
