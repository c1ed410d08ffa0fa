"""References: the parts of a request that may stand for something said before, and for what kind of thing."""

from collections.abc import Container
from typing import Literal

import msgspec

from sayagain.languages.reference_words import ReferenceWords
from sayagain.rewriting.completion.utterance import Utterance

__all__ = ["KINDS", "Kind", "Reference", "find_references", "kind_of"]

Kind = Literal["person", "several", "thing", "place", "one", "named", "opener", "fragment", "other"]

KINDS: tuple[Kind, ...] = ("person", "several", "thing", "place", "one", "named", "opener", "fragment", "other")
"""Kinds of reference: a pronoun for a person, several, a thing or a place; "one"; "that song"; "what about"; a request
so short that words before it are missing; any other."""

LONGEST = 4
"""Most words of a reference."""

SHORT = 4
"""Most words of a request that may be the end of a name said before."""


class Reference(msgspec.Struct, frozen=True):
    """A part of a request that may stand for something said before."""

    start: int
    """Its first word."""
    end: int
    """One past its last word; equal to `start` where words are missing at the beginning of a request."""
    kind: Kind
    """What it stands for."""
    ordinal: int = 0
    """Which of several it means, from 1, or from the end, from -1; 0 where it does not say."""


def kind_of(phrase: tuple[str, ...], references: ReferenceWords) -> Kind:
    """Return the kind of a phrase."""
    if not phrase:
        return "fragment"
    if phrase in references.openers:
        return "opener"
    if len(phrase) == 1:
        names: tuple[tuple[Kind, frozenset[str]], ...] = (
            ("person", references.persons),
            ("several", references.several),
            ("thing", references.things),
            ("place", references.places),
        )
        return next((kind for kind, words in names if phrase[0] in words), "one")
    if phrase[-1] in references.ones:
        return "one"
    return "named" if len(phrase) == 2 else "other"


def find_references(request: Utterance, references: ReferenceWords, known: Container[str]) -> list[Reference]:
    """Return the parts of a request that may stand for something said before; they may overlap.

    Args:
        request: the request.
        references: words of its language.
        known: phrases that are completed.
    """
    words, found = request.words, []
    for start in range(len(words)):
        for end in range(start + 1, min(start + LONGEST, len(words)) + 1):
            phrase = words[start:end]
            is_opener = phrase in references.openers
            if start <= 1 if is_opener else " ".join(phrase) in known:
                ordinal = next((references.ordinals[word] for word in phrase if word in references.ordinals), 0)
                found.append(Reference(start, end, kind_of(phrase, references), ordinal))
    if words and len(words) <= SHORT:
        found.append(Reference(0, 0, "fragment"))
    return found
