"""When to refuse: rules that hold whatever the evidence, and the standing of a rewrite by its live evidence."""

from sayagain.guardrails.closed_table import Mapping, close_chains
from sayagain.guardrails.directions import opposite_direction
from sayagain.guardrails.live_evidence import RewriteOutcome, RewriteTotals, rewrite_outcomes, total_outcomes
from sayagain.guardrails.rules import GUARDRAILS, Case, Rules, changed_negation, refuse, sensitive_kinds
from sayagain.guardrails.script import same_spelling, scripts
from sayagain.guardrails.speech_act import SpeechAct, speech_act
from sayagain.guardrails.standing import (
    CONFIRMATIONS,
    SERVE,
    Standing,
    confirmed_turns,
    standing_among_users,
    standing_with_user,
)
from sayagain.guardrails.stated_names import known_words, names_of
from sayagain.guardrails.unasked_acts import unasked_act

__all__ = [
    "CONFIRMATIONS",
    "GUARDRAILS",
    "SERVE",
    "Case",
    "Mapping",
    "RewriteOutcome",
    "RewriteTotals",
    "Rules",
    "SpeechAct",
    "Standing",
    "changed_negation",
    "close_chains",
    "confirmed_turns",
    "known_words",
    "names_of",
    "opposite_direction",
    "refuse",
    "rewrite_outcomes",
    "same_spelling",
    "scripts",
    "sensitive_kinds",
    "speech_act",
    "standing_among_users",
    "standing_with_user",
    "total_outcomes",
    "unasked_act",
]
