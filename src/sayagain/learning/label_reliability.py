"""Reliability of weak labels on one log: how often the labels of each sign are right, as far as the judge can tell.

`RELIABILITY` states the probabilities of development calls; many assistants do better. The promise corrects a share of
losses for wrong labels, so a stated error above the true one would excuse real losses. The judge's opinion of the turn
that a label rests on is looked at instead. It can only lower the error: where judge and statement differ, the stricter
one counts. A ranker is trained on the stated probabilities, so its own are corrected for the stated error.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sayagain.labels import Label
from sayagain.labels.weak_labels import RELIABILITY
from sayagain.learning.count import Labelled
from sayagain.learning.refine_labels import label_source

__all__ = ["label_reliability", "stated_error"]

PRIOR_LABELS = 20.0
"""Labels of a sign that the stated reliability counts for."""


def label_reliability(labelled: Sequence[Labelled], p_defect: Mapping[str, float]) -> dict[str, float]:
    """Return the probability that a label is right, by its sign; never below what is stated.

    Args:
        labelled: sessions with their labels, as stated.
        p_defect: P(the turn failed), by turn id.

    >>> from sayagain.labels import infer_labels
    >>> from sayagain.turns import Action, Hypothesis, Nlu, Session, Turn
    >>> turn = Turn(
    ...     turn_id="t",
    ...     started=0,
    ...     request="lamp on",
    ...     nlu=Nlu(ranking=(Hypothesis(intent="on"),)),
    ...     actions=(Action(name="on", target="lamp"),),
    ... )
    >>> session = Session(session_id="s", turns=(turn,))
    >>> round(label_reliability([(session, infer_labels(session))] * 100, {"t": 0.02})["done"], 2)
    0.95
    """
    successes: dict[str, list[float]] = defaultdict(list)
    for session, labels in labelled:
        for place, label in enumerate(labels):
            if label is not None and label.verified:
                turn = label_source(session, place, label) or session.turns[place]
                successes[label.provenance].append(1 - p_defect.get(turn.turn_id, 0.0))
    reliability = {sign: probability for sign, (probability, _) in RELIABILITY.items()}
    for sign, values in successes.items():
        mean = (sum(values) + PRIOR_LABELS * reliability[sign]) / (len(values) + PRIOR_LABELS)
        reliability[sign] = max(mean, reliability[sign])
    return reliability


def stated_error(labels: Sequence[Label | None]) -> float:
    """Return how often verified labels are wrong by their stated probabilities; 0 without any.

    >>> from sayagain.turns import Hypothesis
    >>> on = Hypothesis(intent="on")
    >>> round(stated_error([None, Label(turn_id="t", hypothesis=on, provenance="done", probability=0.8, weight=1)]), 2)
    0.2
    """
    probabilities = [label.probability for label in labels if label is not None and label.verified]
    return 1 - sum(probabilities) / len(probabilities) if probabilities else 0.0
