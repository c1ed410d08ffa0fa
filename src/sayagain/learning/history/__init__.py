"""Counts of the older turns of a large log: SQL steps over Parquet, in bounded memory; one file a step in `sql/`."""

from sayagain.learning.history.log_history import LogHistory
from sayagain.learning.history.older_counts import NOTHING_OLDER, OlderCounts
from sayagain.learning.history.step_runner import StepRecord

__all__ = ["NOTHING_OLDER", "LogHistory", "OlderCounts", "StepRecord"]
