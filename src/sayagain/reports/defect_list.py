"""The turns most surely judged to have failed, with the signs of failure."""

from collections.abc import Callable, Sequence

from sayagain.feedback import Signal
from sayagain.reports.records import Defect
from sayagain.store import Store
from sayagain.turns import Turn

__all__ = ["list_defects"]


def list_defects(store: Store, signals: Callable[[Turn], Sequence[Signal]], *, limit: int) -> list[Defect]:
    """Return the turns most surely judged to have failed.

    Args:
        store: holds turns and judgements.
        signals: feedback about a turn.
        limit: most turns.
    """
    defects = []
    for judgement in store.judgements(defects=True, limit=limit):
        turn = store.turn(judgement.turn_id)
        if turn is None:
            continue
        label = judgement.label
        meant = None
        if label is not None and label.verified:
            meant = label.words or label.hypothesis.description
        defects.append(
            Defect(
                turn_id=turn.turn_id,
                at=turn.started,
                heard=turn.heard,
                p_defect=judgement.p_defect,
                meant=meant,
                signs=[f"{signal.kind}: {signal.evidence}" for signal in signals(turn) if not signal.positive],
            )
        )
    return defects
