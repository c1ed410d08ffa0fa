"""Word error rate between transcripts and true words, numbers compared as words."""

import re
from collections.abc import Iterable

from rapidfuzz.distance import Levenshtein

from sayagain.household.number_words import spell_number
from sayagain.household.outcome import SpeechOutcome

__all__ = ["in_words", "sentence_error_rate", "word_error_rate"]

_CLOCK = re.compile(r"(\d{1,2}):(\d\d)")
_NUMBER = re.compile(r"\d+")


def in_words(text: str) -> list[str]:
    """Return the words of a transcript, with numbers and times spelled out.

    >>> " ".join(in_words("wake me up at 7:05 and play 1984 for 120 minutes"))
    'wake me up at seven oh five and play nineteen eighty four for one hundred twenty minutes'
    """
    text = _CLOCK.sub(lambda match: f"{_spell(int(match[1]))} {_minute_words(match[2])}", text)
    return _NUMBER.sub(lambda match: f" {_spell(int(match[0]))} ", text).split()


def word_error_rate(outcomes: Iterable[SpeechOutcome]) -> float:
    """Return the word errors of the best transcripts per word said (Levenshtein 1966); 0 when nothing was said."""
    error_count = word_count = 0
    for outcome in outcomes:
        said = in_words(outcome.request)
        error_count += Levenshtein.distance(said, in_words(outcome.best))
        word_count += len(said)
    return error_count / word_count if word_count else 0.0


def sentence_error_rate(outcomes: Iterable[SpeechOutcome], *, nbest: int = 1) -> float:
    """Return the share of outcomes without a correct transcript among the `nbest` best."""
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
    if number < 1_000:
        return spell_number(number)
    if 1100 <= number < 2100 and number // 100 != 20:
        # Four digits are years in titles.
        return f"{spell_number(number // 100)} {spell_number(number % 100) if number % 100 else 'hundred'}"
    size, name = (1_000_000, "million") if number >= 1_000_000 else (1_000, "thousand")
    return f"{_spell(number // size)} {name}" + (f" {_spell(number % size)}" if number % size else "")
