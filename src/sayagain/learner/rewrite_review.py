"""Review of rewrites by a person: approve or block one that a release or the live evidence knows."""

import sys

from sayagain.errors import InputError
from sayagain.learner.learner import Learner
from sayagain.releases.contents import open_contents
from sayagain.reports.records import RewriteLine
from sayagain.reports.rewrite_list import list_rewrites
from sayagain.runtime import Decider

__all__ = ["approve_rewrite", "block_rewrite", "list_with_withdrawn"]


def approve_rewrite(learner: Learner, rewrite_id: str) -> bool:
    """Allow a rewrite; one that was withdrawn or blocked is served again.

    Args:
        learner: of the rewrite.
        rewrite_id: the rewrite.

    Returns:
        Whether it was withdrawn or blocked.

    Raises:
        InputError: there is no such rewrite.
    """
    if learner.store.restore(rewrite_id):
        return True
    _require_rewrite(learner, rewrite_id)
    return False


def block_rewrite(learner: Learner, rewrite_id: str, reason: str) -> None:
    """Take back a rewrite in every release, at once; a reason that was given before stays.

    Args:
        learner: of the rewrite.
        rewrite_id: the rewrite.
        reason: why.

    Raises:
        InputError: there is no such rewrite.
    """
    if rewrite_id not in learner.store.withdrawn():
        _require_rewrite(learner, rewrite_id)
        learner.withdraw(rewrite_id, reason)


def list_with_withdrawn(learner: Learner) -> list[RewriteLine]:
    """Return all rewrites of the release in use and of the cold start, the most frequent first.

    Unlike `Learner.rewrites`, also those that were withdrawn, so that a person sees what they did.

    Args:
        learner: of the rewrites.
    """
    number = learner.store.release_in_use()
    decider = None
    if number is not None:
        decider = Decider(open_contents(learner.release(number), learner.store.user_key()))
    return list_rewrites(decider, learner.store, limit=sys.maxsize)


def _require_rewrite(learner: Learner, rewrite_id: str) -> None:
    if learner.store.outcome_totals(rewrite_id):
        return
    if not any(line.rewrite_id == rewrite_id for line in learner.rewrites(limit=sys.maxsize)):
        raise InputError(f"there is no rewrite {rewrite_id}; sayagain rewrites lists those that there are")
