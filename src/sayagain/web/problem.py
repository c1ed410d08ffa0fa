"""Error answers of the service: problem documents (RFC 9457)."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus

import msgspec
from starlette.responses import Response

__all__ = ["PROBLEM_JSON", "BadTurn", "Problem", "Refusal", "problem_response"]

PROBLEM_JSON = "application/problem+json"
"""Media type of every error answer."""


class BadTurn(msgspec.Struct, frozen=True, kw_only=True):
    """A record that is not stored: it is no turn, or of a user that the token does not speak for."""

    index: int
    """Position in the list, from 0."""
    detail: str
    """What was seen and what was expected."""


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The body of an error answer (RFC 9457).

    >>> msgspec.json.encode(Problem(title="Not Found", status=404, detail="there is no turn 9"))
    b'{"title":"Not Found","status":404,"detail":"there is no turn 9"}'
    """

    type: str = "about:blank"
    """Type of the problem; `about:blank` means that the status says it."""
    title: str
    """Name of the status."""
    status: int
    """HTTP status."""
    detail: str
    """One sentence: where, what was seen, what was expected."""
    request_id: str = ""
    """Id of the request, as in the log."""
    bad: tuple[BadTurn, ...] = ()
    """Records of a list that are not turns."""


class Refusal(Exception):  # noqa: N818  (not an error of the service)
    """A request is refused; the answer is a `Problem`.

    Args:
        status: HTTP status of the answer, 400 or more.
        detail: one sentence for the client.
        headers: headers of the answer.
        bad: records of a list that are not turns.
        type: URI of the type of the problem.
    """

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        bad: Sequence[BadTurn] = (),
        type: str = "about:blank",  # noqa: A002  (the name in RFC 9457)
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = dict(headers or {})
        self.bad = tuple(bad)
        self.type = type


def problem_response(refusal: Refusal, request_id: str) -> Response:
    """Return the answer for a refusal."""
    problem = Problem(
        type=refusal.type,
        title=HTTPStatus(refusal.status).phrase,
        status=refusal.status,
        detail=refusal.detail,
        request_id=request_id,
        bad=refusal.bad,
    )
    return Response(
        msgspec.json.encode(problem), status_code=refusal.status, headers=refusal.headers, media_type=PROBLEM_JSON
    )
