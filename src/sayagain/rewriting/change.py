"""Classes of change, and how sure a decision must be in each: one threshold for all does not carry over."""

from sayagain.rewriting.candidates import Position
from sayagain.turns import Hypothesis

__all__ = ["THRESHOLDS", "change_class"]

THRESHOLDS: dict[Position, dict[str, float]] = {
    "read": {"nothing": 0.60, "added": 0.50},
    "heard": {"nothing": 0.60, "unheard": 0.75, "value": 0.75, "added": 0.75, "dropped": 0.75, "intent": 0.75},
    "parsed": {"nothing": 0.60, "unheard": 0.75, "value": 0.75, "added": 0.75, "dropped": 0.75, "intent": 0.75},
}
"""The least P(candidate) ÷ (P(candidate) + P(leave it)) by class of change; a class that is not here is never made.

Round numbers from development calls and homes. Over readings, a change of values or of intent was as often wrong as
right, so it is not made.
"""


def change_class(before: Hypothesis, after: Hypothesis) -> str:
    """Return how `after` differs from `before`.

    Returns:
        `nothing`: nothing was read before; `unheard`: nothing is known of the words; `value`: same slots, other
        values; `added`, `dropped`: a part more or less; `intent`: all else.

    >>> change_class(Hypothesis(intent=""), Hypothesis(intent="on"))
    'nothing'
    """
    if before.empty:
        return "nothing"
    if before.intent == "said":
        return "unheard"
    names = [sorted(slot.name for slot in reading.slots) for reading in (before, after)]
    if before.intent == after.intent and names[0] == names[1]:
        return "value"
    if after.items > before.items:
        return "added"
    if after.items < before.items:
        return "dropped"
    return "intent"
