"""What needs the user's word first: what a request would do, by its words and by its hypothesis."""

import re
from collections.abc import Iterable

from sayagain.languages import DEFAULT, Language, SensitiveAct, language_pack, spoken_words
from sayagain.text import identifier_words, letter_similarity
from sayagain.turns import Hypothesis

__all__ = ["added_act", "sensitive_acts"]

Words = tuple[str, ...]

LOCK, OPEN, ALARM = "lock or unlock something", "open a way into the house", "switch an alarm"
"""What can be told of a hypothesis without its words, as named in the packs."""

_CLASSES = frozenset({"domain", "device_class", "class", "type"})
_THINGS = frozenset({"name", "entity", "entity_id", "device", "device_id", "device_name", "target", "thing", "object"})
"""Slots of a hypothesis: what kind of thing, and which thing."""

_WAYS_IN = frozenset({"door", "garage", "gate", "window"})
"""Classes of covers through which somebody can come in."""

_ASKS = frozenset({"get", "query", "state", "status", "is", "are", "check", "find", "list", "show", "read", "describe"})
_ACTS = frozenset(
    {"activate", "and", "arm", "disarm", "open", "out", "press", "run", "send", "set", "then", "toggle", "trigger"}
    | {"turn", "unlock"}
)
"""Words of an intent that only asks, and words by which it acts all the same."""

_ENDS = frozenset({"close", "down", "lower", "off", "pause", "stop"})
_BEGINS = frozenset({"on", "open", "toggle", "up"})
"""Words of an intent that opens nothing, and words by which it opens all the same."""

_SWITCHES = frozenset({"activate", "arm", "cancel", "deactivate", "disable", "disarm", "off", "on", "stop", "toggle"})
"""Words of an intent that switches an alarm; one that sets an alarm clock does not."""

_ALIKE = 0.6
"""Likeness of the letters of a word and of what was heard for it, from which it may have been misheard."""

_TELLS = frozenset({"add", "list", "media", "music", "note", "play", "remind", "search", "shopping", "song", "timer"})
"""Words of an intent whose things are only named: "play the doors"."""


def sensitive_acts(words: Words, hypothesis: Hypothesis | None, pack: Language) -> list[str]:
    """Return what a request would do that needs the user's word first, sorted.

    Programs are named in English whatever language they understand, so a hypothesis is judged in English, too. Things
    are named in any language: what does something to the "Garagentor" opens a way into the house, whatever it is.

    Args:
        words: of the request, as `spoken_words` gives them.
        hypothesis: how the request is read, where known; one that only asks does nothing.
        pack: the language.
    """
    return sorted({act.kind for act in _find_acts(words, hypothesis, pack)})


def added_act(
    request: tuple[Words, Hypothesis | None],
    candidate: tuple[Words, Hypothesis | None],
    pack: Language,
) -> str | None:
    """Return what a candidate would do that the request did not ask for; None where there is nothing.

    Who says it loosely asks for the same words alone, but for what was misheard: whether "turn the deadbolt" locks or
    unlocks is for the user to say.

    Args:
        request: its words and its hypothesis.
        candidate: likewise.
        pack: the language.
    """
    asked, would = _find_acts(*request, pack), _find_acts(*candidate, pack)
    plainly = {act.kind for act in asked if not act.loose}
    granted = asked if _is_misheard(request[0], candidate[0]) else frozenset()
    return min((act.kind for act in would - granted if act.kind not in plainly), default=None)


def _is_misheard(request: Words, candidate: Words) -> bool:
    """Return whether a candidate differs from a request in nothing but words that resemble each other."""
    lost = [word for word in request if word not in candidate]
    return all(
        any(letter_similarity(word, heard) >= _ALIKE for heard in lost) for word in candidate if word not in request
    )


def _find_acts(words: Words, hypothesis: Hypothesis | None, pack: Language) -> frozenset[SensitiveAct]:
    if hypothesis is None or _only_asks(hypothesis):
        return pack.sensitive.said(words)
    english = language_pack(DEFAULT) or pack
    found = {*pack.sensitive.said((*words, *_hypothesis_words(hypothesis, pack)))}
    if pack is not english:
        in_english = english.sensitive.said(_hypothesis_words(hypothesis, english))
        found |= {act._replace(sign=f"en {act.sign}") for act in in_english}
    named = {SensitiveAct(kind, "reading") for kind in _acts_on_things(hypothesis, (pack, english))}
    if any(act.kind == LOCK for act in found | named):
        # A door that is locked is not opened by its name alone.
        named.discard(SensitiveAct(OPEN, "reading"))
    return frozenset(found | named)


def _acts_on_things(hypothesis: Hypothesis, packs: Iterable[Language]) -> Iterable[str]:
    intent = set(identifier_words(hypothesis.intent))
    classes = set(identifier_words(hypothesis.domain or ""))
    classes.update(word for slot in hypothesis.slots if slot.name in _CLASSES for word in _words(slot.value))
    opens_nothing = bool(intent & _ENDS) and not intent & _BEGINS
    if "lock" in classes:
        yield LOCK
    if classes & {"panel", "siren"}:
        yield ALARM
    if classes & _WAYS_IN and not opens_nothing:
        yield OPEN
    if intent & _TELLS:
        return
    for thing in (_words(slot.value) for slot in hypothesis.slots if slot.name in _THINGS):
        for pack in packs:
            if pack.sensitive.names("lock", thing):
                yield LOCK
            if pack.sensitive.names("entry", thing) and not opens_nothing:
                yield OPEN
            if pack.sensitive.names("alarm", thing) and intent & _SWITCHES:
                yield ALARM


def _only_asks(hypothesis: Hypothesis) -> bool:
    name = identifier_words(hypothesis.intent)
    intent = set(name)
    # To track an order is to ask where it is; the next track is one of music.
    return (bool(intent & _ASKS) or name[:1] == ("track",)) and not intent & _ACTS


def _hypothesis_words(hypothesis: Hypothesis, pack: Language) -> list[str]:
    """Return the words of a hypothesis: `OpenGarageDoor` is three, and what a slot holds tells what is opened."""
    values = (spoken_words(str(slot.value).replace("_", " "), pack) for slot in hypothesis.slots)
    return [
        *identifier_words(f"{hypothesis.domain or ''} {hypothesis.intent}"),
        *(word for value in values for word in value),
    ]


def _words(value: object) -> tuple[str, ...]:
    """Return the words of a slot's value; `cover.garage_door` is three."""
    return spoken_words(re.sub(r"[._:]+", " ", str(value)), None)
