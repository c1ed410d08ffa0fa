"""Weak training targets from a log: P(defect) of each turn from the next turns and from users' feedback."""

from collections.abc import Sequence

from sayagain.feedback import Signal, detect
from sayagain.labels.judge.session_targets import SessionTargets
from sayagain.labels.weak_labels import infer_labels
from sayagain.turns import Session

__all__ = ["feedback_targets"]

_EXPLICIT = frozenset({"rating", "helped", "correction", "undo"})
"""Kinds of explicit signals."""

_RELIABILITY = 0.95
"""Reliability of explicit signals."""


def feedback_targets(session: Session) -> SessionTargets:
    """Return a session with P(defect) of each turn as target, from explicit and implicit feedback.

    Explicit feedback takes precedence; otherwise the weak label gives the probability (`sayagain.labels.weak_labels`).
    Feedback does not show where goals begin and whether they were reached.

    >>> from sayagain.turns import Response, Turn
    >>> error = Response(text="Sorry, I could not", type="error", error_code="no_intent_match")
    >>> turn = Turn(turn_id="t", started=0, request="lamp of", response=error)
    >>> feedback_targets(Session(session_id="s", turns=(turn,))).defect
    (0.85,)
    """
    explicit_defects = _explicit_defects(detect(session))
    defect: list[float | None] = []
    weights: list[float] = []
    for turn, label in zip(session.turns, infer_labels(session), strict=True):
        if turn.turn_id in explicit_defects:
            defect.append(explicit_defects[turn.turn_id])
            weights.append(1.0)
        elif label is None:
            defect.append(None)
            weights.append(0.0)
        else:
            agrees = label.hypothesis.key == turn.understood.key
            defect.append(1 - label.probability if agrees else label.probability)
            weights.append(label.weight)
    unknown = (None,) * len(defect)
    return SessionTargets(
        session=session,
        defect=tuple(defect),
        weights=tuple(weights),
        start=unknown,
        reached=unknown,
        last=(False,) * len(defect),
    )


def _explicit_defects(signals: Sequence[Signal]) -> dict[str, float]:
    """Return P(defect) of each turn with explicit feedback; the strongest signal counts."""
    strongest: dict[str, Signal] = {}
    for signal in signals:
        current = strongest.get(signal.turn_id)
        if signal.kind in _EXPLICIT and (current is None or signal.strength > current.strength):
            strongest[signal.turn_id] = signal
    return {turn_id: 1 - _RELIABILITY if signal.positive else _RELIABILITY for turn_id, signal in strongest.items()}
