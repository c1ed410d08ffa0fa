"""The declaration of an endpoint, from which its route, its checks and its OpenAPI entry are made."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from sayagain.store import Scope, Token
from sayagain.web.problem import Refusal

if TYPE_CHECKING:
    from sayagain.web.service import Service

__all__ = ["JSON", "Asked", "Endpoint", "Parameter", "decoded", "endpoint"]

JSON = "application/json"
"""Media type of every request body and of most answers."""


class Parameter(msgspec.Struct, frozen=True, kw_only=True):
    """A path or query parameter."""

    name: str
    """Name of the parameter."""
    type: Any
    """Type of the value, with bounds as `msgspec.Meta`."""
    about: str
    """Description, one sentence."""
    where: Literal["path", "query"] = "query"
    """Place of the parameter."""
    default: Any = ...
    """Default; `...` for a required parameter."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """One call of an endpoint, checked against its declaration."""

    service: "Service"
    """The service."""
    token: Token | None
    """Token of the request; None where none is needed."""
    given: dict[str, Any]
    """Value of each parameter, or its default."""
    body: bytes
    """Request body; empty without one."""
    headers: Mapping[str, str]
    """Request headers, by lower-case name."""


class Endpoint(msgspec.Struct, frozen=True, kw_only=True):
    """One endpoint of the service."""

    method: Literal["GET", "POST", "DELETE"]
    """HTTP method."""
    path: str
    """Path; a part in braces is a parameter."""
    name: str
    """Name in the OpenAPI document, the metrics and the log."""
    about: str
    """Description, one sentence."""
    scope: Scope | None
    """Required scope; None for a public endpoint."""
    answer: Any
    """Type of the answer."""
    call: Callable[[Asked], Awaitable[object]]
    """Function that answers."""
    body: Any = None
    """Type of the request body; None without one."""
    body_required: bool = True
    """Whether the body is required."""
    parameters: tuple[Parameter, ...] = ()
    """Parameters of path and query."""
    refusals: tuple[int, ...] = ()
    """Error statuses beyond those that every endpoint may answer."""
    media_type: str = JSON
    """Media type of the answer."""


def endpoint(
    method: Literal["GET", "POST", "DELETE"],
    path: str,
    name: str,
    *,
    scope: Scope | None,
    answer: Any,  # noqa: ANN401  (a type that msgspec knows)
    **options: Any,  # noqa: ANN401  (the other fields of `Endpoint`)
) -> Callable[[Callable[[Asked], Awaitable[object]]], Endpoint]:
    """Declare a function as an endpoint, which its docstring describes.

    Args:
        method: HTTP method.
        path: path; a part in braces is a parameter.
        name: name in the OpenAPI document, the metrics and the log.
        scope: required scope; None for a public endpoint.
        answer: type of the answer.
        options: further fields of `Endpoint`.

    >>> @endpoint("GET", "/v1/hello", "hello", scope=None, answer=str)
    ... async def hello(_):
    ...     '''Greet.'''
    >>> hello.about
    'Greet.'
    """

    def declare(call: Callable[[Asked], Awaitable[object]]) -> Endpoint:
        return Endpoint(
            method=method,
            path=path,
            name=name,
            about=call.__doc__ or "",
            scope=scope,
            answer=answer,
            call=call,
            **options,
        )

    return declare


def decoded(asked: Asked, expected: Any) -> Any:  # noqa: ANN401  (a type that msgspec knows)
    """Decode the body of a call.

    Raises:
        Refusal: the body is not JSON (400), or not of the expected type (422).
    """
    try:
        return msgspec.json.decode(asked.body, type=expected)
    except msgspec.ValidationError as error:
        raise Refusal(422, f"the body: {str(error)[0].lower()}{str(error)[1:]}") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refusal(400, f"the body is not JSON: {error}") from None
