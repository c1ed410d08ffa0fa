"""The session judge at run time: P(defect), P(goal start) and P(goal reached) of each turn. Needs no torch.

The offline judge sees the whole session; the online judge sees only what is known when the turn is answered. Both ship
with the package, trained on the household's recordings alone; see the card beside each.
"""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import numpy as np

from sayagain.errors import ModelError
from sayagain.labels.judge.dialogue import LONGEST, dialogues
from sayagain.labels.judge.turn_fields import BEFORE_FIELDS, unknown_fields
from sayagain.models import Array, Encoder, Model, open_model
from sayagain.turns import Goal, Session

__all__ = ["SHIPPED", "Opinion", "SessionJudge", "open_judge"]

SHIPPED = Path(__file__).parent / "shipped"
"""Folder of the shipped judges, `offline` and `online`."""

Probability = Annotated[float, msgspec.Meta(ge=0, le=1)]


class Opinion(msgspec.Struct, frozen=True, kw_only=True):
    """A judge's probabilities for one turn."""

    turn_id: str
    """Id of the turn."""
    p_defect: Probability
    """Probability that the answer was wrong."""
    p_start: Probability
    """Probability that a new goal begins with this turn."""
    p_reached: Probability
    """Probability that the turn's goal is reached in the end; use it at the goal's last turn."""


class SessionJudge:
    """Judges sessions; any number of threads may share it.

    Args:
        model: network with the heads `defect`, `start` and `reached`.
        encoder: encoder of the embeddings that the network was trained on.

    Raises:
        ModelError: the manifest does not name the numeric fields, or names one that this version lacks.
    """

    def __init__(self, model: Model, encoder: Encoder) -> None:
        self.model = model
        self.encoder = encoder
        self.fields = model.manifest.fields.get("numbers", ())
        """Names of the numeric fields that the network was trained on."""
        if len(self.fields) != model.manifest.inputs["numbers"][-1]:
            raise ModelError(f"{model.folder}: the manifest does not name the numbers that it takes; train it again")
        if unknown := unknown_fields(self.fields):
            raise ModelError(f"{model.folder}: takes {', '.join(unknown)}, which this version lacks; upgrade sayagain")
        self.online = set(self.fields) <= set(BEFORE_FIELDS)
        """Whether the judge uses no later turn."""

    @property
    def threshold(self) -> float:
        """Least P(defect) of a defect: the threshold with the best F1 on sessions held out of the training."""
        return self.model.manifest.metrics.get("threshold_defect", 0.5)

    def judge(self, sessions: Sequence[Session]) -> list[tuple[Opinion, ...]]:
        """Judge every turn of each session.

        A session of more than `LONGEST` turns is judged in parts.
        """
        parts_by_session = [_split(session) for session in sessions]
        parts = [part for session_parts in parts_by_session for part in session_parts]
        items = dialogues(parts, self.encoder, self.model.categories, fields=self.fields)
        opinions_by_part = iter(
            [
                Opinion(turn_id=turn.turn_id, p_defect=defect, p_start=start, p_reached=reached)
                for turn, defect, start, reached in zip(
                    part.turns, *(_second_class(logits[name]) for name in ("defect", "start", "reached")), strict=True
                )
            ]
            for part, logits in zip(parts, self.model.run_all(items), strict=True)
        )
        return [
            tuple(opinion for _ in session_parts for opinion in next(opinions_by_part))
            for session_parts in parts_by_session
        ]

    def goals(self, session: Session, opinions: Sequence[Opinion]) -> list[Goal]:
        """Split a session into goals, where P(goal start) reaches the threshold.

        Args:
            session: session of at least one turn.
            opinions: opinions of `judge` about its turns.
        """
        threshold = self.model.manifest.metrics.get("threshold_start", 0.5)
        begins = [
            0,
            *(index for index, opinion in enumerate(opinions) if index and opinion.p_start >= threshold),
            len(opinions),
        ]
        return [Goal(session_id=session.session_id, turns=session.turns[first:end]) for first, end in pairwise(begins)]


def open_judge(
    kind: Literal["offline", "online"] = "offline", *, encoder: Encoder, folder: Path = SHIPPED, threads: int = 1
) -> SessionJudge:
    """Open a judge.

    Args:
        kind: `offline` uses later turns, `online` does not.
        encoder: see `sayagain.models.load_encoder`.
        folder: folder with `offline` and `online`.
        threads: most threads of one run.

    Raises:
        MissingExtra: onnxruntime is not installed.
        ModelError: there is no judge, it was trained with another encoder, or this version lacks one of its fields.
        CorruptModel: a file has another checksum.
    """
    return SessionJudge(open_model(folder / kind, encoder=encoder, threads=threads), encoder)


def _split(session: Session) -> list[Session]:
    turns = session.turns
    return [
        Session(session_id=session.session_id, turns=turns[start : start + LONGEST])
        for start in range(0, len(turns), LONGEST)
    ]


def _second_class(logits: Array) -> list[float]:
    """Return the probability of the second of two classes, for each turn."""
    return [float(p) for p in 1 / (1 + np.exp(np.clip(logits[:, 0] - logits[:, 1], -50, 50).astype(np.float64)))]
