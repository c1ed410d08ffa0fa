"""Changed acts: a question, a report or a complaint must not become an order, nor an order a question."""

from collections.abc import Sequence
from functools import lru_cache

from sayagain.guardrails.directions import stated_directions
from sayagain.guardrails.request_act import request_act
from sayagain.guardrails.speech_act import SpeechAct, hypothesis_act, speech_act
from sayagain.guardrails.stop_requests import changed_stop, states_stop, stops_otherwise
from sayagain.languages import Language, language_pack, spoken_words

__all__ = ["TELLS", "changed_act"]

Words = tuple[str, ...]

TELLS: frozenset[SpeechAct] = frozenset({"question", "report"})
"""Acts that order nothing."""

_DOES: frozenset[SpeechAct] = frozenset({"command", "stop"})

_SWITCHED = frozenset({"on/off", "unlock/lock", "arm/disarm"})
"""Directions in which something is switched, opened or closed."""

_CACHED = 1 << 14
"""Cache size for the acts of requests; a log says the same again and again."""


def changed_act(
    heard: str,
    candidate: Words,
    intent: Sequence[str] | None,
    language: Language,
    *,
    marked: bool = False,
    confirmed: bool = False,
) -> str | None:
    """Say which act of a request a candidate would change, or None.

    Args:
        heard: the request.
        candidate: the words to be said instead, as `spoken_words` gives them.
        intent: the words of the intent that the candidate is understood as; None where that is not known.
        language: of the words.
        marked: whether the request is written with a question mark.
        confirmed: whether the user said yes to the candidate, which answers a report.

    >>> english, off = language_pack("en"), ("turn", "off", "the", "lights")
    >>> changed_act("why did you turn off the lights", off, None, english)
    'it would turn a question into a command'
    >>> changed_act("lay off turning off the lights", off, None, english)
    'it would turn a complaint into a command'
    >>> changed_act("turn of the lights", off, None, english)
    """
    request = spoken_words(heard, language)
    asked, would = speech_act(request, language, marked=marked), speech_act(candidate, language)
    if intent is not None and (would == "undecided" or request == candidate):
        # The same words may be read otherwise.
        would = hypothesis_act(tuple(intent), language)
    if asked in TELLS and would in _DOES and not (asked == "report" and confirmed):
        return _turned(asked)
    if asked in _DOES and would in TELLS:
        return f"it would turn a command into a {would}"
    if asked == "question" and _switches(candidate, language):
        return _turned(asked)
    if asked == "stop" and would == "command":
        stop = changed_stop(request, candidate, language)
        # "Stop turning it on" may be said as "turn it off".
        if stop or stops_otherwise(request, candidate, language):
            return stop
    if asked == "command" and would == "stop" and not states_stop(request, language):
        return "it would stop what was not to stop"
    return None if would in TELLS else _patterned(heard, " ".join(candidate), language.code, confirmed=confirmed)


def _turned(act: str) -> str:
    return f"it would turn a {act} into a command" + ("; ask first" if act == "report" else "")


def _switches(words: Words, language: Language) -> bool:
    """Return whether words that open no order switch something all the same: "lights off"."""
    sides = [side for pair in language.opposites if pair.name in _SWITCHED for side in (pair.one, pair.other)]
    undecided = speech_act(words, language) == "undecided"
    return undecided and any(stated_directions(words, side, language) for side in sides)


def _patterned(heard: str, candidate: str, code: str, *, confirmed: bool) -> str | None:
    """Refuse where the patterns of a language show what no opening does: "hör auf, das Licht auszuschalten"."""
    act = _act_of_text(heard, code)
    if act not in {"complaint", "report"} or (act == "report" and confirmed):
        return None
    return None if _act_of_text(candidate, code) == act else _turned(act)


@lru_cache(maxsize=_CACHED)
def _act_of_text(text: str, code: str) -> str:
    return request_act(text, language_pack(code))
