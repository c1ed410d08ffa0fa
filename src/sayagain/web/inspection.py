"""Endpoints for inspection: explain a turn, list defects and failing requests, compare the arms of the experiment."""

import time
from typing import Annotated, Literal

from msgspec import Meta

from sayagain.errors import InputError
from sayagain.learner import (
    Defect,
    Dimension,
    Experiment,
    Explanation,
    FailingRequest,
    FailureReport,
    group_failing,
    holdout_report,
)
from sayagain.web.endpoint import Asked, Parameter, endpoint
from sayagain.web.problem import Refusal

__all__ = ["INSPECTION"]

_DAY = 86_400_000
_DEFAULT_DAYS = 30
"""Days of log in which failing requests are counted by default."""


_LIMIT = Parameter(name="limit", type=Annotated[int, Meta(ge=1, le=1000)], about="Largest number to list.", default=20)


@endpoint(
    "GET",
    "/v1/explain/{turn_id}",
    "explain",
    scope="read",
    answer=Explanation,
    parameters=(Parameter(name="turn_id", type=str, about="Id of the turn.", where="path"),),
    refusals=(404,),
)
async def explain(asked: Asked) -> Explanation:
    """Explain a turn: its judgement with the reasons, and the decision made."""
    try:
        return await asked.service.look(asked.service.learner.explain, asked.given["turn_id"])
    except InputError:
        raise Refusal(404, f"there is no turn {asked.given['turn_id']!r}") from None


@endpoint(
    "GET",
    "/v1/defects",
    "defects",
    scope="read",
    answer=list[Defect],
    parameters=(
        _LIMIT,
        Parameter(
            name="since",
            type=str | None,
            about="Start of the period: `24h`, `7d` or `2w` before the last turn, or a time.",
            default=None,
        ),
        Parameter(
            name="by",
            type=Literal["device", "room", "intent", "language"] | None,
            about="What the requests are grouped by.",
            default=None,
        ),
    ),
)
async def defects(asked: Asked) -> list[Defect]:
    """List the requests that failed most probably, each once."""
    given = asked.given
    try:
        return await asked.service.look(
            asked.service.learner.defects, given["limit"], since=given["since"], by=given["by"]
        )
    except InputError as error:
        raise Refusal(422, str(error)) from None


@endpoint(
    "GET",
    "/v1/failures",
    "failures",
    scope="read",
    answer=list[FailingRequest],
    parameters=(
        _LIMIT,
        Parameter(
            name="days",
            type=Annotated[int, Meta(ge=1, le=3650)],
            about="Days of log to count, up to now.",
            default=_DEFAULT_DAYS,
        ),
    ),
)
async def failures(asked: Asked) -> list[FailingRequest]:
    """List failing requests, the most frequent first."""
    store = asked.service.learner.store
    since = time.time_ns() // 1_000_000 - asked.given["days"] * _DAY

    def gather() -> list[FailingRequest]:
        return group_failing(store.turns(since=since), store.judgement, limit=asked.given["limit"])

    return await asked.service.look(gather)


@endpoint(
    "GET",
    "/v1/failure-points",
    "failure_points",
    scope="read",
    answer=FailureReport,
    parameters=(
        _LIMIT,
        Parameter(
            name="since",
            type=str,
            about="Start of the period: `24h`, `7d` or `2w` before the last turn, or a time.",
            default="30d",
        ),
        Parameter(name="by", type=Dimension, about="What failures are counted by.", default="stage"),
    ),
)
async def failure_points(asked: Asked) -> FailureReport:
    """Count failures by the stage that failed first, with trends, and list the requests behind them."""
    given = asked.given

    def isolate() -> FailureReport:
        return asked.service.learner.failures(given["since"], by=given["by"], limit=given["limit"])

    try:
        return await asked.service.look(isolate)
    except InputError as error:
        raise Refusal(422, str(error)) from None


@endpoint("GET", "/v1/experiments", "experiments", scope="read", answer=list[Experiment])
async def experiments(asked: Asked) -> list[Experiment]:
    """Compare rewritten requests with the holdout, for the release in use."""
    store = asked.service.learner.store

    def count() -> list[Experiment]:
        number = store.release_in_use()
        if number is None:
            return []
        # A release decides on nothing before its first promotion.
        since = min(promotion.at for promotion in store.promotions() if promotion.number == number)
        return [holdout_report(store.turns(since=since - _DAY), store.judgement, number)]

    return await asked.service.look(count)


INSPECTION = (explain, defects, failures, failure_points, experiments)
"""The endpoints for whoever runs the assistant."""
