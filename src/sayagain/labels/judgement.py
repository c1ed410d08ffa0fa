"""The judgement: what learning made of one turn."""

from typing import Annotated

import msgspec

from sayagain.labels.label import Label
from sayagain.turns import TroubleKind

__all__ = ["Judgement"]


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """What learning made of one turn.

    >>> Judgement(turn_id="t", p_defect=0.9, defect=True).label is None
    True
    """

    turn_id: str
    """The turn."""
    p_defect: Annotated[float, msgspec.Meta(ge=0, le=1)]
    """That it was answered wrongly."""
    defect: bool
    """Whether it is called a defect."""
    label: Label | None = None
    """What it should have been read as, where something tells."""
    trouble: TroubleKind | None = None
    """What the turn lacked by its own record: `not done` is a defect of execution, and none of the words."""
