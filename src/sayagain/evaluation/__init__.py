"""Did it help: wins and losses, replay, and whether a release is better than the one in use."""

from sayagain.evaluation.log_replay import replay
from sayagain.evaluation.metrics import Replayed, Tally, gain_interval, ratio_interval, tally
from sayagain.evaluation.report import Report, Result, as_metrics, from_metrics, gate, result

__all__ = [
    "Replayed",
    "Report",
    "Result",
    "Tally",
    "as_metrics",
    "from_metrics",
    "gain_interval",
    "gate",
    "ratio_interval",
    "replay",
    "result",
    "tally",
]
