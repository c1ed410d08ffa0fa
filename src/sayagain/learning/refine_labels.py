"""Labels after judging: a label is believed as far as the turn that it rests on is judged to have worked.

The user says it again, and the assistant acts: that is taken for what was meant, unless what came after it shows that
it was wrong as well ("stop", which pauses the music while the alarm rings on). What is taken for right because the user
moved on is doubted likewise, where all that is known of the turn speaks against it.
"""

from collections.abc import Mapping, Sequence

import msgspec

from sayagain.labels import Label
from sayagain.turns import Session, Turn

__all__ = ["refine_labels"]

WORKS = 0.5
"""P(the turn worked) from which on the label is believed in full, in (0, 1]."""


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
    >>> label = Label(turn_id="a", reading=pause, words="stop", provenance="rephrased", probability=0.8, weight=1.0)
    >>> refined = refine_labels(Session(session_id="s", turns=(stomp, stop)), [label, None], {"b": 0.75})
    >>> refined[0].probability
    0.4
    """
    refined: list[Label | None] = []
    for place, label in enumerate(labels):
        source = None if label is None else _source(session, place, label)
        worked = 1.0 if source is None else 1 - p_defect.get(source.turn_id, 0.0)
        if label is not None and worked < WORKS:
            refined.append(msgspec.structs.replace(label, probability=label.probability * worked / WORKS))
        else:
            refined.append(label)
    return refined


def _source(session: Session, place: int, label: Label) -> Turn | None:
    """Return the turn whose hypothesis a label calls right: its own, or the first later one that has it."""
    return next((turn for turn in session.turns[place:] if turn.understood.key == label.reading.key), None)
