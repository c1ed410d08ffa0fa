"""What was heard, part by part: stretches that may be a name, and words that may be a direction, misheard."""

from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from itertools import pairwise

from sayagain.guardrails.directions import stated_directions
from sayagain.languages import Language
from sayagain.languages.wording import unaccented
from sayagain.text import letter_similarity, sound_similarity

__all__ = ["HeardParts"]

Words = tuple[str, ...]

_WINDOW = 5
"""Words of the longest stretch that may be one name."""

_SHORTEST, _LONGEST = 0.5, 1.8
"""Letters of a stretch, as a multiple of those of the name."""

_SURE = 0.75
"""Likeness from which a word is another one, misheard."""

_LIKELY = 0.55
"""Likeness from which a word may be another one, misheard."""

_MARGIN = 0.25
"""How much less alike the opposite of a misheard direction is."""

_SHORT = 4
"""Letters of a word of which one makes too great a difference."""


_SWAPPED = 0.6
"""Likeness of a short word whose letters were swapped; it is asked about."""


class HeardParts:
    """The words of one request, without those that say nothing.

    Args:
        words: as `spoken_words` gives them.
        language: its words.
        names: words of the home's names, which are no misheard direction.

    >>> from sayagain.languages import language_pack
    >>> parts = HeardParts("schalten mentilator raus".split(), language_pack("de"))
    >>> round(parts.name_likeness("ventilator"), 1), parts.name_likeness("radio") < 0.5
    (0.9, True)
    """

    def __init__(self, words: Sequence[str], language: Language, names: Collection[str] = ()) -> None:
        self._words: Words = tuple(words)
        self._nameless = [word for word in words if word not in names]
        self._language = language
        self._stretches = {
            "".join(words[start:end])
            for start in range(len(words))
            for end in range(start + 1, min(start + _WINDOW, len(words)) + 1)
        }
        self._names: dict[str, float] = {}

    def name_likeness(self, name: str) -> float:
        """Return how like a name the most alike stretch of words is, in [0, 1].

        Args:
            name: without spaces.
        """
        if name not in self._names:
            fitting = (
                stretch for stretch in self._stretches if _SHORTEST * len(name) <= len(stretch) <= _LONGEST * len(name)
            )
            self._names[name] = max((_likeness(stretch, name) for stretch in fitting), default=0.0)
        return self._names[name]

    def likest(self, names: Iterable[str], most: int) -> list[str]:
        """Return so many of the names at most, the most alike first."""
        return sorted(names, key=lambda name: (-self.name_likeness(name), name))[:most]

    def lean(self, would: Words) -> float:
        """Return how much more the words are like the direction that others state than like its opposite, in [-1, 1].

        Where no direction is stated, or several are, the least of them counts; 0 where none is.
        """
        leans = [own - other for own, other in self._directions(would)]
        return min(leans, default=0.0)

    def states(self, would: Words) -> bool:
        """Return whether every direction that other words state was heard, if only misheard beyond doubt."""
        directions = list(self._directions(would))
        if _is_stated(directions):
            return True
        return all(own >= _SURE and own - other >= _MARGIN for own, other in directions)

    def contradicts(self, would: Words) -> bool:
        """Return whether a direction that other words state was not heard, or its opposite rather than it."""
        directions = list(self._directions(would))
        return not _is_stated(directions) and any(own < max(other, _LIKELY) for own, other in directions)

    def drops(self, would: Words, named: Sequence[str]) -> bool:
        """Return whether a direction was heard that other words do not state, outside what they name."""
        stated = [side for side in self._sides() if stated_directions(would, side, self._language)]
        heard = {
            phrase
            for side in self._sides()
            for phrase in stated_directions(self._words, side, self._language)
            if not any(phrase in name for name in named)
        }
        return any(all(phrase not in side for side in stated) for phrase in heard)

    def only_short(self, would: Words) -> bool:
        """Return whether the directions that both state are words of which one letter makes another: "auf", "aus"."""
        shared = self.shared_directions(would)
        return bool(shared) and all(len(word) < _SHORT for word in shared & frozenset(self._words))

    def _sides(self) -> Iterable[frozenset[str]]:
        return (side for pair in self._language.opposites for side in (pair.one, pair.other))

    def shared_directions(self, would: Words) -> frozenset[str]:
        """Return the words of either wording that state a direction which both state."""
        shared: set[str] = set()
        for pair in self._language.opposites:
            for side in (pair.one, pair.other):
                before, after = (stated_directions(words, side, self._language) for words in (self._words, would))
                if before and after:
                    shared.update(word for phrase in (*before, *after) for word in phrase.split())
        return frozenset(shared)

    def _directions(self, would: Words) -> Iterable[tuple[float, float]]:
        for pair in self._language.opposites:
            for side, other in ((pair.one, pair.other), (pair.other, pair.one)):
                if not stated_directions(would, side, self._language):
                    continue
                if heard := stated_directions(self._words, side, self._language):
                    opposed = bool(stated_directions(self._words, other, self._language))
                    yield 1.0, float(opposed) or self._parted(heard, other)
                else:
                    yield self._direction_likeness(side), self._direction_likeness(other)

    def _parted(self, heard: Sequence[str], other: frozenset[str]) -> float:
        """Return how like an opposite a heard direction and the word before it are: "les conecta" is "desconecta"."""
        pairs = ("".join(pair) for pair in pairwise(self._words) if pair[1] in heard)
        likeness = max((_nearest(pair, other) for pair in pairs), default=0.0)
        return likeness if likeness >= _SURE else 0.0

    def _direction_likeness(self, side: frozenset[str]) -> float:
        return max((_nearest(word, side) for word in self._nameless), default=0.0)


def _is_stated(directions: Sequence[tuple[float, float]]) -> bool:
    """Return whether a direction was heard as it is, and no opposite: one verb may stand in several pairs."""
    return any(own == 1 and other == 0 for own, other in directions) and all(other < 1 for _, other in directions)


@lru_cache(maxsize=1 << 14)
def _nearest(word: str, side: frozenset[str]) -> float:
    """Return how like the most alike word of a direction a word is."""
    if word in side:
        return 1.0
    if len(word) < _SHORT:
        # A short one is like nothing but the same letters in another order: "asu" for "aus".
        return _SWAPPED if any(sorted(word) == sorted(other) for other in side) else 0.0
    known = (part for other in side for part in other.split() if len(part) >= _SHORT)
    return max((_likeness(word, other) for other in known), default=0.0)


@lru_cache(maxsize=1 << 16)
def _likeness(one: str, other: str) -> float:
    one, other = unaccented(one), unaccented(other)
    letters = letter_similarity(one, other)
    return max(letters, 0.5 * letters + 0.5 * sound_similarity(one, other))
