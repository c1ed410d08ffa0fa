"""Try it: what would be decided for a request, every candidate, and what a guardrail says of each."""

import msgspec

from sayagain.learner.request_trial import RequestTrial, try_request
from sayagain.releases.release import list_releases
from sayagain.turns import Turn
from sayagain.web.console.page import Page, Visit, number_of

__all__ = ["TRY", "TryIt"]


class TryIt(msgspec.Struct, frozen=True, kw_only=True):
    """What the page shows."""

    releases: list[int]
    """Releases that can be tried, the newest first."""
    trial: RequestTrial | None
    """With the release in use; None before a request is given."""
    other: RequestTrial | None
    """With the other release; None where none is named."""


def _load(visit: Visit) -> TryIt:
    releases = list_releases(visit.learner.releases)[::-1] if visit.visitor.sees_all else []
    request = visit.get("q")
    if request is None:
        return TryIt(releases=releases, trial=None, other=None)
    user = visit.speakers.user(visit.visitor.token, visit.get("user"))
    turn = Turn(
        turn_id="console",
        started=0,
        request=request,
        user_id=user,
        home=visit.speakers.home(visit.visitor.token, None),
        language=visit.get("language"),
    )
    other = number_of(visit, "release", 0)
    return TryIt(
        releases=releases,
        trial=try_request(visit.learner, turn),
        other=try_request(visit.learner, turn, other) if other in releases else None,
    )


TRY = Page(name="try", scope="rewrite", load=_load)
"""The page."""
