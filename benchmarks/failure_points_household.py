"""Failure points in simulated homes that the shipped isolator was not trained on: exact causes, by ways of logging.

The homes of one seed are halved; what was chosen was chosen on the first half, and the second is the sealed one. Each
home is a log of its own.
"""

from collections.abc import Callable, Sequence

import msgspec
import numpy as np

from benchmarks.failure_scores import Floats, StageSet
from sayagain.failures import FAILURE_POINTS, FailureIsolator, LogKnowledge
from sayagain.failures.evidence import evidence
from sayagain.failures.log_fields import without
from sayagain.household import SEED, Replay
from sayagain.household.failure_truth import HomeLog, home_logs
from sayagain.household.homeassistant_view import HomeAssistantView
from sayagain.text import normalise
from sayagain.turns import Turn, sessions

__all__ = ["WAYS", "Way", "simulate", "stage_set"]

TEST_SEED = SEED + 301
"""Seed of the homes; the isolator was trained on others (scripts/train_failures.py)."""

_CONFIDENCES = ("the recogniser's confidence", "the confidence of understanding", "the wake word")
_TRACES = ("the other transcripts", "the other hypotheses", "entity resolution")


class Way(msgspec.Struct, frozen=True):
    """One way of logging."""

    view: Callable[[Turn], Turn]
    """A turn as this log shows it."""
    later: bool = True
    """Whether later turns count."""


def _without(*fields: str) -> Callable[[Turn], Turn]:
    def view(turn: Turn) -> Turn:
        for field in fields:
            turn = without(turn, field)
        return turn

    return view


_HOME_ASSISTANT = HomeAssistantView().log_view

WAYS: dict[str, Way] = {
    "full": Way(lambda turn: turn),
    "no_later": Way(lambda turn: turn, later=False),
    "no_confidence": Way(_without(*_CONFIDENCES)),
    "no_traces": Way(_without(*_CONFIDENCES, *_TRACES)),
    "no_understanding": Way(_without(*_CONFIDENCES, *_TRACES, "what was understood")),
    "homeassistant": Way(_HOME_ASSISTANT),
    "homeassistant_no_later": Way(_HOME_ASSISTANT, later=False),
    "words_and_answers": Way(
        lambda turn: Turn(
            turn_id=turn.turn_id,
            started=turn.started,
            request=turn.request,
            user_id=turn.user_id,
            device_id=turn.device_id,
            response=None
            if turn.response is None
            else msgspec.structs.replace(turn.response, type=None, error_code=None),
        )
    ),
}
"""The ways of logging, from all fields to the words of requests and answers alone."""


def simulate(*, homes: int = 60, weeks: int = 2) -> list[HomeLog]:
    """Return the logs of the homes, in order."""
    replay = Replay(TEST_SEED, homes=homes)
    return home_logs(replay.step() for _ in range(weeks))


def stage_set(logs: Sequence[HomeLog], way: Way) -> tuple[StageSet, Floats]:
    """Return the turns of some homes in one way of logging, and the shipped isolator's probabilities."""
    rows, classes, groups, texts = [], [], [], []
    turns: list[Turn] = []
    for log in logs:
        shown = sessions(map(way.view, log.turns))
        knowledge = LogKnowledge.of(shown)
        for session in shown:
            rows.append(evidence(session, knowledge.about(session), later=way.later))
            classes += [FAILURE_POINTS.index(log.truths[turn.turn_id]) for turn in session.turns]
            groups += [log.home] * len(session.turns)
            texts += [normalise(turn.heard) for turn in session.turns]
            turns += session.turns
    data = StageSet(
        rows=np.vstack(rows), classes=np.array(classes), names=tuple(FAILURE_POINTS), groups=groups, texts=texts
    )
    isolations = FailureIsolator.open().isolations(turns, data.rows)
    probabilities = [[isolation.probabilities[name] for name in FAILURE_POINTS] for isolation in isolations]
    return data, np.array(probabilities)
