"""Pairs of a labelled set as rows of features, for training and for the benchmark."""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from benchmarks.rephrase_recipe import PairSet
from sayagain.feedback import state_failure
from sayagain.feedback.phrase_lists import told_language
from sayagain.labels.rephrase.pair_features import pair_features, pair_texts
from sayagain.models import Encoder
from sayagain.turns import Session, Turn

__all__ = ["Pairs", "describe", "prepared"]


class Pairs(NamedTuple):
    """The labelled pairs of a set, parallel."""

    rows: npt.NDArray[np.float64]
    """Shape (pairs, features)."""
    labels: npt.NDArray[np.bool_]
    """Whether the later request rephrases the earlier one."""
    halves: npt.NDArray[np.int64]
    """0: for development. 1: sealed."""
    turns: list[tuple[Turn, Turn]]
    """The two turns."""
    sources: list[tuple[int, int]]
    """Dialogue and position of the request."""


def describe(dialogues: Sequence[PairSet], encoder: Encoder | None) -> Pairs:
    """Compute the features of every labelled pair.

    Args:
        dialogues: of one set.
        encoder: None leaves features of meaning out.
    """
    sessions = [prepared(dialogue.session) for dialogue in dialogues]
    meaning = None
    if encoder is not None:
        pairs = [(s, pair) for s, dialogue in zip(sessions, dialogues, strict=True) for pair in dialogue.labels]
        texts = sorted({text for session, pair in pairs for text in pair_texts(session, pair)})
        meaning = dict(zip(texts, encoder.vectors(texts), strict=True))
    rows, labels, halves, turns, sources = [], [], [], [], []
    for number, (session, dialogue) in enumerate(zip(sessions, dialogues, strict=True)):
        for (source, target), label in dialogue.labels.items():
            rows.append(pair_features(session, source, target, meaning))
            labels.append(label)
            halves.append(dialogue.half)
            turns.append((session.turns[source], session.turns[target]))
            sources.append((number, source))
    return Pairs(np.array(rows), np.array(labels, bool), np.array(halves), turns, sources)


def prepared(session: Session) -> Session:
    """Return a session as learning sees it: each turn states its language, and failures that only words state."""
    told = told_language(session)
    return msgspec.structs.replace(told, turns=tuple(map(state_failure, told.turns)))
