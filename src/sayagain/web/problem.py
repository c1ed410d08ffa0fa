"""What the service answers when it cannot do what was asked: a problem as RFC 9457 has it."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus

import msgspec
from starlette.responses import Response

__all__ = ["PROBLEM_JSON", "BadTurn", "Problem", "Refusal", "problem_response"]

PROBLEM_JSON = "application/problem+json"
"""The media type of every answer from 400 on."""


class BadTurn(msgspec.Struct, frozen=True, kw_only=True):
    """One of the turns that were sent, which is none."""

    index: int
    """Its place in the list, from 0."""
    detail: str
    """What was seen and what was expected."""


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Why a request was not served (RFC 9457).

    >>> msgspec.json.encode(Problem(title="Not Found", status=404, detail="there is no turn 9"))
    b'{"title":"Not Found","status":404,"detail":"there is no turn 9"}'
    """

    type: str = "about:blank"
    """No kind of its own: the status says it."""
    title: str
    """The status in words."""
    status: int
    """The status of the answer."""
    detail: str
    """One sentence: where, what was seen, what was expected."""
    request_id: str = ""
    """The id of the request, by which the log has it."""
    bad: tuple[BadTurn, ...] = ()
    """Which turns of a list are none."""


class Refusal(Exception):  # noqa: N818  (it is no fault of the service)
    """A request is not served; becomes a `Problem`.

    Args:
        status: of the answer, from 400 on.
        detail: one sentence for whoever asked.
        headers: of the answer.
        bad: which turns of a list are none.
    """

    def __init__(
        self, status: int, detail: str, *, headers: Mapping[str, str] | None = None, bad: Sequence[BadTurn] = ()
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = dict(headers or {})
        self.bad = tuple(bad)


def problem_response(refusal: Refusal, request_id: str) -> Response:
    """Return a refusal as the answer to a request."""
    problem = Problem(
        title=HTTPStatus(refusal.status).phrase,
        status=refusal.status,
        detail=refusal.detail,
        request_id=request_id,
        bad=refusal.bad,
    )
    return Response(
        msgspec.json.encode(problem), status_code=refusal.status, headers=refusal.headers, media_type=PROBLEM_JSON
    )
