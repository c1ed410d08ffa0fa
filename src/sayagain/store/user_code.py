"""The name of a user in a release: a hash of the user's id under a key that never leaves the database."""

import hashlib

__all__ = ["KEY_BYTES", "user_code"]

KEY_BYTES = 32
"""Length of a database's key, in bytes."""

_DIGEST_BYTES = 16


def user_code(user: str, key: bytes) -> str:
    """Return the name under which a user's own part of a release is found.

    A keyed hash (BLAKE2b): who has the release and knows the id, but has no key, can neither find nor exclude the user.

    Args:
        user: the user's id.
        key: of the database (`Store.user_key`), up to 64 bytes. Without a key anybody who knows the id finds the part.

    >>> user_code("ann", b"k" * 32) == user_code("ann", b"l" * 32)
    False
    """
    text = user.encode("utf-8", "surrogatepass")
    return hashlib.blake2b(text, key=key, digest_size=_DIGEST_BYTES, person=b"sayagain user").hexdigest()
