"""Replay: decide on logged turns as if they came in now, and count wins and losses by the judgements of the log.

The decider must not have learnt from these turns. The judgements use the next turns and hold weak labels, so wins and
losses are probabilities. A turn that was rewritten when it was logged shows the outcome of the rewrite and hides the
outcome of the words as heard, so it never counts as a win: a harmful rewrite would look as if it worked. It counts as a
loss where the user objected to the very rewrite that the decider would make again.
"""

from collections.abc import Iterable, Mapping

import msgspec

from sayagain.evaluation.metrics import Replayed
from sayagain.guardrails import rewrite_outcomes
from sayagain.labels import Judgement, rewrite_effect
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
    replayed_turns: list[Replayed] = []
    for session in sessions:
        objected = {outcome.turn_id for outcome in rewrite_outcomes(session) if outcome.complaint is not None}
        for place, turn in enumerate(session.turns):
            judgement = judgements.get(turn.turn_id)
            if judgement is None:
                continue
            decision = decider.decide(turn, session.turns[:place])
            objected_here = turn.turn_id in objected
            replayed = _replay_turn(decider, turn, decision, judgement, fitting_unit(session), objected=objected_here)
            replayed_turns.append(msgspec.structs.replace(replayed, session=session.session_id))
    return replayed_turns


def _replay_turn(
    decider: Decider, turn: Turn, decision: Decision, judgement: Judgement, user: str, *, objected: bool
) -> Replayed:
    defect = judgement.p_defect
    win = loss = 0.0
    if _was_rewritten(turn):
        # The log shows the outcome of the rewritten request; other turns tell the outcome when left alone.
        row = decider.known(turn)
        alone = row.failed / row.heard if row is not None and row.heard else None
        if decision.changed and normalise(decision.text) == normalise(turn.request):
            loss = 1.0 if objected else (1 - alone) * defect if alone is not None else 0.0
        defect = alone if alone is not None else defect
    elif decision.changed:
        win, loss, _ = rewrite_effect(turn, judgement.label, defect, decision.text, decision.hypothesis)
    return Replayed(
        user=user,
        trigger=decision.changed,
        win=win,
        loss=loss,
        defect=defect,
    )


def _was_rewritten(turn: Turn) -> bool:
    return turn.applied_rewrite is not None and turn.applied_rewrite.layer != "leave"
