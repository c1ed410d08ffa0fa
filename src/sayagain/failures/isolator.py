"""The isolator: the failure point of each turn, from whatever its log tells. Needs no extra.

The shipped model was trained on the exact causes in simulated homes, in many ways of logging.
"""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Self, cast

import numpy as np

from sayagain.failures.evidence import EVIDENCE_FIELDS, Floats, evidence
from sayagain.failures.failure_point import FAILURE_POINTS, FailurePoint, Isolation
from sayagain.failures.log_knowledge import LogKnowledge, SessionKnowledge
from sayagain.failures.tree_model import Probabilities, TreeModel, open_trees
from sayagain.turns import Session, Turn

__all__ = ["SHIPPED", "FailureIsolator"]

SHIPPED = Path(__file__).resolve().parent / "shipped"
"""Folder of the shipped model."""

_CORRECT, _NLU, _NAMESAKE, _RESULT = (
    FAILURE_POINTS.index(name) for name in ("correct", "nlu", "entity_resolution", "result")
)
_CORRECTION, _AMBIGUOUS, _OTHER_CANDIDATE, _SAME_TARGET = (
    EVIDENCE_FIELDS.index(name)
    for name in ("signal_correction", "ambiguous", "try_target_was_candidate", "try_same_target")
)

_OUT_OF_SCOPE = frozenset({"out_of_scope", "not_supported", "unsupported"})
"""Error codes of an assistant that knows that it cannot do what is asked."""


class FailureIsolator:
    """Isolates failure points; any number of threads may share it.

    Args:
        model: a model of all failure points.
    """

    def __init__(self, model: TreeModel) -> None:
        self._model = model
        self._order = [model.classes.index(name) for name in FAILURE_POINTS]

    @classmethod
    def open(cls, folder: Path | str = SHIPPED) -> Self:
        """Open the shipped model or another one.

        Raises:
            ModelError: there is no model, its format is newer, or this version lacks one of its columns.
            CorruptModel: a file is missing or has another checksum.
        """
        return cls(_open(Path(folder)))

    def isolate(
        self, sessions: Sequence[Session], knowledge: LogKnowledge, *, later: bool = True
    ) -> list[tuple[Isolation, ...]]:
        """Return the failure point of every turn of each session.

        Args:
            sessions: whole sessions.
            knowledge: what their log shows to work, see `LogKnowledge.of`.
            later: whether later turns count; without them a turn is judged as soon as it is answered.
        """
        if not sessions:
            return []
        rows = [evidence(session, knowledge.about(session), later=later) for session in sessions]
        turns = [turn for session in sessions for turn in session.turns]
        isolations = iter(self.isolations(turns, np.vstack(rows)))
        return [tuple(next(isolations) for _ in session.turns) for session in sessions]

    def isolate_session(
        self, session: Session, knowledge: SessionKnowledge, *, later: bool = True
    ) -> tuple[Isolation, ...]:
        """Return the failure point of every turn of one session.

        Args:
            session: the whole session.
            knowledge: what the rest of its log shows to work.
            later: whether later turns count.
        """
        return tuple(self.isolations(session.turns, evidence(session, knowledge, later=later)))

    def isolations(self, turns: Sequence[Turn], rows: Floats) -> list[Isolation]:
        """Return the failure points of turns by their evidence.

        Args:
            turns: the turns.
            rows: their evidence, shape (turns, `EVIDENCE_FIELDS`).
        """
        probabilities = self._model.probabilities(rows)[:, self._order]
        _respect_the_record(turns, rows, probabilities)
        return [
            Isolation(
                turn_id=turn.turn_id,
                stage=FAILURE_POINTS[int(row.argmax())],
                probabilities=cast(
                    "dict[FailurePoint, float]", dict(zip(FAILURE_POINTS, row.round(4).tolist(), strict=True))
                ),
            )
            for turn, row in zip(turns, probabilities, strict=True)
        ]


def _respect_the_record(turns: Sequence[Turn], rows: Floats, probabilities: Probabilities) -> None:
    """Respect what is stated beyond doubt.

    Where the assistant understood and could not carry out, the probability of `nlu` moves to `result`. Where it knows
    that nobody could do what was asked, it was right not to. Where a name denoted several things, and the user
    corrected the choice with a request that led to another of them, the turn did not go well.
    """
    for turn, evidence_row, row in zip(turns, rows, probabilities, strict=True):
        if _took_the_namesake(evidence_row):
            row[_NAMESAKE] += row[_CORRECT]
            row[_CORRECT] = 0.0
        if turn.response is not None and turn.response.error_code in _OUT_OF_SCOPE:
            row[_CORRECT] += row[_NLU] + row[_RESULT]
            row[_NLU] = row[_RESULT] = 0.0
        elif turn.trouble == "not done":
            row[_RESULT] += row[_NLU]
            row[_NLU] = 0.0


def _took_the_namesake(evidence_row: Floats) -> bool:
    other_thing = evidence_row[_OTHER_CANDIDATE] == 1 and evidence_row[_SAME_TARGET] == 0
    return bool(other_thing and evidence_row[_AMBIGUOUS] == 1 and evidence_row[_CORRECTION] < 0)


@cache
def _open(folder: Path) -> TreeModel:
    return open_trees(folder)
