"""The tokens of the in-memory store, and what all its parts share: the lock, and whether it is open."""

from threading import RLock

import msgspec

from sayagain.errors import InputError, StoreError
from sayagain.store.token import Token

__all__ = ["MemoryTokens"]


class MemoryTokens:
    """The part of the in-memory store that keeps tokens."""

    def __init__(self) -> None:
        self._lock = RLock()
        self._closed = False
        self._tokens: dict[str, Token] = {}

    def add_token(self, token: Token) -> None:
        """Store a token."""
        self._check_open()
        with self._lock:
            if token.name in self._tokens or self.token(token.digest) is not None:
                raise InputError(f"there is a token named {token.name!r} already; choose another name")
            self._tokens[token.name] = token

    def tokens(self) -> list[Token]:
        """Return all tokens by name, including revoked and expired ones."""
        self._check_open()
        with self._lock:
            return [self._tokens[name] for name in sorted(self._tokens, key=str.encode)]

    def token(self, digest: str) -> Token | None:
        """Return the token with this digest, valid or not; None without one."""
        self._check_open()
        with self._lock:
            return next((token for token in self._tokens.values() if token.digest == digest), None)

    def revoke_token(self, name: str, at: int) -> None:
        """Revoke a token."""
        self._check_open()
        with self._lock:
            token = self._tokens.get(name)
            if token is None:
                raise InputError(f"there is no token named {name!r}")
            if token.revoked is None:
                self._tokens[name] = msgspec.structs.replace(token, revoked=at)

    def _check_open(self) -> None:
        if self._closed:
            raise StoreError("the store is closed")
