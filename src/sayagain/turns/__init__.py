"""What happened: turns, readings, sessions and goals."""

from sayagain.turns.hypothesis import Hypothesis, Slot, SlotValue
from sayagain.turns.session import GOAL_GAP, SESSION_GAP, Goal, Session, goals, sessions
from sayagain.turns.turn import (
    Action,
    AppliedRewrite,
    Asr,
    AsrHypothesis,
    Context,
    FeedbackReport,
    Interruption,
    Nlu,
    Resolution,
    ResolutionCandidate,
    Response,
    Speech,
    Turn,
    Wake,
    turn_schema,
)

__all__ = [
    "GOAL_GAP",
    "SESSION_GAP",
    "Action",
    "AppliedRewrite",
    "Asr",
    "AsrHypothesis",
    "Context",
    "FeedbackReport",
    "Goal",
    "Hypothesis",
    "Interruption",
    "Nlu",
    "Resolution",
    "ResolutionCandidate",
    "Response",
    "Session",
    "Slot",
    "SlotValue",
    "Speech",
    "Turn",
    "Wake",
    "goals",
    "sessions",
    "turn_schema",
]
