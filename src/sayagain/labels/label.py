"""The label: a reading believed right for one turn, with where the belief comes from and how sure it is."""

from typing import Annotated

import msgspec

from sayagain.turns import Hypothesis

__all__ = ["UNKNOWN", "Label"]

UNKNOWN = Hypothesis(intent="?")
"""The reading of a request of which only so much is known: it was not what the assistant made of it."""


class Label(msgspec.Struct, frozen=True, kw_only=True):
    """What one turn should have been read as.

    >>> Label(turn_id="t", reading=Hypothesis(intent="on"), provenance="moved on", probability=0.8, weight=1).verified
    True
    """

    turn_id: str
    """The turn that it labels."""
    reading: Hypothesis
    """The reading believed right; empty when nothing was asked, or nothing that can be told."""
    words: str | None = None
    """The words that worked in its place, where the user found some."""
    provenance: str
    """Which sign it rests on, in plain words."""
    probability: Annotated[float, msgspec.Meta(ge=0, le=1)]
    """That the reading is right."""
    weight: Annotated[float, msgspec.Meta(ge=0, le=1)]
    """How much it may teach: weak signs teach little, whatever they say."""

    @property
    def verified(self) -> bool:
        """Sure enough to be counted as fact: a reading that ended well."""
        return not self.reading.empty and self.reading != UNKNOWN and self.probability >= 0.75 and self.weight == 1.0
