"""Where records live: turns as they arrive, feedback and lessons, tokens, the release in use, withdrawn rewrites."""

from sayagain.store.memory import MemoryStore
from sayagain.store.opening import open_store
from sayagain.store.sqlite import SqliteStore
from sayagain.store.store import Added, Erasure, Forgotten, Promotion, Store
from sayagain.store.token import Scope, Token, new_secret, token_digest
from sayagain.store.user_code import user_code

__all__ = [
    "Added",
    "Erasure",
    "Forgotten",
    "MemoryStore",
    "Promotion",
    "Scope",
    "SqliteStore",
    "Store",
    "Token",
    "new_secret",
    "open_store",
    "token_digest",
    "user_code",
]
