"""Access control: tokens with scopes, the rate limit, and local access only while no token exists."""

import asyncio
import time
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlsplit

from sayagain.store import Scope, Store, Token, token_digest
from sayagain.web.problem import Refusal
from sayagain.web.rate import RateLimit

__all__ = ["TOKEN_CACHE_SECONDS", "Access"]

TOKEN_CACHE_SECONDS = 2.0
"""Lifetime of a cached token; a revocation takes effect within it."""

_CACHE_SIZE = 10_000
"""Largest number of cached digests, so that guessed secrets cannot fill the memory."""

_LOCAL_HOSTS = {"localhost", "127.0.0.1", "::1"}


class _CachedToken(NamedTuple):
    token: Token | None
    until: float


class Access:
    """Checks whether a request is allowed.

    Args:
        store: the store that holds the tokens.
        rate: requests a second allowed to one token, or to one address while there are no tokens.
        signing_proxies: addresses of proxies that sign people in before they reach the console.
        clock: monotonic clock, in seconds.

    While the store holds no token, every request from this machine is allowed. The service then listens on loopback
    only, and `Host` and `Origin` must be local, so that a web page cannot reach it by DNS rebinding or by a form.
    Once a token exists, even a revoked one, every request needs a token.
    """

    def __init__(
        self,
        store: Store,
        *,
        rate: float,
        signing_proxies: AbstractSet[str] = frozenset(),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._signing_proxies = signing_proxies
        self._store = store
        self._clock = clock
        self._rate = RateLimit(rate, clock=clock)
        self._tokens: dict[str, _CachedToken] = {}
        self._open_until = -1.0
        self._closed = False

    async def admit(self, headers: Mapping[str, str], peer: str, scope: Scope | None) -> Token | None:
        """Check a request, and return its token; None where none is needed.

        Args:
            headers: headers of the request, by lower-case name.
            peer: address of the client.
            scope: the required scope; None for a public endpoint.

        Raises:
            Refusal: 401 without a valid token, 403 without the scope or for a foreign `Origin`, 421 for a `Host` that
                is not local, 429 above the rate limit.
        """
        if scope is None:
            return None
        token = None
        if await self._is_open():
            _check_local(headers)
        else:
            token = await self._check_token(headers.get("authorization", ""), scope)
        self._count(peer, token)
        return token

    async def admit_digest(self, headers: Mapping[str, str], peer: str, digest: str | None) -> Token | None:
        """Check a request of the console, and return its token, with whatever scopes; None where none is needed.

        Who comes through a signing proxy needs none, and its `Host` may be that of the proxy.

        Args:
            headers: headers of the request, by lower-case name.
            peer: address of the client.
            digest: digest of the token, as its session states it; None for a session without a token.

        Raises:
            Refusal: as `admit`, but for 403 without a scope.
        """
        token = None if peer in self._signing_proxies else await self._session_token(headers, digest)
        self._count(peer, token)
        return token

    async def _session_token(self, headers: Mapping[str, str], digest: str | None) -> Token | None:
        if await self._is_open():
            _check_local(headers)
            return None
        if digest is None:
            raise _unauthorised("a token is required")
        return await self._valid_token(digest)

    def _count(self, peer: str, token: Token | None) -> None:
        wait = self._rate.wait(peer if token is None else token.digest)
        if wait:
            raise Refusal(429, f"too many requests; try again in {wait} s", headers={"Retry-After": str(wait)})

    async def _is_open(self) -> bool:
        if self._closed:
            return False
        if self._clock() >= self._open_until:
            # Tokens are never deleted, so once one exists, the answer is final.
            self._closed = bool(await asyncio.to_thread(self._store.tokens))
            self._open_until = self._clock() + TOKEN_CACHE_SECONDS
        return not self._closed

    async def _check_token(self, authorization: str, scope: Scope) -> Token:
        kind, _, secret = authorization.partition(" ")
        if kind.lower() != "bearer" or not secret.strip():
            raise _unauthorised("a token is required: Authorization: Bearer …; create one with sayagain token create")
        token = await self._valid_token(token_digest(secret.strip()))
        if scope not in token.scopes:
            scopes = ", ".join(token.scopes) or "none"
            raise Refusal(
                403,
                f"a token with the scope {scope} is required; this token has: {scopes}",
                headers={"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{scope}"'},
            )
        return token

    async def _valid_token(self, digest: str) -> Token:
        cached = self._tokens.get(digest)
        if cached is None or self._clock() >= cached.until:
            token = await asyncio.to_thread(self._store.token, digest)
            if len(self._tokens) >= _CACHE_SIZE:
                self._tokens.clear()
            cached = self._tokens[digest] = _CachedToken(token, self._clock() + TOKEN_CACHE_SECONDS)
        if cached.token is None or not cached.token.stands(time.time_ns() // 1_000_000):
            raise _unauthorised("the token is unknown, revoked or expired")
        return cached.token


def _unauthorised(detail: str) -> Refusal:
    return Refusal(401, detail, headers={"WWW-Authenticate": "Bearer"})


def _check_local(headers: Mapping[str, str]) -> None:
    host = headers.get("host", "")
    if _host_name(f"//{host}") not in _LOCAL_HOSTS:
        raise Refusal(421, f"Host is {host!r}; while no token exists, only localhost and 127.0.0.1 are served")
    origin = headers.get("origin")
    if origin is not None and _host_name(origin) not in _LOCAL_HOSTS:
        raise Refusal(403, f"Origin is {origin!r}; while no token exists, only pages of this machine are served")


@lru_cache(maxsize=256)
def _host_name(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None
