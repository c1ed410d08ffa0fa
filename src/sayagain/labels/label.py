"""The label of a turn: the hypothesis believed right, with its provenance, probability and weight."""

from typing import Annotated

import msgspec

from sayagain.turns import Hypothesis

__all__ = ["UNKNOWN", "Label"]

UNKNOWN = Hypothesis(intent="?")
"""Hypothesis of a request whose meaning is unknown, except that the assistant's own hypothesis is wrong."""


class Label(msgspec.Struct, frozen=True, kw_only=True):
    """The hypothesis believed right for one turn.

    >>> Label(
    ...     turn_id="t", hypothesis=Hypothesis(intent="on"), provenance="moved on", probability=0.8, weight=1
    ... ).verified
    True
    """

    turn_id: str
    """Id of the labelled turn."""
    hypothesis: Hypothesis = msgspec.field(name="reading")
    """The hypothesis believed right; empty if the user requested nothing, or something unknown."""
    words: str | None = None
    """The user's later words that worked; None if there are none."""
    provenance: str
    """Name of the sign that the label rests on, a key of `RELIABILITY`."""
    probability: Annotated[float, msgspec.Meta(ge=0, le=1)]
    """Probability that the hypothesis is right."""
    weight: Annotated[float, msgspec.Meta(ge=0, le=1)]
    """Weight in training, in [0, 1]; small for weak signs, whatever their probability."""

    @property
    def verified(self) -> bool:
        """Whether the label is sure enough to count as fact: a known hypothesis, full weight, probability ≥ 0.75."""
        return (
            not self.hypothesis.empty and self.hypothesis != UNKNOWN and self.probability >= 0.75 and self.weight == 1.0
        )
