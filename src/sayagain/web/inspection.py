"""Endpoints that look inside: one turn explained, defects, requests that fail, the standing experiment."""

import time
from typing import Annotated

from msgspec import Meta

from sayagain.errors import InputError
from sayagain.learner import Defect, Experiment, Explanation, FailingRequest, group_failing, holdout_report
from sayagain.web.endpoint import Asked, Endpoint, Parameter
from sayagain.web.problem import Refusal

__all__ = ["INSIDE"]

_DAY = 86_400_000
_RECENT = 30
"""Days that requests which fail are gathered from, unless asked for others."""


async def explain(asked: Asked) -> Explanation:
    """Explain one turn."""
    try:
        return await asked.service.look(asked.service.learner.explain, asked.given["turn_id"])
    except InputError:
        raise Refusal(404, f"there is no turn {asked.given['turn_id']!r}") from None


async def defects(asked: Asked) -> list[Defect]:
    """List what most surely went wrong."""
    return await asked.service.look(asked.service.learner.defects, asked.given["limit"])


async def failures(asked: Asked) -> list[FailingRequest]:
    """Gather requests that fail."""
    store = asked.service.learner.store
    since = time.time_ns() // 1_000_000 - asked.given["days"] * _DAY

    def gather() -> list[FailingRequest]:
        return group_failing(store.turns(since=since), store.judgement, limit=asked.given["limit"])

    return await asked.service.look(gather)


async def experiments(asked: Asked) -> list[Experiment]:
    """Count the arms of the release in use."""
    store = asked.service.learner.store

    def count() -> list[Experiment]:
        number = store.release_in_use()
        if number is None:
            return []
        # It cannot have decided on anything before it was first promoted.
        since = min(each.at for each in store.promotions() if each.number == number)
        return [holdout_report(store.turns(since=since - _DAY), store.judgement, number)]

    return await asked.service.look(count)


_LIMIT = Parameter(name="limit", type=Annotated[int, Meta(ge=1, le=1000)], about="At most so many.", default=20)

INSIDE = (
    Endpoint(
        method="GET",
        path="/v1/explain/{turn_id}",
        name="explain",
        about="Say why a turn was judged as it was, and what was done.",
        scope="read",
        answer=Explanation,
        call=explain,
        parameters=(Parameter(name="turn_id", type=str, about="The turn.", where="path"),),
        refusals=(404,),
    ),
    Endpoint(
        method="GET",
        path="/v1/defects",
        name="defects",
        about="List the turns most surely judged to have failed.",
        scope="read",
        answer=list[Defect],
        call=defects,
        parameters=(_LIMIT,),
    ),
    Endpoint(
        method="GET",
        path="/v1/failures",
        name="failures",
        about="List the requests that the assistant could not serve, the most frequent first.",
        scope="read",
        answer=list[FailingRequest],
        call=failures,
        parameters=(
            _LIMIT,
            Parameter(
                name="days",
                type=Annotated[int, Meta(ge=1, le=3650)],
                about="How many days back.",
                default=_RECENT,
            ),
        ),
    ),
    Endpoint(
        method="GET",
        path="/v1/experiments",
        name="experiments",
        about="Compare what was rewritten with what was kept back, for the release in use.",
        scope="read",
        answer=list[Experiment],
        call=experiments,
    ),
)
"""What whoever runs the assistant asks."""
