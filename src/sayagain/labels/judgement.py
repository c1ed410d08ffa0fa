"""The judgement: defect probability, label and trouble of one turn, as learning found them."""

from typing import Annotated

import msgspec

from sayagain.labels.label import Label
from sayagain.turns import TroubleKind

__all__ = ["Judgement"]


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """Defect probability, label and trouble of one turn.

    >>> Judgement(turn_id="t", p_defect=0.9, defect=True).label is None
    True
    """

    turn_id: str
    """Id of the turn."""
    p_defect: Annotated[float, msgspec.Meta(ge=0, le=1)]
    """Probability that the answer was wrong."""
    defect: bool
    """Whether the turn counts as a defect."""
    label: Label | None = None
    """The weak label; None where the following turns support no hypothesis."""
    trouble: TroubleKind | None = None
    """Kind of trouble by the turn's own record: `not done` is a defect of execution, not of the words."""
