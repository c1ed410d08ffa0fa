"""Stop requests: "stop turning off the lamp" turns nothing off."""

from sayagain.guardrails.directions import stated_directions
from sayagain.guardrails.speech_act import opening_length
from sayagain.languages import Language

__all__ = ["changed_stop", "states_stop", "stops_otherwise"]

Words = tuple[str, ...]


def changed_stop(request: Words, candidate: Words, language: Language) -> str | None:
    """Say what a candidate would do though a request only wants something stopped, or None.

    Args:
        request: words whose speech act is `stop`.
        candidate: words whose speech act is `command`.
        language: its words.

    >>> from sayagain.languages import language_pack
    >>> english, off = language_pack("en"), ("turn", "off", "the", "lamp")
    >>> changed_stop(("stop", "turning", "off", "the", "lamp"), off, english)
    'it would do what was to stop'
    >>> changed_stop(("stop", "turning", "on", "the", "fan"), off, english)
    'it would act on something else than what was to stop'
    >>> changed_stop(("stop", "turn", "off", "the", "lamp"), off, english)
    """
    if not states_stop(candidate, language):
        return "it would start what was to stop"
    stop, rest = _split(request, language)
    empty = language.articles | language.common - language.commands
    first = next((word for word in rest if word not in empty), None)
    # An order behind "stop" keeps its verb.
    if first is None or (first in candidate and language.quits.isdisjoint(stop)):
        return None
    if any(
        all(stated_directions(words, pair.other, language) for words in (rest, candidate))
        for pair in language.opposites
    ):
        return "it would do what was to stop"
    verbs = language.commands.union(*(pair.one | pair.other for pair in language.opposites))
    to_stop, acted_on = (_things(words, verbs, language) for words in (rest, candidate))
    if first in verbs and to_stop and to_stop.isdisjoint(acted_on):
        return "it would act on something else than what was to stop"
    return None


def states_stop(words: Words, language: Language) -> bool:
    """Return whether a request switches something off, closes it, takes it away or the like.

    >>> from sayagain.languages import language_pack
    >>> states_stop(("turn", "off", "the", "lamp"), language_pack("en"))
    True
    """
    return any(stated_directions(words, pair.other, language) for pair in language.opposites)


def stops_otherwise(request: Words, candidate: Words, language: Language) -> bool:
    """Return whether a candidate does the opposite of what was to stop: "turn it off" for "stop turning it on".

    >>> from sayagain.languages import language_pack
    >>> stops_otherwise(("stop", "opening", "the", "gate"), ("close", "the", "gate"), language_pack("en"))
    True
    """
    _, rest = _split(request, language)
    return any(
        stated_directions(rest, pair.one, language)
        and stated_directions(candidate, pair.other, language)
        and not stated_directions(rest, pair.other, language)
        for pair in language.opposites
    )


def _split(request: Words, language: Language) -> tuple[Words, Words]:
    """Return the words that stop something, and those behind them."""
    for at in range(len(request)):
        length = opening_length(request[at:], language.stops)
        if length:
            return request[at : at + length], request[at + length :]
    return (), ()


def _things(words: Words, verbs: frozenset[str], language: Language) -> set[str]:
    return {language.kinds.get(word, word) for word in words if word not in verbs and word not in language.common}
