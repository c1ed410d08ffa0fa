"""What the guardrails know of one language: its words, by what they do to a request."""

from collections.abc import Mapping

import msgspec

__all__ = ["Language", "Opposites"]

Words = frozenset[str]
Phrases = tuple[tuple[str, ...], ...]


class Opposites(msgspec.Struct, frozen=True, kw_only=True):
    """Two directions of which one must not become the other."""

    one: Words
    """All words of one direction, in every inflection."""
    other: Words
    """All words of the other."""
    stated: bool = False
    """Whether a rewrite may not supply a direction where none was stated."""


class Language(msgspec.Struct, frozen=True, kw_only=True):
    """The words of one language, lower case, without apostrophes; phrases are tuples of words, the longest first."""

    code: str
    """ISO 639, for example `en`."""
    name: str
    """In English."""
    negations: Words
    """Words that turn a request round."""
    wide: Words
    """Words that widen what is acted upon."""
    social: Words
    """A request of nothing but these words only answers the assistant."""
    fillers: Words
    """Words that may stand before what is wanted and say nothing of it."""
    articles: Words
    """Articles, possessives and demonstratives."""
    common: Words
    """Articles, prepositions, pronouns, auxiliaries: words that state no value."""
    commands: Words
    """Verbs that open a command."""
    stops: Phrases
    """Openings of a request that stops, cancels or gives up."""
    questions: Phrases
    """Openings of a question."""
    undecided: Phrases
    """Openings that neither ask nor order for sure."""
    auxiliaries: Words
    """Verbs that open a question when a subject follows them."""
    queries: Phrases
    """Openings of a request to be told something."""
    query_verbs: Words
    """Verbs that ask to be told something after a courtesy."""
    polite: Phrases
    """Courtesies before a command."""
    corrections: Phrases
    """Openings of a request that is said again: what follows is what is meant."""
    statements: Words
    """Subjects joined with their verb, which begin a statement."""
    subjects: Words
    """Subjects of a statement."""
    finite: Words
    """Verbs of statements and complaints."""
    query_intents: Words
    """Words in the name of an intent that asks."""
    prepositions: Words
    """Words that are a direction or a preposition."""
    particles: Words
    """Words after which such a word is a direction."""
    opposites: tuple[Opposites, ...]
    """Directions and degrees."""
    kinds: Mapping[str, str]
    """From each name of a kind of thing to the one that stands for all of them."""
    numbers: Mapping[str, float]
    """Number words."""
    units: Mapping[str, str]
    """From each spelling of a unit to the unit."""
    times: Mapping[str, str]
    """From each spelling of a day, a month or a part of the day to the one that stands for all of them."""
    sensitive: Mapping[str, Phrases]
    """What needs the user's word first → sets of words that mean it when all of one set are found."""
