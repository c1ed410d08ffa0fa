"""Patterns of user and assistant reactions by language; a language without a pack is judged by structure alone.

The wordings are in `sayagain.languages`. Patterns match the output of `said`: normalised text without apostrophes,
because speech recognition writes both "that's" and "thats".
"""

import re
from functools import cache, lru_cache
from typing import Any

import msgspec

from sayagain.languages import Whole, guess_language, language_of, language_pack
from sayagain.text import normalise
from sayagain.turns import Session, Turn

__all__ = ["Phrases", "phrases", "phrases_of", "said", "told_language"]

UNCODED = "mis"
"""Tag of a language without a pack (ISO 639-2: uncoded)."""

_NEVER = r"(?!)"
_PHRASE = re.compile(r"\^?[\w ]+")


class Phrases(msgspec.Struct, frozen=True, kw_only=True):
    """The reaction patterns of one language, for `said` text; each is searched unless anchored."""

    code: str
    """ISO 639."""
    failed: re.Pattern[str]
    """In a response: it did not understand, or could not."""
    misunderstood: re.Pattern[str]
    """In a response: it did not understand the words; whoever says so did not try and fail."""
    asks_if_it_helped: re.Pattern[str]
    """In a response: asks how the turn went."""
    closing_question: re.Pattern[str]
    """In a response: a question that needs no answer."""
    yes: re.Pattern[str]
    """In a request: agrees, at its beginning."""
    no: re.Pattern[str]
    """In a request: denies, at its beginning."""
    reply: re.Pattern[str]
    """In a request: nothing but yes, no, thanks or a greeting, so that saying it again means nothing."""
    cancel: re.Pattern[str]
    """In a request: gives up and can mean nothing else."""
    stop: re.Pattern[str]
    """In a request: gives up, or stops something that goes on."""
    backchannel: re.Pattern[str]
    """In a request: nothing but a sign of listening ("uh huh", "okay"), which is no wish to interrupt."""
    thanks: re.Pattern[str]
    """In a request: thanks."""
    praise: re.Pattern[str]
    """In a request: praise alone."""
    corrects: re.Pattern[str]
    """In a request: says that the answer was wrong, or what was meant, and can mean nothing else."""
    contradicts: re.Pattern[str]
    """In a request: "no" and more, which corrects unless it answers."""
    no_correction: re.Pattern[str]
    """In a request: begins like the two before and corrects nothing."""
    undo: re.Pattern[str]
    """In a request: asks to take back what was just done."""
    repeatable: re.Pattern[str]
    """In a request: a step or a draw that one asks for again when it worked ("louder", "next", "flip a coin")."""
    plays: re.Pattern[str]
    """In a request: starts something that plays."""
    follows: re.Pattern[str]
    """In a request: leans on the answer before ("and tomorrow", "what about …", "turn it …")."""
    pronouns: frozenset[str]
    """Words that stand for the thing named before."""
    common: frozenset[str]
    """Words that say little about what is wanted."""
    opposites: tuple[tuple[str, str], ...]
    """Pairs of words of which one takes back the other; words of the names of intents too."""
    steps: frozenset[str]
    """Those words among the opposites that mean a step; going back one is weaker than taking back."""


def phrases(turn: Turn) -> Phrases | None:
    """Return the patterns of the turn's language, or None if its language has no pack.

    Where a turn states no language, it is guessed from the request and the response.

    >>> phrases(Turn(turn_id="t", started=0, request="állj", language="hu")) is None
    True
    """
    code = language_of(turn.language)
    return phrases_of(guess_language(_texts(turn)) if code is None else code)


def phrases_of(code: str | None) -> Phrases | None:
    """Return the patterns of a language (ISO 639), or None if it has no pack."""
    return None if code is None else _compile_phrases(code)


def told_language(session: Session) -> Session:
    """Return a session in which each turn states its language.

    A turn without one takes the commonest language that other turns state, otherwise the one guessed from all words.

    >>> a, b = (Turn(turn_id=id, started=0, request=said) for id, said in (("a", "lamp on"), ("b", "no the other")))
    >>> [turn.language for turn in told_language(Session(session_id="s", turns=(a, b))).turns]
    ['en', 'en']
    """
    codes = [stated_code for turn in session.turns if (stated_code := language_of(turn.language)) is not None]
    if len(codes) == len(session.turns):
        return session
    code = max(codes, key=codes.count) if codes else guess_language(t for turn in session.turns for t in _texts(turn))
    turns = (
        turn if language_of(turn.language) is not None else msgspec.structs.replace(turn, language=code or UNCODED)
        for turn in session.turns
    )
    return msgspec.structs.replace(session, turns=tuple(turns))


@lru_cache(maxsize=1 << 16)
def said(text: str) -> str:
    """Return `text` in the form that the patterns expect.

    >>> said("No, that’s WRONG!")
    'no thats wrong'
    """
    return normalise(text).replace("'", "")


def _texts(turn: Turn) -> tuple[str, ...]:
    return (turn.heard,) if turn.response is None else (turn.heard, turn.response.text)


@cache
def _compile_phrases(code: str) -> Phrases | None:
    pack = language_pack(code)
    if pack is None:
        return None
    fields: dict[str, Any] = {}
    for name in pack.reactions.__struct_fields__:
        value = getattr(pack.reactions, name)
        if isinstance(value, Whole):
            fields[name] = _compile_whole(value)
        else:
            fields[name] = _compile_any(value) if isinstance(value, tuple) and name != "opposites" else value
    return Phrases(code=code, **fields)


def _compile_any(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(map(_add_word_borders, patterns)) or _NEVER)


def _compile_whole(wording: Whole) -> re.Pattern[str]:
    prefix = rf"(?:(?:{'|'.join(wording.before)}) )*" if wording.before else ""
    suffix = rf"(?: (?:{'|'.join(wording.after)}))*" if wording.after else ""
    return re.compile(rf"^{prefix}(?:{'|'.join(wording.phrases)}){suffix}$")


def _add_word_borders(pattern: str) -> str:
    """Add word borders to a phrase; a regular expression states its own."""
    if not _PHRASE.fullmatch(pattern):
        return pattern
    return rf"{pattern}\b" if pattern.startswith("^") else rf"\b{pattern}\b"
