"""Access tokens of the service; only the digest of a secret is stored."""

import hashlib
import secrets
from typing import Literal

import msgspec

__all__ = ["Scope", "Token", "new_secret", "token_digest"]

Scope = Literal["rewrite", "observe", "teach", "read", "admin"]
"""What a token allows: decisions; storing turns and feedback; teaching and forgetting; inspection; changing the release
in use. No scope includes another."""


class Token(msgspec.Struct, frozen=True, kw_only=True):
    """An access token.

    >>> token = Token(name="kitchen", digest=token_digest("secret"), scopes=("rewrite",), created=0, expires=10)
    >>> token.stands(9), token.stands(10)
    (True, False)
    """

    name: str
    """Unique name; the name of a revoked token is not used again."""
    digest: str
    """SHA-256 of the secret, in hexadecimal."""
    scopes: tuple[Scope, ...]
    """Scopes of the token."""
    created: int
    """Time of creation, in milliseconds since 1970."""
    expires: int | None = None
    """Time of expiry, in milliseconds since 1970; None for never."""
    home: str | None = None
    """Home that the token speaks for; None for a trusted one, which speaks for any user of any home."""
    users: tuple[str, ...] = ()
    """The only users of the home that the token speaks for; empty for all of them."""
    revoked: int | None = None
    """Time of revocation, in milliseconds since 1970; None without one."""

    def stands(self, at: int) -> bool:
        """Return whether the token is valid at a time, in milliseconds since 1970."""
        return self.revoked is None and (self.expires is None or at < self.expires)


def new_secret() -> str:
    """Return a random secret of 256 bits, with a prefix that leak scanners can search for."""
    return f"sayagain_{secrets.token_urlsafe(32)}"


def token_digest(secret: str) -> str:
    """Return the digest of a secret, SHA-256 in hexadecimal.

    A plain hash is enough: unlike a password, 256 random bits cannot be guessed.

    >>> len(token_digest(new_secret()))
    64
    """
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
