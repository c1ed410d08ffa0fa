"""Classes of change: each has a threshold of its own, since one threshold does not suit them all."""

from sayagain.turns import Hypothesis

__all__ = ["COMPLETED", "IN_CONTEXT", "QUESTION", "change_class"]

IN_CONTEXT = "in context"
"""The class of what the situation speaks for, whatever it would change."""

COMPLETED = "completed"
"""The class of what words of the session complete, whatever it would change."""

QUESTION = "question"
"""The class of what is asked about, whatever it would change."""


def change_class(
    before: Hypothesis,
    after: Hypothesis,
    *,
    guessed: bool = False,
    in_context: bool = False,
    completed: bool = False,
) -> str:
    """Return how `after` differs from `before`.

    Args:
        before: what the request is read as.
        after: what it would be.
        guessed: whether that merely resembles what was heard, which makes a class of its own.
        in_context: whether the situation speaks for it, which makes one class of all.
        completed: whether words of the session complete the request, which makes one class of all.

    Returns:
        `nothing`: nothing was read before; `unheard`: nothing is known of the words; `value`: same slots, other
        values; `added`, `dropped`: a part more or less; `intent`: all else. Guesses have `, guessed` behind it.

    >>> nothing, on = Hypothesis(intent=""), Hypothesis(intent="on")
    >>> change_class(nothing, on), change_class(nothing, on, guessed=True)
    ('nothing', 'nothing, guessed')
    """
    if in_context:
        return IN_CONTEXT
    if completed:
        return COMPLETED
    return f"{_change(before, after)}, guessed" if guessed else _change(before, after)


def _change(before: Hypothesis, after: Hypothesis) -> str:
    if before.empty:
        return "nothing"
    if before.intent == "said":
        return "unheard"
    names = [sorted(slot.name for slot in hypothesis.slots) for hypothesis in (before, after)]
    if before.intent == after.intent and names[0] == names[1]:
        return "value"
    if after.items > before.items:
        return "added"
    if after.items < before.items:
        return "dropped"
    return "intent"
