"""A reward model for doubly robust estimates: mean rewards by situation and action, shrunk, fitted on other units."""

from collections import defaultdict
from collections.abc import Sequence

import msgspec

from sayagain.exploration import uniform

__all__ = ["RewardModel", "SeenReward", "fit_reward_models", "model_half"]

PRIOR = 4.0
"""Turns that the mean of an action in all situations counts for in one of them."""


class SeenReward(msgspec.Struct, frozen=True, kw_only=True):
    """One reward."""

    unit: str
    """The unit of the turn."""
    situation: str
    """What the request shares with others, for example its words."""
    action: str
    """What was done."""
    reward: float
    """How it went, in [0, 1]."""


class RewardModel:
    """Expected rewards.

    Args:
        seen: rewards.

    >>> model = RewardModel([SeenReward(unit="u", situation="stop", action="pause", reward=1.0)] * 12)
    >>> round(model.expected("stop", "pause"), 2), round(model.expected("stop", "leave"), 2)
    (1.0, 1.0)
    """

    def __init__(self, seen: Sequence[SeenReward]) -> None:
        self._by_action: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
        self._by_both: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0.0, 0.0])
        total, count = 0.0, 0
        for one in seen:
            for sums in (self._by_action[one.action], self._by_both[one.situation, one.action]):
                sums[0] += one.reward
                sums[1] += 1
            total, count = total + one.reward, count + 1
        self._mean = total / count if count else 0.5

    def expected(self, situation: str, action: str) -> float:
        """Return the reward to be expected of an action in a situation, in [0, 1]."""
        value = self._mean
        for sums in (self._by_action.get(action), self._by_both.get((situation, action))):
            if sums is not None:
                value = (sums[0] + PRIOR * value) / (sums[1] + PRIOR)
        return value


def model_half(unit: str) -> int:
    """Return the half of the units, 0 or 1, that a unit belongs to."""
    return int(uniform("reward model", unit) * 2)


def fit_reward_models(seen: Sequence[SeenReward]) -> tuple[RewardModel, RewardModel]:
    """Return the models for the units of either half, each fitted on the other: `models[model_half(unit)]`."""
    return RewardModel([one for one in seen if model_half(one.unit)]), RewardModel(
        [one for one in seen if not model_half(one.unit)]
    )
