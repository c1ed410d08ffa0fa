"""The log: turns, hypotheses, sessions and goals."""

from sayagain.turns.completion import complete_turn
from sayagain.turns.dialogue_acts import CONFIRM, NO_ACTS, REQUEST, ActRole, DialogueActs, is_question
from sayagain.turns.homes import Homes
from sayagain.turns.hypothesis import NOTHING, SAID, Hypothesis, Slot, SlotValue, said
from sayagain.turns.session import GOAL_GAP, HISTORY, SESSION_GAP, Goal, Session, goals, sessions, silence
from sayagain.turns.trace_step import TraceStep, trace_steps
from sayagain.turns.trouble import TroubleKind, error_trouble
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
    declared_acts,
    turn_schema,
)
from sayagain.turns.units import FEW_USERS, fit_few_users, fitting_unit, privacy_unit, privacy_units, required_users

__all__ = [
    "CONFIRM",
    "FEW_USERS",
    "GOAL_GAP",
    "HISTORY",
    "NOTHING",
    "NO_ACTS",
    "REQUEST",
    "SAID",
    "SESSION_GAP",
    "ActRole",
    "Action",
    "AppliedRewrite",
    "Asr",
    "AsrHypothesis",
    "Context",
    "DialogueActs",
    "FeedbackReport",
    "Goal",
    "Homes",
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
    "TraceStep",
    "TroubleKind",
    "Turn",
    "Wake",
    "complete_turn",
    "declared_acts",
    "error_trouble",
    "fit_few_users",
    "fitting_unit",
    "goals",
    "is_question",
    "privacy_unit",
    "privacy_units",
    "required_users",
    "said",
    "sessions",
    "silence",
    "trace_steps",
    "turn_schema",
]
