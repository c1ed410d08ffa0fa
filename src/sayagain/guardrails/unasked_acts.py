"""Acts that need the user's word, where the situation rather than the words speaks for them."""

from sayagain.guardrails.rules import sensitive_kinds
from sayagain.languages import DEFAULT, language_of, language_pack
from sayagain.turns import Hypothesis

__all__ = ["unasked_act"]


def unasked_act(request: str, meant: Hypothesis, language: str | None = None) -> str | None:
    """Say what a hypothesis would do that needs the user's word and the words alone do not ask for; None if nothing.

    A situation may tell which of several things is meant, never that something is opened, locked, bought or called.

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
    return f"it would {unasked[0]}, which the request did not ask for; ask first" if unasked else None
