"""The effect that a rewrite would have on one logged turn: a win, a loss, or another wrong answer."""

from typing import NamedTuple

from sayagain.labels.label import UNKNOWN, Label
from sayagain.text import normalise
from sayagain.turns import Hypothesis, Turn

__all__ = ["Effect", "rewrite_effect"]


class Effect(NamedTuple):
    """Probabilities of a rewrite's effects; the rest to 1 is that nothing changes or the effect is unknown."""

    win: float = 0.0
    """The rewrite repairs a failing request."""
    loss: float = 0.0
    """The rewrite spoils a working request."""
    wrong: float = 0.0
    """The rewrite turns one wrong answer into another."""


def rewrite_effect(
    turn: Turn, label: Label | None, p_defect: float, text: str, hypothesis: Hypothesis | None
) -> Effect:
    """Return the effect of passing on other words, or another hypothesis, for a turn that was left as it was.

    Args:
        turn: the turn as logged, without a rewrite.
        label: label of the turn; None if it has none.
        p_defect: probability that the turn failed, by the judge.
        text: the words that would be passed on.
        hypothesis: the hypothesis that would be passed on or is expected of the words; None if unknown.

    >>> off = Hypothesis(intent="off")
    >>> label = Label(turn_id="t", hypothesis=off, provenance="rephrased", probability=0.8, weight=1)
    >>> rewrite_effect(Turn(turn_id="t", started=0, request="of"), label, 0.9, "off", off).win
    0.8
    """
    # A request that the assistant refused cannot be spoiled.
    worked = 0.0 if turn.complained else 1 - p_defect
    if label is None or label.hypothesis == UNKNOWN:
        return Effect(loss=worked)
    same_words = label.words is not None and normalise(label.words) == normalise(text)
    agrees = same_words or (hypothesis is not None and hypothesis.key == label.hypothesis.key)
    if label.hypothesis.key == turn.understood.key:
        # The turn was understood: another wording of the same hypothesis changes nothing, anything else spoils it.
        return Effect() if agrees else Effect(loss=label.probability)
    if agrees:
        return Effect(win=label.probability)
    return Effect(loss=worked, wrong=label.probability * (1 - worked))
