"""When to refuse: rules that hold whatever the evidence, bounds on the evidence, and withdrawal."""

from sayagain.guardrails.bounds import Bounds, lift_low, too_little
from sayagain.guardrails.closed_table import Mapping, close_chains
from sayagain.guardrails.rules import Case, Rules, refuse, sensitive_kinds
from sayagain.guardrails.withdrawal import Limits, Outcomes, withdraw

__all__ = [
    "Bounds",
    "Case",
    "Limits",
    "Mapping",
    "Outcomes",
    "Rules",
    "close_chains",
    "lift_low",
    "refuse",
    "sensitive_kinds",
    "too_little",
    "withdraw",
]
