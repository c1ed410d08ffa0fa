"""Refinement of labels by the judge: the probability of a label follows the success of the later turn it rests on.

When the user says it again and the assistant acts, that hypothesis becomes the label, unless the next turns show that
it was wrong as well ("stop", which pauses the music while the alarm rings on).
"""

from collections.abc import Mapping, Sequence

import msgspec
import numpy as np
from scipy.special import expit, logit

from sayagain.labels import Label
from sayagain.learning.count import Labelled
from sayagain.turns import Session, Turn

__all__ = ["label_source", "refine_labels", "scale_defects"]

MOST = 20.0
"""Largest shift of the log-odds of a defect in the search."""

STEPS = 40
"""Bisection steps of the search for the shift."""

WORKS = 0.5
"""P(the later turn succeeded) from which the label keeps its full probability, in (0, 1]."""


def scale_defects(p_defect: Mapping[str, float], labelled: Sequence[Labelled]) -> dict[str, float]:
    """Return P(defect) by turn id on the scale of the log: on average no more than its labels state.

    A judge that was trained elsewhere may call every other turn of a log a defect and still rank them well. All odds
    are multiplied by one factor, which is at most 1.

    Args:
        p_defect: by turn id.
        labelled: sessions with their labels, as stated.
    """
    stated_defects, ids = [], []
    for session, labels in labelled:
        for turn, label in zip(session.turns, labels, strict=True):
            if label is not None and turn.turn_id in p_defect:
                understood = label.hypothesis.key == turn.understood.key
                stated_defects.append(1 - label.probability if understood else label.probability)
                ids.append(turn.turn_id)
    if not ids:
        return dict(p_defect)
    odds = logit(np.clip([p_defect[turn_id] for turn_id in ids], 1e-6, 1 - 1e-6))
    low, high = -MOST, 0.0
    for _ in range(STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if expit(odds + middle).mean() < np.mean(stated_defects) else (low, middle)
    shift = 0.0 if expit(odds).mean() <= np.mean(stated_defects) else high
    return {turn_id: float(expit(logit(min(max(p, 1e-6), 1 - 1e-6)) + shift)) for turn_id, p in p_defect.items()}


def refine_labels(
    session: Session, labels: Sequence[Label | None], p_defect: Mapping[str, float]
) -> list[Label | None]:
    """Return the labels of a session; those that rest on a turn that is judged to have failed are less probable.

    Args:
        session: the whole session.
        labels: of its turns.
        p_defect: P(the turn failed), by turn id; formed without the session's own fitting unit.

    >>> from sayagain.turns import NOTHING, Hypothesis, Nlu, Turn
    >>> pause = Hypothesis(intent="pause")
    >>> stomp = Turn(turn_id="a", started=0, request="stomp", nlu=Nlu(ranking=(NOTHING,)))
    >>> stop = Turn(turn_id="b", started=5_000, request="stop", nlu=Nlu(ranking=(pause,)))
    >>> label = Label(turn_id="a", hypothesis=pause, words="stop", provenance="rephrased", probability=0.8, weight=1.0)
    >>> refined = refine_labels(Session(session_id="s", turns=(stomp, stop)), [label, None], {"b": 0.75})
    >>> refined[0].probability
    0.4
    """
    refined: list[Label | None] = []
    for place, label in enumerate(labels):
        source = None if label is None else label_source(session, place, label)
        p_success = 1.0 if source is None else 1 - p_defect.get(source.turn_id, 0.0)
        if label is not None and p_success < WORKS:
            refined.append(msgspec.structs.replace(label, probability=label.probability * p_success / WORKS))
        else:
            refined.append(label)
    return refined


def label_source(session: Session, place: int, label: Label) -> Turn | None:
    """Return the first later turn that was understood as the label says; None where the turn itself was."""
    if session.turns[place].understood.key == label.hypothesis.key:
        return None
    return next((turn for turn in session.turns[place + 1 :] if turn.understood.key == label.hypothesis.key), None)
