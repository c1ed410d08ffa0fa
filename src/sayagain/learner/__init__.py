"""The whole loop behind one object."""

from sayagain.learner.erase_user import ForgetReport
from sayagain.learner.learner import Learner
from sayagain.models import Progress
from sayagain.reports.failing_requests import FailingRequest, group_failing
from sayagain.reports.failure_report import DIMENSIONS, Dimension, FailureCause, FailureGroup, FailureReport
from sayagain.reports.holdout_report import Arm, Experiment, holdout_report
from sayagain.reports.records import Defect, Explanation, Ingested, ReleaseLine, RewriteLine

__all__ = [
    "DIMENSIONS",
    "Arm",
    "Defect",
    "Dimension",
    "Experiment",
    "Explanation",
    "FailingRequest",
    "FailureCause",
    "FailureGroup",
    "FailureReport",
    "ForgetReport",
    "Ingested",
    "Learner",
    "Progress",
    "ReleaseLine",
    "RewriteLine",
    "group_failing",
    "holdout_report",
]
