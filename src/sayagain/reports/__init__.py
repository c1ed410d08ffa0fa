"""Reports: the questions people ask of a log and of a release."""

from typing import TYPE_CHECKING

from sayagain.lazy_imports import lazy_exports

if TYPE_CHECKING:
    from sayagain.reports.failing_requests import FailingRequest, group_failing
    from sayagain.reports.holdout_report import Arm, Experiment
    from sayagain.reports.records import Defect, Explanation, Ingested, ReleaseLine, RewriteLine

__all__ = [
    "Arm",
    "Defect",
    "Experiment",
    "Explanation",
    "FailingRequest",
    "Ingested",
    "ReleaseLine",
    "RewriteLine",
    "group_failing",
]

# Late, so that a module of this room is imported without the others.
__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "Arm": "holdout_report",
        "Defect": "records",
        "Experiment": "holdout_report",
        "Explanation": "records",
        "FailingRequest": "failing_requests",
        "Ingested": "records",
        "ReleaseLine": "records",
        "RewriteLine": "records",
        "group_failing": "failing_requests",
    },
)
