"""Verdicts: a person approves or blocks a rewrite that a release or the live evidence knows."""

import sys

from sayagain.errors import InputError
from sayagain.reports.rewrite_list import list_rewrites
from sayagain.runtime import Decider
from sayagain.store import Store

__all__ = ["approve_rewrite", "block_rewrite"]


def approve_rewrite(store: Store, decider: Decider | None, rewrite_id: str) -> bool:
    """Allow a rewrite; one that was withdrawn or blocked is served again.

    Args:
        store: of the rewrites.
        decider: of the newest release; None where there is none.
        rewrite_id: the rewrite.

    Returns:
        Whether it was withdrawn or blocked.

    Raises:
        InputError: there is no such rewrite.
    """
    if store.restore(rewrite_id):
        return True
    _require_rewrite(store, decider, rewrite_id)
    return False


def block_rewrite(store: Store, decider: Decider | None, rewrite_id: str, reason: str) -> None:
    """Take back a rewrite in every release, at once; a reason that was given before stays.

    Args:
        store: of the rewrites.
        decider: of the newest release; None where there is none.
        rewrite_id: the rewrite.
        reason: why.

    Raises:
        InputError: there is no such rewrite.
    """
    if rewrite_id not in store.withdrawn():
        _require_rewrite(store, decider, rewrite_id)
        store.withdraw(rewrite_id, reason)


def _require_rewrite(store: Store, decider: Decider | None, rewrite_id: str) -> None:
    if store.outcome_totals(rewrite_id):
        return
    if not any(line.rewrite_id == rewrite_id for line in list_rewrites(decider, store, limit=sys.maxsize)):
        raise InputError(f"there is no rewrite {rewrite_id}; sayagain rewrites lists those that there are")
