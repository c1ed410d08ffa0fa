"""Rewrites: what is passed on instead of what is heard, with the evidence, and what a person says of it."""

from typing import Literal

import msgspec

from sayagain.learner import RewriteLine
from sayagain.learner.rewrite_review import approve_rewrite, block_rewrite, list_with_withdrawn
from sayagain.store import Withdrawal
from sayagain.web.console.page import Action, Done, Page, Paged, Visit, paged

__all__ = ["REVIEW", "REWRITES", "RewriteRow", "Rewrites", "known_rewrites"]

_DEFAULT_REASON = "a person withdrew it"


class RewriteRow(msgspec.Struct, frozen=True, kw_only=True):
    """A rewrite in a list."""

    rewrite_id: str
    """Its name."""
    line: RewriteLine | None
    """What it does; None where only its withdrawal is known."""
    status: Literal["served", "withdrawn"]
    """Whether it is made."""
    withdrawal: Withdrawal | None
    """Why it is not made; None where it is."""


class Rewrites(msgspec.Struct, frozen=True, kw_only=True):
    """What the page shows."""

    release: int | None
    """The release in use; None for none."""
    served: int
    """Rewrites that are made."""
    withdrawn: int
    """Rewrites that were withdrawn."""
    layers: list[str]
    """Layers that occur."""
    rows: Paged
    """The rewrites that pass the filters."""


def known_rewrites(visit: Visit) -> list[RewriteLine]:
    """Return the rewrites of the release in use and of the cold start, the most frequent first."""
    return visit.snapshots.get(("rewrites",), visit.version, lambda: list_with_withdrawn(visit.learner))


def _load(visit: Visit) -> Rewrites:
    lines = [line for line in known_rewrites(visit) if line.rewrite_id is not None]
    withdrawals = {withdrawal.rewrite_id: withdrawal for withdrawal in visit.learner.withdrawals()}
    rows = [_row(line.rewrite_id or "", line, withdrawals.get(line.rewrite_id or "")) for line in lines]
    known = {row.rewrite_id for row in rows}
    rows += [_row(name, None, withdrawal) for name, withdrawal in withdrawals.items() if name not in known]
    return Rewrites(
        release=visit.learner.store.release_in_use(),
        served=sum(row.status == "served" for row in rows),
        withdrawn=len(withdrawals),
        layers=sorted({line.layer for line in lines}),
        rows=paged([row for row in rows if _passes(visit, row)], visit),
    )


def _row(rewrite_id: str, line: RewriteLine | None, withdrawal: Withdrawal | None) -> RewriteRow:
    status: Literal["served", "withdrawn"] = "served" if withdrawal is None else "withdrawn"
    return RewriteRow(rewrite_id=rewrite_id, line=line, status=status, withdrawal=withdrawal)


def _passes(visit: Visit, row: RewriteRow) -> bool:
    layer = None if row.line is None else row.line.layer
    if visit.get("status") not in (None, row.status) or visit.get("layer") not in (None, layer):
        return False
    words = (visit.get("q") or "").lower()
    texts = [row.rewrite_id] if row.line is None else [row.rewrite_id, row.line.heard, row.line.text]
    return any(words in text.lower() for text in texts)


def _withdraw(visit: Visit) -> Done:
    rewrite_id = visit.need("id")
    block_rewrite(visit.learner, rewrite_id, visit.get("reason") or _DEFAULT_REASON)
    visit.learner.runtime.look()
    return _back(rewrite_id, "withdrawn", undo="restore")


def _restore(visit: Visit) -> Done:
    rewrite_id = visit.need("id")
    approve_rewrite(visit.learner, rewrite_id)
    visit.learner.runtime.look()
    return _back(rewrite_id, "restored", undo="withdraw")


def _back(rewrite_id: str, notice: str, *, undo: str) -> Done:
    fields = {"page": "rewrite", "action": undo, "id": rewrite_id}
    return Done(page="rewrite", query={"id": rewrite_id}, notice=notice, undo=fields)


REVIEW = (
    Action(name="withdraw", scope="admin", run=_withdraw),
    Action(name="restore", scope="admin", run=_restore),
)
"""What a person can say of a rewrite."""

REWRITES = Page(name="rewrites", scope="read", load=_load)
"""The page."""
