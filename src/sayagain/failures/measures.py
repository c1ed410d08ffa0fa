"""Measures that an assistant reports on a scale of its own, compared with those of the turns that worked.

A wake word's 0.9 is much from one model and little from another, and so is a confidence. Only the rank among the
turns of the same log that worked says whether a value is low.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from math import nan

from sayagain.text import limit_text
from sayagain.turns import Turn

__all__ = ["MEASURES", "measures", "rank"]

MEASURES: tuple[str, ...] = ("wake", "asr_confidence", "asr_margin", "nlu_confidence", "nlu_margin", "pace")
"""The measures: of the wake word; of the best transcript and hypothesis, and their lead over the second; and the words
spoken in a second."""

_ENOUGH = 8
"""Least working turns that a rank needs."""


def measures(turn: Turn) -> tuple[float, ...]:
    """Return the values of `MEASURES`, each on its own scale; NaN where the log does not tell.

    >>> from sayagain.turns import Wake
    >>> measures(Turn(turn_id="t", started=0, ended=2_000, request="lamp on", wake=Wake(name="w", probability=0.5)))
    (0.5, nan, nan, nan, nan, 1.0)
    """
    wake = nan if turn.wake is None or turn.wake.probability is None else turn.wake.probability
    asr = [] if turn.asr is None else [transcript.confidence for transcript in turn.asr.nbest]
    if turn.asr is not None and turn.asr.confidence is not None:
        asr = [turn.asr.confidence, *asr[1:]]
    nlu = [hypothesis.confidence for hypothesis in turn.hypotheses]
    seconds = 0.0 if turn.ended is None else (turn.ended - turn.started) / 1000
    pace = len(limit_text(turn.heard).split()) / seconds if seconds > 0 else nan
    return wake, *_lead(asr), *_lead(nlu), pace


def rank(value: float, sorted_values: Sequence[float]) -> float:
    """Return the share of values below this one, equal ones by half; NaN if there are too few.

    >>> rank(0.5, [0.9] * 8), rank(0.9, [0.9] * 8), rank(0.5, [0.9])
    (0.0, 0.5, nan)
    """
    if value != value or len(sorted_values) < _ENOUGH:  # noqa: PLR0124  (NaN alone differs from itself)
        return nan
    return (bisect_left(sorted_values, value) + bisect_right(sorted_values, value)) / (2 * len(sorted_values))


def _lead(confidences: Sequence[float | None]) -> tuple[float, float]:
    """Return the best confidence and its lead over the second."""
    best = confidences[0] if confidences else None
    second = confidences[1] if len(confidences) > 1 else None
    return nan if best is None else best, nan if best is None or second is None else best - second
