"""Classes of change: one threshold for all of them does not carry over, so each has its own."""

from sayagain.turns import Hypothesis

__all__ = ["change_class"]


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
