"""The transcript of one stretch of audio, normalised for the assistant."""

import re
import unicodedata
from collections.abc import Callable, Iterable

import msgspec

__all__ = ["MAX_TEXTS", "Transcript", "rank", "tidy"]

MAX_TEXTS = 5
"""Largest number of texts in a transcript."""

_CLOCK = re.compile(r"\b([01]?\d|2[0-3])\.([0-5]\d)\b")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}\b)")
_POINT = re.compile(r"(?<=\d)\.(?=\d)")
_NOT_WORDS = re.compile(r"[^\w':]+|_|(?<!\d):|:(?!\d)|(?<!\w)'|'(?!\w)")


class Transcript(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The n-best texts of one stretch of audio.

    >>> Transcript(nbest=(("lock the front door", 0.6), ("block the front door", 0.3))).best
    'lock the front door'
    """

    nbest: tuple[tuple[str, float], ...] = ()
    """Distinct texts with confidence in [0, 1], best first; empty when nothing was heard."""
    no_speech: float = 0.0
    """The probability that nobody spoke, in [0, 1]; 0 from recognisers that do not report it."""
    tokens: int = 0
    """Length of the best text in the recogniser's tokens, which decides its time."""

    @property
    def best(self) -> str:
        """The best text; empty when nothing was heard."""
        return self.nbest[0][0] if self.nbest else ""


def tidy(text: str) -> str:
    """Return a text in lower case, without punctuation except apostrophes inside words and the colon of a time.

    >>> tidy("Set the alarm for 7.30, please!")
    'set the alarm for 7:30 please'
    >>> tidy("Dim the lights to 30%. What's on TV?")
    "dim the lights to 30 percent what's on tv"
    >>> tidy("Beyoncé & Jay-Z, 1,000 songs at 21.5°")
    'beyonce and jay z 1000 songs at 21 point 5 degrees'
    """
    # The assistant's names have no accents, so transcripts must not have any.
    ascii_text = unicodedata.normalize(
        "NFKD", text.replace("\u2019", "'").replace("°", " degrees ").replace("%", " percent ")
    )
    ascii_text = ascii_text.encode("ascii", "ignore").decode().lower().replace("&", " and ")
    ascii_text = ascii_text.replace("a.m.", "am").replace("p.m.", "pm")
    ascii_text = _POINT.sub(" point ", _CLOCK.sub(r"\1:\2", _THOUSANDS.sub("", ascii_text)))
    return " ".join(_NOT_WORDS.sub(" ", ascii_text).split())


def rank(texts: Iterable[tuple[str, float]], spell: Callable[[str], str] = tidy) -> tuple[tuple[str, float], ...]:
    """Return the best `MAX_TEXTS` different texts, tidied, in the order given, each with its first confidence.

    Args:
        texts: with their confidences.
        spell: how a text is written; `tidy` knows English alone.

    >>> rank([("Stop.", 0.71234), ("stop", 0.6), ("Shop!", 0.2), ("", 0.1)])
    (('stop', 0.7123), ('shop', 0.2))
    """
    confidence_by_text: dict[str, float] = {}
    for text, confidence in texts:
        tidy_text = spell(text)
        if tidy_text and tidy_text not in confidence_by_text:
            # Further digits would differ between processors.
            confidence_by_text[tidy_text] = round(min(max(confidence, 0.0), 1.0), 4)
    return tuple(confidence_by_text.items())[:MAX_TEXTS]
