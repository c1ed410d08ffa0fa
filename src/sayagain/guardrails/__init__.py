"""When to refuse: rules that hold whatever the evidence, bounds on the evidence, and withdrawal."""

from sayagain.guardrails.bounds import Bounds, lift_low, too_little
from sayagain.guardrails.closed_table import Mapping, close_chains
from sayagain.guardrails.rules import Case, Rules, refuse, sensitive_kinds
from sayagain.guardrails.speech_act import SpeechAct, speech_act
from sayagain.guardrails.stated_names import known_words, names_of
from sayagain.guardrails.withdrawal import Limits, Outcomes, withdraw

__all__ = [
    "Bounds",
    "Case",
    "Limits",
    "Mapping",
    "Outcomes",
    "Rules",
    "SpeechAct",
    "close_chains",
    "known_words",
    "lift_low",
    "names_of",
    "refuse",
    "sensitive_kinds",
    "speech_act",
    "too_little",
    "withdraw",
]
