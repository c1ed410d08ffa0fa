"""Client of the sayagain service: its endpoints under /v1, over the HTTP session of Home Assistant."""

from collections.abc import Mapping
from typing import Any

import aiohttp

__all__ = ["RequestRefused", "ScopeMissing", "ServiceClient", "ServiceError", "TokenRefused"]

_TIMEOUT = 10.0
"""Longest wait for what no user waits for, in seconds."""

_UNAUTHORISED, _FORBIDDEN, _TOO_MANY = 401, 403, 429
_CLIENT_ERRORS = range(400, 500)
_PASSING = frozenset({404, 405, 407, 408, 421, 425, _TOO_MANY})
"""Refusals that rest on an address or on the load, so that another attempt may succeed."""

_FOREIGN_USER = "urn:sayagain:foreign-user"


class ServiceError(Exception):
    """The service cannot be reached, or cannot answer now."""


class TokenRefused(ServiceError):  # noqa: N818  (what happened, not what went wrong)
    """The service requires a token, or does not know this one."""


class ScopeMissing(ServiceError):  # noqa: N818  (what happened, not what went wrong)
    """The token lacks the scope of an endpoint."""


class RequestRefused(ServiceError):  # noqa: N818  (what happened, not what went wrong)
    """The service refuses this request, and would refuse it again."""


class ServiceClient:
    """Client of one service.

    Args:
        session: HTTP session.
        url: address of the service, for example `http://127.0.0.1:8787`.
        token: access token; None for a service without tokens.
    """

    def __init__(self, session: aiohttp.ClientSession, url: str, token: str | None) -> None:
        self._session = session
        self.url = url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    async def decide(self, turn: Mapping[str, Any], *, asked: bool, deadline: float) -> dict[str, Any]:
        """Return the decision on a request.

        Args:
            turn: the turn before its answer.
            asked: whether a question waits, to which the request may be the answer.
            deadline: longest wait, in seconds.
        """
        flags = {"converse": "true", "steps": "true", "asked": "true" if asked else "false"}
        return await self._call("POST", "/v1/rewrite", json=turn, params=flags, timeout=deadline)

    async def observe(self, turns: list[dict[str, Any]]) -> None:
        """Store turns; they are on the disk of the service when this returns."""
        await self._call("POST", "/v1/turns", json=turns)

    async def teach(self, lesson: Mapping[str, Any]) -> dict[str, Any]:
        """Teach what a phrase means."""
        return await self._call("POST", "/v1/teach", json=lesson)

    async def forget(self, phrase: str, owner: Mapping[str, str]) -> bool:
        """Forget what was taught about a phrase; return whether there was anything."""
        answer = await self._call("DELETE", "/v1/taught", params={"phrase": phrase, **owner})
        return bool(answer["forgotten"])

    async def taught(self) -> None:
        """Look up what the household was taught, which shows that the token may teach."""
        await self._call("GET", "/v1/taught")

    async def feedback(self, report: Mapping[str, Any]) -> bool:
        """Store a user's feedback on a turn; return whether it is new."""
        return bool((await self._call("POST", "/v1/feedback", json=report))["new"])

    async def summary(self) -> dict[str, Any]:
        """Return the figures of the week."""
        return await self._call("GET", "/v1/summary")

    async def failures(self, *, days: int, limit: int) -> list[dict[str, Any]]:
        """Return the requests that fail most often, with where they fail and what to do about it."""
        report = await self._call("GET", "/v1/failure-points", params={"since": f"{days}d", "limit": str(limit)})
        return list(report["causes"])

    async def _call(self, method: str, path: str, *, timeout: float = _TIMEOUT, **options: Any) -> Any:  # noqa: ASYNC109
        try:
            async with self._session.request(
                method,
                self.url + path,
                headers=self._headers,
                timeout=aiohttp.ClientTimeout(total=timeout),
                allow_redirects=False,
                **options,
            ) as answer:
                content = await answer.json(content_type=None)
                status = answer.status
        except TimeoutError:
            raise ServiceError(f"{self.url} gave no answer within {timeout:g} s") from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise ServiceError(f"{self.url} cannot be reached: {error or type(error).__name__}") from None
        if status == 200:
            return content
        raise _refusal(path, status, content if isinstance(content, dict) else {})


def _refusal(path: str, status: int, problem: Mapping[str, Any]) -> ServiceError:
    said = f"{path}: {problem.get('detail') or problem.get('title') or 'no reason is given'} ({status})"
    if status == _UNAUTHORISED:
        return TokenRefused(said)
    if status == _FORBIDDEN:
        return RequestRefused(said) if problem.get("type") == _FOREIGN_USER else ScopeMissing(said)
    return RequestRefused(said) if status in _CLIENT_ERRORS and status not in _PASSING else ServiceError(said)
