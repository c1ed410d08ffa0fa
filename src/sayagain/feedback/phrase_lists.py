"""Wordings that tell how a turn went, by language; a language without a pack is judged by structure alone.

The wordings are in `sayagain.languages`. Patterns see the text as `said` gives it: normalised, and with the apostrophes
left out, since speech recognition writes "that's" and "thats" alike.
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
"""The tag of a language that there is no pack for (ISO 639-2: uncoded)."""

_NEVER = r"(?!)"
_PHRASE = re.compile(r"\^?[\w ]+")


class Phrases(msgspec.Struct, frozen=True, kw_only=True):
    """The telling wordings of one language, all for `said` text; each is searched unless anchored."""

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
    """Return the wordings of the turn's language, or None when there are none for it.

    A turn that states no language is in the one that its words and its response are in.

    >>> phrases(Turn(turn_id="t", started=0, request="állj", language="hu")) is None
    True
    """
    code = language_of(turn.language)
    return phrases_of(guess_language(_texts(turn)) if code is None else code)


def phrases_of(code: str | None) -> Phrases | None:
    """Return the wordings of a language (ISO 639), None where there are none for it."""
    return None if code is None else _compiled(code)


def told_language(session: Session) -> Session:
    """Return a session in which each turn states its language: that of the turns that do, or of all words together.

    >>> a, b = (Turn(turn_id=id, started=0, request=said) for id, said in (("a", "lamp on"), ("b", "no the other")))
    >>> [turn.language for turn in told_language(Session(session_id="s", turns=(a, b))).turns]
    ['en', 'en']
    """
    stated = [code for turn in session.turns if (code := language_of(turn.language)) is not None]
    if len(stated) == len(session.turns):
        return session
    code = (
        max(stated, key=stated.count) if stated else guess_language(t for turn in session.turns for t in _texts(turn))
    )
    turns = (
        turn if language_of(turn.language) is not None else msgspec.structs.replace(turn, language=code or UNCODED)
        for turn in session.turns
    )
    return msgspec.structs.replace(session, turns=tuple(turns))


@lru_cache(maxsize=1 << 16)
def said(text: str) -> str:
    """Return `text` as the patterns expect it.

    >>> said("No, that’s WRONG!")
    'no thats wrong'
    """
    return normalise(text).replace("'", "")


def _texts(turn: Turn) -> tuple[str, ...]:
    return (turn.heard,) if turn.response is None else (turn.heard, turn.response.text)


@cache
def _compiled(code: str) -> Phrases | None:
    pack = language_pack(code)
    if pack is None:
        return None
    made: dict[str, Any] = {}
    for name in pack.reactions.__struct_fields__:
        value = getattr(pack.reactions, name)
        if isinstance(value, Whole):
            made[name] = _whole(value)
        else:
            made[name] = _any(value) if isinstance(value, tuple) and name != "opposites" else value
    return Phrases(code=code, **made)


def _any(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(map(_bounded, patterns)) or _NEVER)


def _whole(whole: Whole) -> re.Pattern[str]:
    ahead = rf"(?:(?:{'|'.join(whole.before)}) )*" if whole.before else ""
    behind = rf"(?: (?:{'|'.join(whole.after)}))*" if whole.after else ""
    return re.compile(rf"^{ahead}(?:{'|'.join(whole.phrases)}){behind}$")


def _bounded(pattern: str) -> str:
    """Tie a phrase to the borders of its words; a regular expression does so itself."""
    if not _PHRASE.fullmatch(pattern):
        return pattern
    return rf"{pattern}\b" if pattern.startswith("^") else rf"\b{pattern}\b"
