"""True frames (intent and slots) of the requests in a household's log, for training and evaluation."""

from collections import Counter
from collections.abc import Sequence

from sayagain.household.deeds import Deed
from sayagain.household.truth import Truth
from sayagain.labels.frames.frame import Frame, TextSpan, locate, same_text
from sayagain.turns import Hypothesis, Session, Slot, Turn, sessions

__all__ = ["frame_truth"]

_CLOSED_SLOTS = frozenset({"domain", "volume_step", "media_class", "state", "day", "how", "device_class"})
"""Slots with a fixed list of values; the words imply a value and do not contain it."""

_NUMBER_SLOTS = frozenset(
    {"brightness", "hours", "minutes", "position", "seconds", "temperature", "time", "volume_level"}
)
"""Slots with numbers, which people often say in words."""

_GoalKey = tuple[str, str, Deed]


def frame_truth(turns: Sequence[Turn], truths: Sequence[Truth]) -> list[tuple[Session, tuple[Frame | None, ...]]]:
    """Cut a log into sessions and return the true frame of each request.

    The hypothesis of a successful turn is right. A failed turn gets the most frequent hypothesis of those successful
    turns of its home that have the same right deed; without such turns its frame is unknown. The room of the device is
    a slot of the request only if it was said.

    Args:
        turns: the turns of a replay.
        truths: the truths of the turns, in the same order.

    Returns:
        Each session with a frame for each turn; None where the frame is unknown.
    """
    truth_by_turn = {truth.turn_id: truth for truth in truths}
    hypothesis_counts: dict[_GoalKey, Counter[Hypothesis]] = {}
    for turn in turns:
        hypothesis, goal_key = (
            _right_hypothesis(turn, truth_by_turn[turn.turn_id]),
            _goal_key(truth_by_turn[turn.turn_id]),
        )
        if hypothesis is not None and goal_key is not None:
            hypothesis_counts.setdefault(goal_key, Counter())[_remove_room(hypothesis, turn)] += 1
    # Of equally frequent hypotheses the first in the alphabet wins, so that the order of homes does not matter.
    likeliest_hypotheses = {
        goal_key: min((-count, hypothesis.key, hypothesis) for hypothesis, count in counts.items())[2]
        for goal_key, counts in hypothesis_counts.items()
    }
    session_frames = []
    for session in sessions(turns):
        hypotheses: list[Hypothesis | None] = []
        for turn in session.turns:
            truth = truth_by_turn[turn.turn_id]
            hypothesis, goal_key = _right_hypothesis(turn, truth), _goal_key(truth)
            if hypothesis is not None:
                hypotheses.append(_remove_room(hypothesis, turn))
            else:
                hypotheses.append(likeliest_hypotheses.get(goal_key) if goal_key is not None else None)
        session_frames.append((session, _session_frames(session, hypotheses)))
    return session_frames


def _right_hypothesis(turn: Turn, truth: Truth) -> Hypothesis | None:
    hypothesis = turn.hypothesis
    if truth.defect or hypothesis is None or hypothesis.empty:
        return None
    # Nobody says the placeholders of ambiguous families.
    return None if any(str(slot.value).startswith("@") for slot in hypothesis.slots) else hypothesis


def _goal_key(truth: Truth) -> _GoalKey | None:
    if truth.person is None or truth.meant is None:
        return None
    return truth.person.partition(".")[0], truth.kind, truth.meant


def _remove_room(hypothesis: Hypothesis, turn: Turn) -> Hypothesis:
    room_name = same_text(turn.area or "")
    slots = sorted(
        Slot(slot.name, str(slot.value))
        for slot in hypothesis.slots
        if not (slot.name == "area" and same_text(str(slot.value)) == room_name)
        or locate("area", str(slot.value), turn.heard) is not None
    )
    return Hypothesis(intent=hypothesis.intent, slots=tuple(slots))


def _session_frames(session: Session, hypotheses: Sequence[Hypothesis | None]) -> tuple[Frame | None, ...]:
    values = {
        (slot.name, str(slot.value))
        for hypothesis in hypotheses
        if hypothesis is not None
        for slot in hypothesis.slots
        if slot.name not in _CLOSED_SLOTS
    }
    return tuple(
        None if hypothesis is None else _frame(session, index, hypothesis, values)
        for index, hypothesis in enumerate(hypotheses)
    )


def _frame(session: Session, index: int, hypothesis: Hypothesis, values: set[tuple[str, str]]) -> Frame:
    turn = session.turns[index]
    slots = [(slot.name, str(slot.value)) for slot in hypothesis.slots]
    spans: list[TextSpan] = []
    implied: list[tuple[str, str]] = []
    for name, value in slots:
        span = None if name in _CLOSED_SLOTS else locate(name, value, turn.heard)
        if span is not None:
            spans.append(span)
        # "Five" is 5 in every home, but names differ between homes: a name that was not said must not be memorised.
        elif name in _CLOSED_SLOTS or name in _NUMBER_SLOTS:
            implied.append((name, value))
    answer_spans = [locate(name, value, _response_text(turn)) for name, value in sorted(values)]
    return Frame(
        intents=(hypothesis.intent,),
        spans=tuple(sorted(spans)),
        closed=tuple(implied),
        answer_spans=tuple(span for span in answer_spans if span is not None),
        holds=tuple((name, (value,)) for name, value in slots),
    )


def _response_text(turn: Turn) -> str:
    return turn.response.text if turn.response is not None else ""
