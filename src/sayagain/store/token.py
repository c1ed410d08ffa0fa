"""Tokens: who may ask the service for what; the secret itself is never kept, only its digest."""

import hashlib
import secrets
from typing import Literal

import msgspec

__all__ = ["Scope", "Token", "new_secret", "token_digest"]

Scope = Literal["rewrite", "observe", "teach", "read", "admin"]
"""What a token opens: decisions; handing on turns and feedback; teaching and forgetting; looking inside; changing
which release decides. None of them includes another."""


class Token(msgspec.Struct, frozen=True, kw_only=True):
    """One token.

    >>> token = Token(name="kitchen", digest=token_digest("secret"), scopes=("rewrite",), created=0, expires=10)
    >>> token.stands(9), token.stands(10)
    (True, False)
    """

    name: str
    """What it is called, once and for all: the name of a revoked token is not given again."""
    digest: str
    """SHA-256 of the secret, in hexadecimal."""
    scopes: tuple[Scope, ...]
    """What it opens."""
    created: int
    """When it was made, in milliseconds since 1970."""
    expires: int | None = None
    """From when on it opens nothing, in milliseconds since 1970; None for never."""
    revoked: int | None = None
    """When it was revoked, in milliseconds since 1970; None while it stands."""

    def stands(self, at: int) -> bool:
        """Tell whether it opens anything at a time, in milliseconds since 1970."""
        return self.revoked is None and (self.expires is None or at < self.expires)


def new_secret() -> str:
    """Return a secret that nobody can guess: 256 bits behind a mark that leak scanners can look for."""
    return f"sayagain_{secrets.token_urlsafe(32)}"


def token_digest(secret: str) -> str:
    """Return what is kept of a secret.

    A plain hash is enough: 256 random bits cannot be tried one by one, as a password could.

    >>> len(token_digest(new_secret()))
    64
    """
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
