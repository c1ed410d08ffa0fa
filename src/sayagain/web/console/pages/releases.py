"""Experiments and releases: what each was learnt from, its replay, the holdout, the history, and what two differ in."""

from typing import Literal

import msgspec

from sayagain.errors import GateRefused
from sayagain.learner import Experiment, RewriteLine, holdout_report
from sayagain.store import Promotion
from sayagain.web.console.page import Action, Done, Page, Paged, Visit, number_of, paged
from sayagain.web.problem import Refusal

__all__ = ["DIFFERENCE", "RELEASES", "Change", "Difference", "Releases"]

_COMPARED = 1_000
"""Most frequent rewrites of each release that are compared."""


class Releases(msgspec.Struct, frozen=True, kw_only=True):
    """What the page shows."""

    releases: Paged
    """All releases, the newest first."""
    promotions: list[Promotion]
    """The last changes of the release in use, the latest first."""
    can_roll_back: bool
    """Whether there is a promotion to undo."""
    experiment: Experiment | None
    """The holdout of the release in use among the latest turns; None without a release in use."""


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """A request that two releases rewrite differently."""

    kind: Literal["new", "gone", "changed"]
    """Whether only the later release rewrites it, only the earlier one, or both to other words."""
    before: RewriteLine | None
    """The rewrite of the earlier release."""
    after: RewriteLine | None
    """The rewrite of the later release."""


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """What the page shows."""

    numbers: list[int]
    """Releases to choose from, the newest first."""
    before: int | None
    """The earlier release; None without two."""
    after: int | None
    """The later release."""
    compared: int
    """Most frequent rewrites of each that were compared."""
    same: int
    """Requests that both rewrite to the same words."""
    changes: Paged
    """The others."""


def _load(visit: Visit) -> Releases:
    learner, store = visit.learner, visit.learner.store
    lines = visit.snapshots.get(("releases",), visit.version, learner.release_list)
    promotions = store.promotions()[::-1]
    in_use = store.release_in_use()
    experiment = None if in_use is None else holdout_report(visit.latest_turns(), store.judgement, in_use)
    return Releases(
        releases=paged(lines[::-1], visit),
        promotions=promotions[:50],
        can_roll_back=any(promotion.undone is None for promotion in promotions),
        experiment=experiment,
    )


def _difference(visit: Visit) -> Difference:
    lines = visit.snapshots.get(("releases",), visit.version, visit.learner.release_list)
    numbers = [line.number for line in lines if line.trouble is None][::-1]
    after = number_of(visit, "after", numbers[0] if numbers else 0)
    before = number_of(visit, "before", numbers[1] if len(numbers) > 1 else 0)
    if before not in numbers or after not in numbers or before == after:
        return Difference(
            numbers=numbers, before=None, after=None, compared=_COMPARED, same=0, changes=paged([], visit)
        )
    old, new = _rewrites(visit, before), _rewrites(visit, after)
    changes = [
        Change(
            kind="new" if heard not in old else "gone" if heard not in new else "changed",
            before=old.get(heard),
            after=new.get(heard),
        )
        for heard in dict.fromkeys([*new, *old])
        if heard not in old or heard not in new or old[heard].text != new[heard].text
    ]
    same = len({*old} & {*new}) - sum(change.kind == "changed" for change in changes)
    return Difference(
        numbers=numbers, before=before, after=after, compared=_COMPARED, same=same, changes=paged(changes, visit)
    )


def _rewrites(visit: Visit, number: int) -> dict[tuple[str, str | None], RewriteLine]:
    lines = visit.snapshots.get(
        ("rewrites of", number), visit.version, lambda: visit.learner.rewrites(number, limit=_COMPARED)
    )
    return {(line.heard, line.language): line for line in lines if line.layer != "cold start"}


def _promote(visit: Visit) -> Done:
    number = number_of(visit, "number", 0)
    try:
        visit.learner.promote(visit.learner.release(number), force=visit.get("force") == "yes")
    except GateRefused:
        return Done(page="releases", query={"refused": str(number)}, notice="gate_refused")
    visit.learner.runtime.look()
    return Done(page="releases", notice="promoted", undo={"page": "releases", "action": "rollback"})


def _roll_back(visit: Visit) -> Done:
    before = visit.learner.store.release_in_use()
    visit.learner.rollback()
    visit.learner.runtime.look()
    undo = {"page": "releases", "action": "return", "number": str(before)}
    return Done(page="releases", notice="rolled_back", undo=None if before is None else undo)


def _return(visit: Visit) -> Done:
    """Undo a rollback: the release was in use before, so no gate is asked again, which takes as long as learning."""
    number, store = number_of(visit, "number", 0), visit.learner.store
    if number not in {promotion.number for promotion in store.promotions()}:
        raise Refusal(422, f"release {number} was never in use")
    visit.learner.release(number)
    store.set_release_in_use(number, note="a rollback was undone")
    visit.learner.runtime.look()
    return Done(page="releases", notice="promoted", undo={"page": "releases", "action": "rollback"})


RELEASES = Page(
    name="releases",
    scope="read",
    load=_load,
    actions=(
        Action(name="promote", scope="admin", run=_promote, drops=("releases", "rewrites")),
        Action(name="rollback", scope="admin", run=_roll_back, drops=("releases", "rewrites")),
        Action(name="return", scope="admin", run=_return, drops=("releases", "rewrites")),
    ),
)
"""The page of all releases."""

DIFFERENCE = Page(name="difference", scope="read", load=_difference, in_menu=False)
"""The page that compares two releases."""
