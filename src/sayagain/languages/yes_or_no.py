"""Whole answers to a question of yes or no, in any language."""

from typing import Literal

from sayagain.languages.packs import DEFAULT, language_answers, language_of, language_pack
from sayagain.text import normalise

__all__ = ["yes_or_no"]

_Phrases = tuple[tuple[str, ...], ...]

LONGEST = 8
"""Words of the longest answer; more are a request."""


def yes_or_no(text: str, language: str | None = None, *, own: bool = False) -> Literal["yes", "no"] | None:
    """Return whether words answer a question with yes or no; None for anything else.

    Args:
        text: the words.
        language: that they are in (BCP 47). Where it is not known, or knows none of the words, they count if all
            languages that know them agree; English decides where they do not.
        own: whether the words of that language alone count, so that no other has to be read.

    >>> yes_or_no("Yes, please."), yes_or_no("no"), yes_or_no("no, the kitchen lights")
    ('yes', 'no', None)
    >>> yes_or_no("no dobrze", "pl"), yes_or_no("nein danke", "de-AT")
    ('yes', 'no')
    """
    words = tuple(normalise(text).replace("'", "").split())
    if not 0 < len(words) <= LONGEST:
        return None
    code = language_of(language)
    said = _said(words, code) if code is not None else None
    pack = language_pack(code) if code is not None else None
    if own or said is not None or (pack is not None and not pack.common.isdisjoint(words)):
        return said
    told = {each for other in language_answers() if (each := _said(words, other)) is not None}
    return told.pop() if len(told) == 1 else _said(words, DEFAULT)


def _said(words: tuple[str, ...], code: str) -> Literal["yes", "no"] | None:
    pack = language_pack(code)
    known = pack.answers if pack is not None else language_answers().get(code)
    if known is None:
        return None
    if _made_of(words, known.yes, known.around):
        return "yes"
    return "no" if _made_of(words, known.no, known.around) else None


def _made_of(words: tuple[str, ...], phrases: _Phrases, around: _Phrases) -> bool:
    """Whether words are nothing but some of the phrases, one at least, and what may stand around them."""
    # For each number of words from the beginning: whether they are such words, and whether a phrase is among them.
    reached: list[set[bool]] = [{False}, *(set[bool]() for _ in words)]
    for at in range(len(words)):
        for known, answers in ((phrases, True), (around, False)):
            for phrase in known:
                if reached[at] and words[at : at + len(phrase)] == phrase:
                    reached[at + len(phrase)] |= {before or answers for before in reached[at]}
    return True in reached[-1]
