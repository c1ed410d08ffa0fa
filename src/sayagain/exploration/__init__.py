"""What else to try, and what to leave alone so that it can be judged."""

from sayagain.exploration.holdout_split import HOLDOUT_SHARE, Holdout, split_holdout, uniform

__all__ = ["HOLDOUT_SHARE", "Holdout", "split_holdout", "uniform"]
