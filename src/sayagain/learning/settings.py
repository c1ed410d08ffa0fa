"""The settings of learning: how a log becomes a release."""

import msgspec

from sayagain.config import Anonymous
from sayagain.rewriting.candidates import Position
from sayagain.turns import GOAL_GAP, SESSION_GAP

__all__ = ["LearnSettings"]


class LearnSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Settings of one learning run."""

    position: Position = "heard"
    """What is known when a decision is made."""
    session_gap: int = SESSION_GAP
    """Silence that ends a session, in milliseconds."""
    goal_gap: int = GOAL_GAP
    """Silence that ends a goal, in milliseconds."""
    personal: bool = True
    """Whether what a user does is learnt for that user, and for nobody else."""
    min_users: int = 2
    """Users who must stand behind what others are given; all of them, in a log with fewer: a log of one user, or one
    in which nobody is identified, is learnt from for that person or home."""
    anonymous: Anonymous = "one"
    """What turns without a user id count as: one user together, or one per device."""
    recent: int = 50_000
    """Number of latest turns that are judged and train the models; tables and priors count the whole log."""
    takes_hypotheses: bool = False
    """Whether the front can pass on one of the assistant's hypotheses as well as words."""
    holdout: float = 0.02
    """Share of triggered requests left as they are."""
    wins_per_loss: float = 10.0
    """The promise: requests repaired for each working one that is spoiled; above 0."""
    blocked: tuple[str, ...] = ()
    """Words and intents that no rewrite may produce."""
    shipped_judge: bool = True
    """Whether the shipped judge is used too, where the extra `models` is installed."""
    seed: int = 1
    """Seed of all random choices."""
