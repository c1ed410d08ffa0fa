"""When to refuse: rules that hold whatever the evidence, and the standing of a rewrite by its live evidence."""

from sayagain.guardrails.closed_table import Mapping, close_chains
from sayagain.guardrails.live_evidence import RewriteOutcome, RewriteTotals, rewrite_outcomes, total_outcomes
from sayagain.guardrails.rules import Case, Rules, refuse, sensitive_kinds
from sayagain.guardrails.standing import SERVE, Standing, standing_among_users, standing_with_user

__all__ = [
    "SERVE",
    "Case",
    "Mapping",
    "RewriteOutcome",
    "RewriteTotals",
    "Rules",
    "Standing",
    "close_chains",
    "refuse",
    "rewrite_outcomes",
    "sensitive_kinds",
    "standing_among_users",
    "standing_with_user",
    "total_outcomes",
]
