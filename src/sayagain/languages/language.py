"""What is particular to one language: its words, by what they do to a request, and the grammar that they follow."""

from collections.abc import Mapping

import msgspec

from sayagain.languages.patterned_words import ActWords, QuantityWords
from sayagain.languages.preference_words import PreferenceWords
from sayagain.languages.reaction_words import Answers, ReactionWords
from sayagain.languages.reference_words import ReferenceWords
from sayagain.languages.sensitive_words import Sensitive
from sayagain.languages.teaching_words import TeachingWords

__all__ = ["Language", "Opposites"]

Words = frozenset[str]
Phrases = tuple[tuple[str, ...], ...]


class Opposites(msgspec.Struct, frozen=True, kw_only=True):
    """Two directions of which one must not become the other."""

    name: str = ""
    """The same for the same pair in every language, such as `on/off`; empty for a pair of this language alone."""
    one: Words
    """All words of one direction, in every inflection; a verb and its particle count as one: "lås upp"."""
    other: Words
    """All words of the other."""
    stated: bool = False
    """Whether a rewrite may not supply a direction where none was stated."""


class Language(msgspec.Struct, frozen=True, kw_only=True):
    """The words of one language as `spoken_words` gives them; phrases are tuples of words, the longest first."""

    code: str
    """ISO 639, for example `en`."""
    name: str
    """In English."""

    negations: Words
    """Words that turn a request round, wherever they stand."""
    wide: Words
    """Words that widen what is acted upon."""
    here: Words
    """Words for where the speaker is: "here"."""
    social: Words
    """A request of nothing but these words only answers the assistant."""
    fillers: Words
    """Words that may stand before what is wanted and say nothing of it."""
    trailing: Words = frozenset()
    """Words that may stand behind what is wanted and say nothing of it."""
    articles: Words
    """Articles, possessives and demonstratives."""
    common: Words
    """Articles, prepositions, pronouns, auxiliaries: words that state no value."""

    commands: Words
    """Verbs that open a command."""
    closings: Words = frozenset()
    """Words that make a command where they end it: "Licht an", "das Fenster schließen"."""
    nothing: str
    """Words that Home Assistant does nothing for, of its own templates: "never mind"."""
    stops: Phrases
    """Openings of a request that stops, cancels or gives up."""
    quits: Words = frozenset()
    """Those of them that stop the doing that follows and are never said before an order: "sluta öppna"."""
    questions: Phrases
    """Openings of a question."""
    inversions: Phrases = ()
    """A verb and its subject behind it, which make a question wherever they stand: "la porte est-elle fermée"."""
    undecided: Phrases = ()
    """Openings that neither ask nor order for sure."""
    auxiliaries: Words
    """Verbs that open a question when a subject follows them."""
    queries: Phrases
    """Openings of a request to be told something."""
    query_verbs: Words = frozenset()
    """Verbs that ask to be told something after a courtesy."""
    polite: Phrases
    """Courtesies before a command."""
    corrections: Phrases
    """Openings of a request that is said again: what follows is what is meant."""
    statements: Words = frozenset()
    """Subjects joined with their verb, which begin a statement."""
    reports: Phrases = ()
    """Openings of a statement, which make one wherever they stand unless a command opens: "thanks for", "left it"."""
    subjects: Words = frozenset()
    """Subjects of a statement."""
    finite: Words
    """Verbs of statements and complaints."""
    query_intents: Words = frozenset()
    """Words in the name of an intent that asks."""

    prepositions: Words = frozenset()
    """Words that are a direction or a preposition."""
    particles: Words = frozenset()
    """Words after which such a word is a direction."""
    end_particles: Words = frozenset()
    """Words that are a direction only where they end a clause or follow one of `particles`: "mach die Tür zu"."""
    conditions: Words = frozenset()
    """Words that open a condition or another time: "when", "unless", "after"."""
    clause_starts: Words = frozenset()
    """Words before which a clause has ended: "mach das Licht an im Bad", "zet de lamp uit en …"."""
    opposites: tuple[Opposites, ...]
    """Directions and degrees."""
    long_directions: Words = frozenset()
    """Those of them that are two words, such as "lås upp"; the loader fills it in."""

    elided: Words = frozenset()
    """Words that lose a letter before a vowel and are written with an apostrophe: the "l" of "l'entrée"."""
    enclitics: Words = frozenset()
    """Pronouns that are written joined to the verb before them: the "la" of "enciéndela"."""
    hosts: Mapping[str, str] = {}
    """From each verb without its accents to the verb, where a language has `enclitics`; the loader fills it in."""
    endings: tuple[str, ...] = ("s",)
    """Endings of a noun that keep its meaning, such as that of the plural; the longest first."""

    kinds: Mapping[str, str]
    """From each name of a kind of thing to the one that stands for all of them."""
    numbers: Mapping[str, float]
    """Number words; those of several words have a space between."""
    number_joiners: Words = frozenset()
    """What stands between tens and ones: the "y" of "treinta y dos"."""
    units: Mapping[str, str]
    """From each spelling of a unit to the unit."""
    times: Mapping[str, str]
    """From each spelling of a day, a month or a part of the day to the one that stands for all of them."""
    long_starts: Words = frozenset()
    """First words of the numbers, units and times that are written in several words; the loader fills it in."""
    sensitive: Sensitive
    """What needs the user's word first."""

    acts: ActWords | None = None
    """What a request does where its opening does not tell; None where nobody has written it down."""
    quantities: QuantityWords | None = None
    """How times, durations, conditions and steps are said; likewise."""
    references: ReferenceWords | None = None
    """What stands for something that was said before; likewise."""

    answers: Answers
    """Answers to a question of yes or no."""
    reactions: ReactionWords
    """How people react to an answer, and assistants to what they do not understand."""
    teaching: TeachingWords
    """How people teach, and what is said to them."""
    preferences: PreferenceWords
    """How people say what they prefer, and what is asked and said about it."""
