"""The words of one language that stand for something that was said before: pronouns, ordinals, openings."""

from collections.abc import Mapping
from typing import Any

import msgspec

__all__ = ["ReferenceWords", "read_reference_words"]

Words = frozenset[str]


class ReferenceWords(msgspec.Struct, frozen=True, kw_only=True):
    """Words of reference, in lower case."""

    persons: Words
    """One person: "him"."""
    several: Words
    """Several persons or things: "them"."""
    things: Words
    """A thing or what was said: "it", "that"."""
    places: Words
    """A place: "there"."""
    ones: Words
    """Nouns that stand for another noun: "one"."""
    owners: Words
    """Those of the above that may stand before what is owned: "her album"."""
    mine: Words
    """What the user says of what is the user's; the assistant says `yours` for it."""
    yours: Words
    """See `mine`."""
    articles: Words
    """Words that a name of a thing may begin with."""
    indefinite: Words
    """Those of them that are not repeated when the thing is named again."""
    definite: Words
    """Those that are said instead."""
    joiners: Words
    """What joins names: "and"."""
    choices: Words
    """What stands between the names that a question offers: "or"."""
    openers: tuple[tuple[str, ...], ...]
    """Beginnings of a request that leaves out what the one before it said: "what about"."""
    ordinals: dict[str, int]
    """Places among what a question offers; negative from the end."""

    def is_reference(self, word: str) -> bool:
        """Return whether a word stands for something else."""
        return any(word in words for words in (self.persons, self.several, self.things, self.places, self.ones))


def read_reference_words(raw: Mapping[str, Any]) -> ReferenceWords:
    """Read the section `[references]`: words in one text, phrases in a list, ordinals as `word=place`."""
    made: dict[str, Any] = {name: value.split() for name, value in raw.items() if isinstance(value, str)}
    made["openers"] = [phrase.split() for phrase in raw["openers"]]
    made["ordinals"] = {word: int(place) for word, _, place in (entry.partition("=") for entry in made["ordinals"])}
    return msgspec.convert(made, ReferenceWords)
