"""What a request does: order, ask, report or complain. Only an order is acted on; English."""

import re
from typing import Literal

from sayagain.guardrails.speech_act import speech_act
from sayagain.languages import DEFAULT, Language, language_pack
from sayagain.text import words

__all__ = ["RequestAct", "asks_for_state", "may_go_on_to_order", "request_act"]

RequestAct = Literal["order", "question", "report", "complaint"]
"""`complaint` objects to what the assistant does of itself: "stop turning off the lights"."""

_SWITCHING = (
    r"(?:turning|switching|shutting|opening|closing|locking|unlocking|dimming|brightening|setting|changing|adjusting|"
    r"raising|lowering|putting|activating|enabling|disabling|powering|flipping|touching|messing|fiddling|playing with)"
)
"""What an assistant does of itself; not what goes on until it is stopped, as playing and cleaning do."""

_COMPLAINT = re.compile(
    rf"\b(?:stop|stopped|quit|cease|avoid|no more|enough (?:of|with)|refrain from|hold off(?: on)?|no need for|"
    rf"tired of|sick of|fed up with|hate)\b(?: \w+){{0,3}} {_SWITCHING}\b|"
    rf"\b(?:keeps?|kept|always) {_SWITCHING}\b|"
    r"\b(?:hate|tired of|sick of|fed up with) (?:it )?(?:when|that)\b|"
    r"\b(?:leave|let) (?!there )(?:\w+ ){1,4}(?:alone|be|in peace)\b|"
    r"\b(?:wrong (?:one|room|thing|door|light|lights|lamp|lamps|device)|that ?s (?:wrong|not (?:it|right|what)))\b|"
    r"\bwhat i meant by\b"
)

_DONE = (
    r"(?:turned|switched|shut|opened|closed|locked|unlocked|dimmed|left|set|put|forgot|forgotten|started|stopped|"
    r"saw|heard|thought|told|asked|said|keeps?|kept|always|never|just|already|again|usually)"
)
_REPORT = re.compile(
    rf"^(?:and |but |so |oh |again |ugh )?(?:you|i|he|she|they|we|it|someone|somebody|everyone|everybody|nobody|"
    rf"that|this|(?:the|my|our|your|his|her|their) \w+(?: \w+)?) (?:\w+ )?{_DONE}\b|"
    r"^(?:thanks|thank you) for \w+ing\b|^(?:good thing|glad|i love|i like|i think|i guess|i bet|i hope) |"
    r"\b(?:by itself|by themselves|on its own|on their own|of its own accord)\b"
)

_WISH = re.compile(
    r"^(?:please )?(?:i (?:want|need|would like|d like)|id (?:like|love)|we (?:want|need)|i wish|get|make sure|"
    r"have (?:the|my|our|a|an|all|every)\b(?!.* (?:been|gone|got)\b)|(?:can|could|may) (?:i|we) (?:have|get))\b"
)
"""Wishes, which order what they tell of: "I want the lights turned off"."""

_COURTESY = re.compile(
    r"^(?:\w+ )?(?:(?:would|could|will|is) it (?:be )?(?:possible|ok|okay|all right|alright|too much)|"
    r"do you (?:think|suppose) (?:you|we) (?:could|can|might)|(?:is there )?any chance (?:you|we|that)|"
    r"do (?:that|this|it|them|the same|so))\b"
)
"""Orders in the words of a question."""

_ORDER_WITHIN = re.compile(
    r"(?<=\w )\b(?:and|then|so|please|here|now|home|dark|cold|hot|warm|bright|loud|late) (?:please |just |now )*"
    r"(?:turn|switch|shut|put|set|dim|brighten|open|close|lock|unlock|raise|lower|start|stop(?! \w+ing)|pause|play|"
    r"make|kill)\b(?! (?:itself|themselves|by))"
)
"""An order that a statement or a question goes on to: "it's dark in here, turn on the lights"."""

_MAY_ORDER = re.compile(
    r"(?<!to )(?<!not )(?<!you )(?<!i )(?<!we )(?<!they )(?<!would )(?<!will )(?<!could )(?<!can )(?<!did )"
    r"\b(?:turn|switch|shut|put|set)\b.* (?:on|off|out|up|down|to)\b"
)

_CUT_OFF = frozenset({"is", "are", "was", "were", "has", "have"})
"""Behind one of these a statement has not yet said anything; it was something else, misheard."""

_NO_STATE = re.compile(
    r"^(?:\w+ )?(?:why|who|whos|whose|whom|when|where|which|should|do you|dont you|would it|"
    r"what (?:time|happens|would|made)|how (?:do|does|did|can|could|would|should|come|to|often|long)|"
    r"(?:tell me|explain|know) (?:why|how|when|who))\b"
)
"""What asks for a reason, a person, a time or a way; no state of a home is the answer."""

_WISH = re.compile(
    r"^(?:please )?(?:i (?:want|need|would like|d like)|i'?d (?:like|love)|we (?:want|need)|i wish|get|have|make sure|"
    r"(?:can|could|may) (?:i|we) (?:have|get)|i would like)\b"
)


def request_act(heard: str, language: Language | None = None) -> RequestAct:
    """Return what a request does; what cannot be told is taken for an order.

    >>> request_act("why did you turn off the lights")
    'question'
    >>> request_act("you opened the garage door")
    'report'
    >>> request_act("stop turning off the lights")
    'complaint'
    >>> request_act("stop playing in the kitchen"), request_act("could you close the blinds?")
    ('order', 'order')
    """
    pack = language or language_pack(DEFAULT)
    said = tuple(word.replace("'", "") for word in words(heard))
    text = " ".join(said)
    # A pause is a comma, and what stands behind it may be an order of its own.
    paused = " ".join(words(re.sub(r"[.!?;,]+(?=\s)", " and ", heard)))
    if pack is None or not said or _WISH.search(text) or _COURTESY.search(text) or _ORDER_WITHIN.search(paused):
        return "order"
    if _COMPLAINT.search(text):
        return "complaint"
    act = speech_act(said, pack, marked=heard.rstrip().endswith("?"))
    if act == "question":
        return "question"
    if act == "report" and said[-1] not in _CUT_OFF:
        return "report"
    return "report" if act == "undecided" and _REPORT.search(text) else "order"


def asks_for_state(heard: str) -> bool:
    """Return whether a question may be answered by how things are now; not by a reason, a person or a time.

    >>> asks_for_state("is the gate closed"), asks_for_state("why is the gate closed")
    (True, False)
    """
    return _NO_STATE.search(" ".join(words(heard)).replace("'", "")) is None


def may_go_on_to_order(heard: str) -> bool:
    """Return whether a report has an order behind it that nothing sets apart.

    >>> may_go_on_to_order("it's bedtime turn the lights off"), may_go_on_to_order("you turned the lights off")
    (True, False)
    """
    return _MAY_ORDER.search(" ".join(words(heard))) is not None
