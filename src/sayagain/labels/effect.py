"""The effect of a rewrite on one logged turn, by what followed it: a win, a loss, or still wrong."""

from typing import NamedTuple

from sayagain.labels.label import UNKNOWN, Label
from sayagain.text import normalise
from sayagain.turns import Hypothesis, Turn

__all__ = ["Effect", "rewrite_effect"]


class Effect(NamedTuple):
    """Probabilities of what a rewrite would have done; what is missing to 1 is that nothing changes or is known."""

    win: float = 0.0
    """A failing request would have been repaired."""
    loss: float = 0.0
    """A working request would have been spoiled."""
    wrong: float = 0.0
    """A failing request would have been answered in another wrong way."""


def rewrite_effect(turn: Turn, label: Label | None, p_defect: float, text: str, reading: Hypothesis | None) -> Effect:
    """Return the effect of passing on other words, or another hypothesis, for a turn that was left as it was.

    Args:
        turn: as logged, without a rewrite.
        label: what was meant, where something tells.
        p_defect: that the turn failed, by the judge.
        text: the words that would be passed on.
        reading: the hypothesis that would be passed on or is expected of the words; None where it is not known.

    >>> off = Hypothesis(intent="off")
    >>> label = Label(turn_id="t", reading=off, provenance="rephrased", probability=0.8, weight=1)
    >>> rewrite_effect(Turn(turn_id="t", started=0, request="of"), label, 0.9, "off", off).win
    0.8
    """
    # What the assistant itself could not do cannot be spoiled; at worst it stays as it was.
    worked = 0.0 if turn.complained else 1 - p_defect
    if label is None or label.reading == UNKNOWN:
        return Effect(loss=worked)
    same_words = label.words is not None and normalise(label.words) == normalise(text)
    right = same_words or (reading is not None and reading.key == label.reading.key)
    if label.reading.key == turn.understood.key:
        # It was read rightly: another wording of the same hypothesis changes nothing, anything else spoils it.
        return Effect() if right else Effect(loss=label.probability)
    if right:
        return Effect(win=label.probability)
    return Effect(loss=worked, wrong=label.probability * (1 - worked))
