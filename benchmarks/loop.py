"""The loop on real calls: learn from what callers did, with no label, and decide on later calls or other callers.

A win is a turn whose best SLU reading was wrong and whose decided reading equals the labelled semantics; a loss is the
reverse. Turns that differ from their label by an annotation convention alone are left out and counted apart.
"""

import tempfile
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.baselines import Baseline, chain, majority, oracle, table
from benchmarks.dstc2 import Labels, convention, material, read_calls
from benchmarks.judging import judge_figures
from sayagain.evaluation import Replayed, ratio_interval, tally
from sayagain.learning.contents import open_contents
from sayagain.learning.learn import Learnt, LearnSettings, learn
from sayagain.learning.release import write_release
from sayagain.runtime import Decider
from sayagain.turns import Hypothesis, Session, Turn, sessions

__all__ = ["run"]

FIRST_DAYS = 3
"""Days learnt from before the first decision, when training and test are the same folder."""

SETTINGS = LearnSettings(position="read", holdout=0.0)

Choice = Callable[[Turn, Sequence[Turn]], Hypothesis | None]
"""Decides on a turn: another reading, or None to leave it."""
