"""What a request does: order, ask, report or complain. Only an order is acted on."""

import re
from typing import Literal

from sayagain.guardrails.speech_act import speech_act
from sayagain.languages import DEFAULT, Language, language_pack, search_any, spoken_words

__all__ = ["RequestAct", "asks_for_state", "may_go_on_to_order", "request_act"]

RequestAct = Literal["order", "question", "report", "complaint"]
"""`complaint` objects to what the assistant does of itself: "stop turning off the lights"."""

_PAUSE = re.compile(r"[.!?;,]+(?=\s)")


def request_act(heard: str, language: Language | None = None) -> RequestAct:
    """Return what a request does; what cannot be told is taken for an order.

    Args:
        heard: the request.
        language: its words; English where it is not given.

    >>> request_act("why did you turn off the lights")
    'question'
    >>> request_act("you opened the garage door")
    'report'
    >>> request_act("stop turning off the lights")
    'complaint'
    >>> request_act("stop playing in the kitchen"), request_act("could you close the blinds?")
    ('order', 'order')
    >>> request_act("hör auf das licht auszuschalten", language_pack("de"))
    'complaint'
    """
    pack = language or _english()
    said = spoken_words(heard, pack)
    text = " ".join(said)
    acts = pack.acts
    if not said:
        return "order"
    if acts is not None:
        # A pause is a comma, and what stands behind it may be an order of its own.
        paused = " ".join(spoken_words(_PAUSE.sub(f" {acts.pause} ", heard), pack))
        if search_any((*acts.wishes, *acts.courtesies), text) or search_any(acts.orders_within, paused):
            return "order"
        if search_any(acts.complaints, text):
            return "complaint"
    act = speech_act(said, pack, marked=heard.rstrip().endswith("?"))
    if act == "question":
        return "question"
    if act == "report" and (acts is None or said[-1] not in acts.cut_off):
        return "report"
    return "report" if act == "undecided" and acts is not None and search_any(acts.reports, text) else "order"


def asks_for_state(heard: str, language: Language | None = None) -> bool:
    """Return whether a question may be answered by how things are now; not by a reason, a person or a time.

    >>> asks_for_state("is the gate closed"), asks_for_state("why is the gate closed")
    (True, False)
    """
    pack = language or _english()
    if pack.acts is None or not pack.acts.no_state:
        return False
    return search_any(pack.acts.no_state, " ".join(spoken_words(heard, pack))) is None


def may_go_on_to_order(heard: str, language: Language | None = None) -> bool:
    """Return whether a report has an order behind it that nothing sets apart.

    >>> may_go_on_to_order("it's bedtime turn the lights off"), may_go_on_to_order("you turned the lights off")
    (True, False)
    """
    pack = language or _english()
    return pack.acts is not None and search_any(pack.acts.may_order, " ".join(spoken_words(heard, pack))) is not None


def _english() -> Language:
    pack = language_pack(DEFAULT)
    if pack is None:  # pragma: no cover  (the package always has English)
        raise AssertionError
    return pack
