"""The whole loop behind one object."""

from sayagain.learner.failing import Failing, failing
from sayagain.learner.learner import Learner
from sayagain.learner.records import Defect, Explanation, Ingested, ReleaseLine, RewriteLine
from sayagain.learner.standing import Arm, Experiment, standing_experiment
from sayagain.models import Progress

__all__ = [
    "Arm",
    "Defect",
    "Experiment",
    "Explanation",
    "Failing",
    "Ingested",
    "Learner",
    "Progress",
    "ReleaseLine",
    "RewriteLine",
    "failing",
    "standing_experiment",
]
