"""What else to try, and what to leave alone so that it can be judged."""

from sayagain.exploration.holdout import HOLDOUT_SHARE, Holdout, holdout, uniform

__all__ = ["HOLDOUT_SHARE", "Holdout", "holdout", "uniform"]
