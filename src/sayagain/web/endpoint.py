"""One endpoint, declared: from it follow its route, its checks and its place in the OpenAPI document."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from sayagain.store import Scope
from sayagain.web.problem import Refusal

if TYPE_CHECKING:
    from sayagain.web.service import Service

__all__ = ["JSON", "Asked", "Endpoint", "Parameter", "decoded"]

JSON = "application/json"
"""The media type of every body that is taken, and of most answers."""


class Parameter(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the path or of what follows its `?`."""

    name: str
    """What it is called."""
    type: Any
    """What it is read as; bounds as `msgspec.Meta`."""
    about: str
    """What it is for."""
    where: Literal["path", "query"] = "query"
    """Where it stands."""
    default: Any = ...
    """What counts when it is not given; `...` where it must be."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked of an endpoint, checked as far as its declaration goes."""

    service: "Service"
    """What answers."""
    given: dict[str, Any]
    """Each parameter, or its default."""
    body: bytes
    """The body; empty where there is none."""
    headers: Mapping[str, str]
    """The headers."""


class Endpoint(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that can be asked of the service."""

    method: Literal["GET", "POST", "DELETE"]
    """How it is asked."""
    path: str
    """Where; a part in braces is a parameter, the last one may hold slashes."""
    name: str
    """Its name in the document, in the metrics and in the log."""
    about: str
    """What it does, in one sentence."""
    scope: Scope | None
    """The scope that a token needs for it; None where none is needed."""
    answer: Any
    """The type of the answer."""
    call: Callable[[Asked], Awaitable[object]]
    """What answers."""
    body: Any = None
    """The type of the body; None where none is taken."""
    body_required: bool = True
    """Whether the body may not be left out."""
    parameters: tuple[Parameter, ...] = ()
    """Of path and query."""
    refusals: tuple[int, ...] = ()
    """Statuses of problems beyond those that every endpoint may answer."""
    media_type: str = JSON
    """Of the answer."""


def decoded(asked: Asked, expected: Any) -> Any:  # noqa: ANN401  (a type that msgspec knows)
    """Return the body as a record.

    Raises:
        Refusal: it is no JSON (400), or not what was expected (422).
    """
    try:
        return msgspec.json.decode(asked.body, type=expected)
    except msgspec.ValidationError as error:
        raise Refusal(422, f"the body: {str(error)[0].lower()}{str(error)[1:]}") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refusal(400, f"the body is no JSON: {error}") from None
