"""The visitor of the console: a signed session cookie, the rights of its token, and protection against forged forms."""

import base64
import hashlib
import hmac
import secrets
import time
from collections.abc import Sequence

import msgspec

from sayagain.store import Scope, Token
from sayagain.turns import Turn

__all__ = ["COOKIE", "SESSION_SECONDS", "ConsoleSession", "Signer", "Visitor", "form_token"]

COOKIE = "sayagain_console"
"""Name of the session cookie."""

SESSION_SECONDS = 43_200
"""Lifetime of a session; then the token is asked for again."""


class ConsoleSession(msgspec.Struct, frozen=True, kw_only=True):
    """What the session cookie holds, signed: the service keeps no sessions, so every worker knows all of them."""

    digest: str | None
    """Digest of the token that the visitor signed in with; None where the service has no tokens."""
    nonce: str
    """Random text that the form token is made from."""
    expires: int
    """Time of expiry, in seconds since 1970."""

    @classmethod
    def start(cls, digest: str | None) -> "ConsoleSession":
        """Return a new session."""
        return cls(digest=digest, nonce=secrets.token_urlsafe(16), expires=int(time.time()) + SESSION_SECONDS)


class Signer:
    """Signs short texts, so that only this installation can have made them.

    Args:
        key: secret of the installation; every worker has the same one.

    >>> signer = Signer(b"key")
    >>> signer.read("undo", signer.sign("undo", {"phrase": "study mode"})), signer.read("undo", "forged")
    ({'phrase': 'study mode'}, None)
    """

    def __init__(self, key: bytes) -> None:
        self._key = hmac.digest(key, b"sayagain console", hashlib.sha256)

    def sign(self, purpose: str, value: object) -> str:
        """Return a value with its signature, as text for a cookie or a link."""
        body = base64.urlsafe_b64encode(msgspec.json.encode(value)).decode()
        return f"{body}.{self.tag(purpose, body)}"

    def read(self, purpose: str, text: str) -> object | None:
        """Return a signed value; None where the signature is not ours."""
        body, _, tag = text.partition(".")
        if not hmac.compare_digest(tag.encode("utf-8", "replace"), self.tag(purpose, body).encode()):
            return None
        value: object = msgspec.json.decode(base64.urlsafe_b64decode(body))
        return value

    def tag(self, purpose: str, text: str) -> str:
        """Return the signature of a text."""
        return hmac.new(self._key, f"{purpose}\n{text}".encode("utf-8", "replace"), hashlib.sha256).hexdigest()

    def session(self, cookie: str) -> ConsoleSession | None:
        """Return the session of a cookie; None where it is forged or over."""
        value = self.read("session", cookie)
        if value is None:
            return None
        session = msgspec.convert(value, ConsoleSession)
        return session if session.expires > time.time() else None


def form_token(signer: Signer, session: ConsoleSession) -> str:
    """Return the token that each form of a session carries, which no other site can know."""
    return signer.tag("form", session.nonce)


class Visitor(msgspec.Struct, frozen=True, kw_only=True):
    """Who looks at the console, and what they may see and do."""

    token: Token | None
    """The token that they signed in with; None where the service has no tokens and so serves this machine alone."""

    def may(self, scope: Scope) -> bool:
        """Return whether the visitor has a scope."""
        return self.token is None or scope in self.token.scopes

    @property
    def sees_all(self) -> bool:
        """Whether the visitor sees the turns of all users."""
        return self.may("read")

    @property
    def users(self) -> Sequence[str]:
        """The users that the visitor speaks for; empty for all users of a home, and where the visitor sees all."""
        return () if self.token is None or self.sees_all else self.token.users

    def owns(self, turn: Turn) -> bool:
        """Return whether the visitor may see a turn: a visitor who does not see all sees what the token speaks for."""
        if self.sees_all or self.token is None:
            return True
        if self.token.users:
            return turn.user_id in self.token.users and turn.home in {None, self.token.home}
        return self.token.home is not None and turn.home == self.token.home
