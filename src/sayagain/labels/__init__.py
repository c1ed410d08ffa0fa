"""What was right: labels from what follows a turn, and the judge of defects."""

from sayagain.labels.aftermath import AFTER, BEST_OF_OTHERS, SIGNALS, aftermath, signal_strengths
from sayagain.labels.curate import SURE, examples
from sayagain.labels.example import Example
from sayagain.labels.judgement import Judgement
from sayagain.labels.label import UNKNOWN, Label
from sayagain.labels.understood import understood
from sayagain.labels.variety import various
from sayagain.labels.verdicts import verdict, verdicts

__all__ = [
    "AFTER",
    "BEST_OF_OTHERS",
    "SIGNALS",
    "SURE",
    "UNKNOWN",
    "Example",
    "Judgement",
    "Label",
    "aftermath",
    "examples",
    "signal_strengths",
    "understood",
    "various",
    "verdict",
    "verdicts",
]
