"""Speech acts: whether words ask, tell, order or stop; told by how they open, since requests are short."""

from typing import Literal

from sayagain.guardrails.clauses import ends_clause
from sayagain.languages import DEFAULT, Language, language_pack

__all__ = ["SpeechAct", "hypothesis_act", "opening_length", "speech_act", "without_courtesies"]

SpeechAct = Literal["question", "report", "command", "stop", "undecided"]
"""`report` states something or complains; `stop` is a command that stops, cancels or takes back."""

Words = tuple[str, ...]

_OPENINGS = 6
"""Courtesies and fillers that may stand one behind the other."""


def speech_act(words: Words, language: Language, *, marked: bool = False) -> SpeechAct:
    """Return the speech act of a request.

    Args:
        words: as `spoken_words` gives them.
        language: its words.
        marked: whether it is written with a question mark, which decides where no verb orders.

    >>> from sayagain.languages import language_pack
    >>> english = language_pack("en")
    >>> speech_act(("did", "i", "lock", "the", "door"), english)
    'question'
    >>> speech_act(("can", "you", "please", "lock", "the", "door"), english)
    'command'
    >>> speech_act(("you", "turned", "it", "off"), english)
    'report'
    """
    asked_for = False
    for _ in range(_OPENINGS):
        words = _without_fillers(words, language)
        opening = _courtesy(words, language)
        if not opening:
            break
        asked_for = True
        words = words[opening:]
        if words and words[0] in language.query_verbs:
            return "question"
    words = _without_fillers(words, language)
    found = _act(words, language, marked=marked)
    if found == "undecided" and asked_for and words:
        return "command"
    # "A porta está fechada?": many languages ask with the words of a statement.
    return "question" if found in {"undecided", "report"} and marked else found


def without_courtesies(words: Words, language: Language) -> Words:
    """Return the words of a request but for its courtesies, whose "not" turns nothing round; fillers stay.

    >>> from sayagain.languages import language_pack
    >>> without_courtesies(("please", "why", "dont", "you", "turn", "it", "on"), language_pack("en"))
    ('please', 'turn', 'it', 'on')
    """
    kept: Words = ()
    for _ in range(_OPENINGS):
        rest = _without_fillers(words, language)
        kept += words[: len(words) - len(rest)]
        opening = _courtesy(rest, language)
        words = rest[opening:]
        if not opening:
            break
    return kept + words


def hypothesis_act(words: Words, language: Language) -> SpeechAct:
    """Return the speech act of an intent by the words of its name; `undecided` where they do not tell.

    >>> from sayagain.languages import language_pack
    >>> hypothesis_act(("hass", "get", "state"), language_pack("en"))
    'question'
    >>> hypothesis_act(("hass", "turn", "on"), language_pack("en"))
    'command'
    >>> hypothesis_act(("track", "order"), language_pack("en"))
    'question'
    """
    english = language_pack(DEFAULT)
    # Programs are named in their own language or in English.
    known = (language,) if english is None else (language, english)
    if any(not pack.query_intents.isdisjoint(words) or opening_length(words, pack.queries) for pack in known):
        return "question"
    return "undecided" if all(pack.commands.isdisjoint(words) for pack in known) else "command"


def _courtesy(words: Words, language: Language) -> int:
    """Return the length of the courtesy or correction that the words begin with, 0 for none."""
    opening = opening_length(words, language.corrections) or opening_length(words, language.polite)
    asks_or_tells = max(opening_length(words, language.queries), opening_length(words, language.reports))
    return 0 if asks_or_tells > opening else opening


def _act(words: Words, language: Language, *, marked: bool) -> SpeechAct:
    if not words:
        return "undecided"
    # The longest opening tells: "sage" asks to be told, "sage allen" announces.
    length, act = max(
        ((opening_length(words, phrases), act) for phrases, act in _openings(language)), key=lambda it: it[0]
    )
    if length:
        return act
    if language.inversions and any(opening_length(words[at:], language.inversions) for at in range(len(words))):
        return "question"
    return _by_verb(words, language, marked=marked)


def _openings(language: Language) -> tuple[tuple[tuple[Words, ...], SpeechAct], ...]:
    return (
        (language.queries, "question"),
        (language.reports, "report"),
        (language.stops, "stop"),
        (language.undecided, "undecided"),
        (language.questions, "question"),
    )


def _by_verb(words: Words, language: Language, *, marked: bool) -> SpeechAct:
    first, second = words[0], words[1] if len(words) > 1 else ""
    if first in language.auxiliaries and second:
        # "Do turn it off", "can turn it off": what is heard of a courtesy.
        negated = second in language.negations and len(words) > 2
        verb = words[2] if negated else second
        return "command" if verb in language.commands and (negated or verb not in language.common) else "question"
    if _verb(words, language) in language.commands:
        return "command"
    if (first in language.statements and second) or not language.finite.isdisjoint(words[1:]):
        return "report"
    if any(opening_length(words[at:], language.reports) for at in range(1, len(words))):
        return "report"
    # "Licht an?" asks, "Licht an" orders.
    return "undecided" if marked or not _closed(words, language) else "command"


def _verb(words: Words, language: Language) -> str:
    """Return the first word that does not negate: "ne pas ouvrir", "don't open"."""
    return next((word for word in words if word not in language.negations), "")


def _closed(words: Words, language: Language) -> bool:
    """Whether a clause ends in a word that makes it a command, as in "das Licht an"."""
    places = range(1, len(words)) if language.closings else ()
    return any(words[at] in language.closings and ends_clause(words, at, language) for at in places)


def _without_fillers(words: Words, language: Language) -> Words:
    # "Merci" says nothing, "merci de fermer" asks; "thanks for closing" tells.
    while (
        len(words) > 1
        and words[0] in language.fillers
        and not any(opening_length(words, phrases) for phrases in (language.stops, language.polite, language.reports))
    ):
        words = words[1:]
    return words


def opening_length(words: Words, phrases: tuple[Words, ...]) -> int:
    """Return the length of the longest of the phrases that the words begin with, 0 for none.

    >>> opening_length(("switch", "it", "off"), (("switch", "it"), ("switch",)))
    2
    """
    return next((len(phrase) for phrase in phrases if words[: len(phrase)] == phrase), 0)
