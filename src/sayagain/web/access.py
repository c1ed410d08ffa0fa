"""Who may ask for what: tokens and their scopes, the rate, and while there is no token, this machine alone."""

import asyncio
import time
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlsplit

from sayagain.store import Scope, Store, Token, token_digest
from sayagain.web.problem import Refusal
from sayagain.web.rate import RateLimit

__all__ = ["BELIEVED", "Access"]

BELIEVED = 2.0
"""How long what the store said of a token is believed, in seconds: a revocation takes effect within that."""

_REMEMBERED = 10_000
"""Digests remembered; whoever tries secrets must not fill the memory."""

_HERE = {"localhost", "127.0.0.1", "::1"}


class _Said(NamedTuple):
    token: Token | None
    until: float


class Access:
    """Lets a request in, or refuses it.

    Args:
        store: holds the tokens.
        rate: requests a second of one token, or without tokens of one address.
        clock: seconds, growing.

    While the store holds no token, everything is open; the service then listens on loopback only, and a browser's
    page must not reach it through a name of its own (DNS rebinding) or by a form: `Host` and `Origin` must be here.
    A token once made, even a revoked one, closes it for good.
    """

    def __init__(self, store: Store, *, rate: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._clock = clock
        self._rate = RateLimit(rate, clock=clock)
        self._tokens: dict[str, _Said] = {}
        self._open_until = -1.0
        self._closed = False

    async def admit(self, headers: Mapping[str, str], peer: str, scope: Scope | None) -> None:
        """Let a request in.

        Args:
            headers: of the request, by lower-case name.
            peer: the address that it came from.
            scope: what it needs; None where it needs nothing.

        Raises:
            Refusal: 401 without a token that stands, 403 without the scope, 421 for a `Host` that is not here,
                429 beyond the rate.
        """
        if scope is None:
            return
        if await self._is_open():
            _check_here(headers)
            client = peer
        else:
            client = await self._check_token(headers.get("authorization", ""), scope)
        wait = self._rate.wait(client)
        if wait:
            raise Refusal(429, f"too many requests; ask again in {wait} s", headers={"Retry-After": str(wait)})

    async def _is_open(self) -> bool:
        if self._closed:
            return False
        if self._clock() >= self._open_until:
            # Tokens are never deleted, so once there is one, this need not be asked again.
            self._closed = bool(await asyncio.to_thread(self._store.tokens))
            self._open_until = self._clock() + BELIEVED
        return not self._closed

    async def _check_token(self, authorization: str, scope: Scope) -> str:
        kind, _, secret = authorization.partition(" ")
        if kind.lower() != "bearer" or not secret.strip():
            raise _unknown("a token is needed: Authorization: Bearer …; sayagain token create makes one")
        digest = token_digest(secret.strip())
        said = self._tokens.get(digest)
        if said is None or self._clock() >= said.until:
            token = await asyncio.to_thread(self._store.token, digest)
            if len(self._tokens) >= _REMEMBERED:
                self._tokens.clear()
            said = self._tokens[digest] = _Said(token, self._clock() + BELIEVED)
        if said.token is None or not said.token.stands(time.time_ns() // 1_000_000):
            raise _unknown("this token is not known, or was revoked, or has expired")
        if scope not in said.token.scopes:
            has = ", ".join(said.token.scopes) or "none"
            raise Refusal(
                403,
                f"this needs a token with the scope {scope}; this one has: {has}",
                headers={"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{scope}"'},
            )
        return digest


def _unknown(detail: str) -> Refusal:
    return Refusal(401, detail, headers={"WWW-Authenticate": "Bearer"})


def _check_here(headers: Mapping[str, str]) -> None:
    host = headers.get("host", "")
    if _name(f"//{host}") not in _HERE:
        raise Refusal(421, f"Host is {host!r}; while there is no token, only localhost and 127.0.0.1 are served")
    origin = headers.get("origin")
    if origin is not None and _name(origin) not in _HERE:
        raise Refusal(403, "a page of another site asks this; while there is no token, only pages of this machine may")


@lru_cache(maxsize=256)
def _name(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None
