"""The evidence of the failure point: one row of numbers a turn, from its record, the log and what followed."""

from math import nan

import numpy as np
import numpy.typing as npt

from sayagain.failures.later_evidence import LATER_FIELDS, later_evidence
from sayagain.failures.log_evidence import KNOWLEDGE_FIELDS, log_evidence
from sayagain.failures.log_knowledge import SessionKnowledge
from sayagain.failures.measures import MEASURES
from sayagain.failures.name_evidence import NAME_FIELDS, name_evidence
from sayagain.failures.turn_evidence import TURN_FIELDS, turn_evidence
from sayagain.labels.judge.turn_fields import AFTER_FIELDS, BEFORE_FIELDS, numbers
from sayagain.labels.next_turns import AFTER, BEST_OF_OTHERS, next_turn_features
from sayagain.turns import Session

__all__ = ["EVIDENCE_FIELDS", "Floats", "evidence"]

Floats = npt.NDArray[np.float32]

_OWN_SCALE = frozenset({"wake", "spoken_seconds", *MEASURES})
_RECORD = tuple(name for name in BEFORE_FIELDS if not name.startswith("word_") and name not in _OWN_SCALE)
"""Fields of the judge that are known at once. Single words of a request tell of domains, not of stages; a measure on a
scale of its own is compared with the log instead."""

_FOLLOWING = (*(f"next_{name}" for name in AFTER), *(f"others_{AFTER[column]}" for column in BEST_OF_OTHERS))

EVIDENCE_FIELDS: tuple[str, ...] = (
    *_RECORD,
    *TURN_FIELDS,
    *KNOWLEDGE_FIELDS,
    *NAME_FIELDS,
    *AFTER_FIELDS,
    *LATER_FIELDS,
    *_FOLLOWING,
)
"""The columns of `evidence`."""

_KNOWN_LATER = len(AFTER_FIELDS) + len(LATER_FIELDS) + len(_FOLLOWING)


def evidence(session: Session, knowledge: SessionKnowledge, *, later: bool = True) -> Floats:
    """Return the evidence of each turn of a session.

    Args:
        session: the whole session.
        knowledge: what the rest of the log tells.
        later: whether later turns and the user's reactions count; without them their columns are NaN.

    Returns:
        Shape (turns, `EVIDENCE_FIELDS`), NaN where the log does not tell.
    """
    turns = session.turns
    own = np.array(
        [turn_evidence(turn) + log_evidence(turn, knowledge) + name_evidence(turn, knowledge) for turn in turns],
        np.float32,
    )
    if not later:
        missing = np.full((len(turns), _KNOWN_LATER), nan, np.float32)
        return np.hstack([numbers(session, _RECORD), own, missing])
    following = np.array(
        [later_evidence(turns, index, knowledge) + _following(session, index) for index in range(len(turns))],
        np.float32,
    )
    judged = numbers(session, (*_RECORD, *AFTER_FIELDS))
    return np.hstack([judged[:, : len(_RECORD)], own, judged[:, len(_RECORD) :], following])


def _following(session: Session, index: int) -> list[float]:
    turn = session.turns[index]
    rows = next_turn_features(session, index, turn.hypotheses or (turn.understood,))
    others = rows[1:, BEST_OF_OTHERS].max(axis=0) if len(rows) > 1 else np.full(len(BEST_OF_OTHERS), nan)
    return [*map(float, rows[0]), *map(float, others)]
