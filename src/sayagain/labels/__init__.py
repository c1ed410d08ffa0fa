"""Labels: weak labels from the turns that follow, curation of examples, and the judges of defects."""

from sayagain.labels.curation.curate import SURE, curate
from sayagain.labels.curation.diversity import select_diverse
from sayagain.labels.curation.example import Example
from sayagain.labels.curation.understood_examples import collect_understood
from sayagain.labels.effect import Effect, rewrite_effect
from sayagain.labels.judgement import Judgement
from sayagain.labels.label import UNKNOWN, Label
from sayagain.labels.next_turns import (
    AFTER,
    BEST_OF_OTHERS,
    SIGNALS,
    next_turn_features,
    signal_kinds,
    signal_strengths,
)
from sayagain.labels.weak_labels import infer_label, infer_labels

__all__ = [
    "AFTER",
    "BEST_OF_OTHERS",
    "SIGNALS",
    "SURE",
    "UNKNOWN",
    "Effect",
    "Example",
    "Judgement",
    "Label",
    "collect_understood",
    "curate",
    "infer_label",
    "infer_labels",
    "next_turn_features",
    "rewrite_effect",
    "select_diverse",
    "signal_kinds",
    "signal_strengths",
]
