"""Acts that need the user's word, where the situation rather than the words speaks for them."""

from sayagain.guardrails.rules import sensitive_kinds
from sayagain.languages import DEFAULT, language_of, language_pack, spoken_words
from sayagain.text import identifier_words
from sayagain.turns import Hypothesis

__all__ = ["unasked_act"]

_PARTS = ("entry", "gate", "alarm", "lock")
"""The things of a home that move or guard its openings."""


def unasked_act(request: str, meant: Hypothesis, language: str | None = None) -> str | None:
    """Say what a hypothesis would do that needs the user's word and the words alone do not ask for; None if nothing.

    A situation may tell which of several things is meant, never that something is opened, locked, bought or called, nor
    that a door, gate, lock or alarm which was not named is moved at all.

    Args:
        request: the words as heard.
        meant: a hypothesis of them.
        language: of the request (BCP 47).

    >>> from sayagain.turns import Slot
    >>> lock = Hypothesis(intent="HassTurnOn", domain="lock", slots=(Slot("name", "front door"),))
    >>> lamp = Hypothesis(intent="HassTurnOff", slots=(Slot("name", "lamp"),))
    >>> unasked_act("good night", lock, "en") is None, unasked_act("good night", lamp, "en") is None
    (False, True)
    """
    pack = language_pack(language_of(language) or DEFAULT)
    if pack is None:
        return "there are no guardrails for its language"
    asked = sensitive_kinds(request, None, pack)
    unasked = [kind for kind in sensitive_kinds(request, meant, pack) if kind not in asked]
    if unasked:
        return f"it would {unasked[0]}, which the request did not ask for; ask first"
    # Most programs name their intents in English.
    english = language_pack(DEFAULT)
    queries = pack.query_intents | (english.query_intents if english is not None else frozenset())
    if not queries.isdisjoint(identifier_words(meant.intent)):
        return None
    # "Close it" may mean the garage door; whether somebody stands under it only the user sees.
    things = spoken_words(" ".join(str(slot.value) for slot in meant.slots), pack)
    said = spoken_words(request, pack)
    if any(pack.sensitive.names(part, things) and not pack.sensitive.names(part, said) for part in _PARTS):
        return f"it would act on “{' '.join(things)}”, which the request did not name; ask first"
    return None
