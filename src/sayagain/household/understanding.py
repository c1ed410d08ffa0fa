"""NLU: from a transcript to ranked hypotheses, by hassil over Home Assistant's sentences and ours.

A hypothesis depends only on the names and rooms that occur in the words, so homes share their parses: a text is parsed
once for each set of (name, domain) and rooms that occur in it; the room of the satellite is filled in afterwards.
"""

import re
from typing import Protocol

from sayagain.household.ambiguity import find_family
from sayagain.household.custom_sentences import CustomSentences
from sayagain.household.grammar import custom_intents, select_sentences
from sayagain.household.home import Home
from sayagain.household.hypotheses import (
    MAX_HYPOTHESES,
    Pairs,
    add_media_classes,
    family_hypotheses,
    fill_area,
    recognise,
)
from sayagain.turns import Hypothesis

__all__ = ["Hassil", "Understanding", "normalise"]

_NOT_WORDS = re.compile(r"[^a-z0-9:% ]+")
_SPACES = re.compile(r"\s+")

_ParseKey = tuple[str, Pairs, Pairs]
"""A normalised text, and the names and rooms that occur in it."""


class Understanding(Protocol):
    """The protocol of the NLU stage."""

    def hypotheses(self, text: str, home: Home, area: str) -> tuple[Hypothesis, ...]:
        """Return the ranked hypotheses of a text, best first; empty where it is not understood."""
        ...

    def set_custom_sentences(self, home: Home, custom: CustomSentences) -> None:
        """Set the custom sentences and the names of a home, in place of earlier ones."""
        ...


def normalise(text: str) -> str:
    """Return a text as understanding reads it: lower case, hyphens to spaces, punctuation and apostrophes gone.

    >>> normalise("Turn-on the kid's lamp, please!")
    'turn on the kids lamp please'
    """
    words = _NOT_WORDS.sub("", text.lower().replace("-", " ").replace("_", " "))
    return _SPACES.sub(" ", words).strip()


class Hassil:
    """NLU by hassil, with one cache of parses for all homes.

    >>> from sayagain.household.home import homes
    >>> home = homes(1, 1)[0]
    >>> [best, *others] = Hassil().hypotheses("turn on the kitchen light", home, "kitchen")
    >>> best.intent, best.slots
    ('HassTurnOn', (Slot(name='name', value='kitchen light'),))
    """

    def __init__(self) -> None:
        self._parses: dict[_ParseKey, tuple[Hypothesis, ...]] = {}
        self._hypotheses: dict[tuple[_ParseKey, str], tuple[Hypothesis, ...]] = {}
        self._homes: dict[str, Home] = {}
        self._names: dict[str, Pairs] = {}
        self._keys: dict[tuple[str, str], _ParseKey] = {}
        self._custom_sentences: dict[str, CustomSentences] = {}
        self._custom_parses: dict[tuple[str, str], tuple[Hypothesis, ...]] = {}

    @property
    def parses(self) -> int:
        """Number of cached parses."""
        return len(self._parses)

    def hypotheses(self, text: str, home: Home, area: str) -> tuple[Hypothesis, ...]:
        """Return the ranked hypotheses of a text said in a room of a home, best first.

        Args:
            text: the transcript; it need not be normalised.
            home: the home whose names and rooms count.
            area: the id of the satellite's room.
        """
        if self._homes.get(home.id) is not home:
            self._register_home(home)
        key = self._keys.get((text, home.id))
        if key is None:
            key = self._keys[text, home.id] = self._parse_key(normalise(text), home)
        hypotheses = self._hypotheses.get((key, area))
        if hypotheses is None:
            parses = self._parses.get(key)
            if parses is None:
                parses = self._parses[key] = _parse(*key)
            hypotheses = self._hypotheses[key, area] = tuple(fill_area(parse, area) for parse in parses)
        if home.id not in self._custom_sentences:
            return hypotheses
        # As in Home Assistant, custom sentences come before the grammar.
        custom_hypotheses = [fill_area(parse, area) for parse in self._parse_custom(home, key)]
        custom_keys = {hypothesis.key for hypothesis in custom_hypotheses}
        return (*custom_hypotheses, *(hypothesis for hypothesis in hypotheses if hypothesis.key not in custom_keys))[
            :MAX_HYPOTHESES
        ]

    def set_custom_sentences(self, home: Home, custom: CustomSentences) -> None:
        """Set the custom sentences and the names of a home, in place of earlier ones.

        Args:
            home: the home, with the names that its devices have from now on.
            custom: its sentences, spelt by `normalise`.
        """
        self._custom_sentences[home.id] = custom
        self._clear_home(home.id)
        self._homes[home.id] = home

    def _register_home(self, home: Home) -> None:
        """Clear the caches of another home with this id, as a replay of another seed may have one."""
        if self._homes.setdefault(home.id, home) != home:
            self._clear_home(home.id)
        self._homes[home.id] = home

    def _clear_home(self, home_id: str) -> None:
        self._names.pop(home_id, None)
        for entries in (self._keys, self._custom_parses):
            for stale_key in [key for key in entries if key[1] == home_id]:
                del entries[stale_key]

    def _parse_custom(self, home: Home, key: _ParseKey) -> tuple[Hypothesis, ...]:
        text, names, areas = key
        parses = self._custom_parses.get((text, home.id))
        if parses is None:
            custom = self._custom_sentences[home.id]
            intents = custom.matching_intents(text)
            parses = recognise(text, names, areas, custom_intents(custom, intents)) if intents else ()
            self._custom_parses[text, home.id] = parses
        return parses

    def _parse_key(self, text: str, home: Home) -> _ParseKey:
        names = self._names.get(home.id)
        if names is None:
            distinct_names = {(name, device.domain) for device in home.devices for name in device.names}
            names = self._names[home.id] = tuple(sorted(distinct_names))
        occurring_names = tuple((name, domain) for name, domain in names if name in text)
        return text, occurring_names, tuple((area.name, area.id) for area in home.areas if area.name in text)


def _parse(text: str, names: Pairs, areas: Pairs) -> tuple[Hypothesis, ...]:
    family = find_family(text)
    if family is not None:
        return family_hypotheses(family, text)
    return add_media_classes(recognise(text, names, areas, select_sentences(text, names, areas)))
