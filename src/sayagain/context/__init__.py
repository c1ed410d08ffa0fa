"""What was meant here: context signals, what they decide, habits, interpretation."""

from sayagain.context.ambiguous_requests import find_ambiguous_requests
from sayagain.context.conditions import conditions
from sayagain.context.context_signal import ContextSignal, context_signals
from sayagain.context.context_tree import ContextLeaf, ContextTree, grow_tree
from sayagain.context.evidence import UNKNOWN, ContextExample, context_example
from sayagain.context.failure_share import given_share
from sayagain.context.habits import Habit, Habits, add_habit, never_meant, situation_name
from sayagain.context.interpretation import AmbiguousRequest, Interpretation, interpret
from sayagain.context.placed import listed_hypotheses, placed_hypothesis, request_key

__all__ = [
    "UNKNOWN",
    "AmbiguousRequest",
    "ContextExample",
    "ContextLeaf",
    "ContextSignal",
    "ContextTree",
    "Habit",
    "Habits",
    "Interpretation",
    "add_habit",
    "conditions",
    "context_example",
    "context_signals",
    "find_ambiguous_requests",
    "given_share",
    "grow_tree",
    "interpret",
    "listed_hypotheses",
    "never_meant",
    "placed_hypothesis",
    "request_key",
    "situation_name",
]
