"""Replay: decide on logged turns as if they came in now, and count what the log says would have come of it.

The decider must not have learnt from these turns. What was meant is taken from the judgements, which saw what followed,
so wins and losses are probabilities.
"""

from collections.abc import Iterable, Mapping

from sayagain.evaluation.metrics import Replayed
from sayagain.labels import UNKNOWN, Judgement
from sayagain.runtime import Decider, Decision
from sayagain.text import normalise
from sayagain.turns import Session, Turn, fitting_unit

__all__ = ["replay"]


def replay(decider: Decider, sessions: Iterable[Session], judgements: Mapping[str, Judgement]) -> list[Replayed]:
    """Replay sessions through a decider.

    Args:
        decider: learnt from other turns.
        sessions: to decide on, each in order of time.
        judgements: by turn id; a turn without one is passed over.
    """
    found: list[Replayed] = []
    for session in sessions:
        for place, turn in enumerate(session.turns):
            judgement = judgements.get(turn.turn_id)
            if judgement is None:
                continue
            decision = decider.decide(turn, session.turns[:place])
            found.append(_replayed(decider, turn, decision, judgement, fitting_unit(session)))
    return found


def _replayed(decider: Decider, turn: Turn, decision: Decision, judgement: Judgement, user: str) -> Replayed:
    defect = judgement.p_defect
    win = loss = 0.0
    if _was_rewritten(turn):
        # The log shows how the rewritten request went; how it goes when left alone is known from other turns.
        row = decider.contents.knowledge.row(normalise(turn.heard))
        alone = row.failed / row.heard if row is not None and row.heard else None
        if decision.changed and alone is not None and normalise(decision.text) == normalise(turn.request):
            win, loss = alone * (1 - defect), (1 - alone) * defect
        defect = alone if alone is not None else defect
    elif decision.changed:
        win, loss = _outcome(turn, decision, judgement)
    return Replayed(
        user=user,
        trigger=decision.changed,
        win=win,
        loss=loss,
        defect=defect,
    )


def _outcome(turn: Turn, decision: Decision, judgement: Judgement) -> tuple[float, float]:
    label = judgement.label
    # What the assistant itself could not do cannot be spoiled; at worst it stays as it was.
    worked = 0.0 if turn.complained else 1 - judgement.p_defect
    if label is None or label.reading == UNKNOWN:
        return 0.0, worked
    same_words = label.words is not None and normalise(label.words) == normalise(decision.text)
    right = same_words or (decision.reading is not None and decision.reading.key == label.reading.key)
    if label.reading.key == turn.understood.key:
        # It was read rightly: another wording of the same reading changes nothing, anything else spoils it.
        return (0.0, 0.0) if right else (0.0, label.probability)
    return (label.probability, 0.0) if right else (0.0, worked)


def _was_rewritten(turn: Turn) -> bool:
    return turn.applied_rewrite is not None and turn.applied_rewrite.layer != "leave"
