"""Stores: they keep turns, feedback, lessons, tokens, the release in use and the withdrawn rewrites."""

from sayagain.store.clock import DAY
from sayagain.store.memory import MemoryStore
from sayagain.store.opening import open_store
from sayagain.store.service_lock import hold_service_lock
from sayagain.store.sqlite import SqliteStore
from sayagain.store.store import Added, Erasure, Forgotten, Promotion, Store, Withdrawal
from sayagain.store.token import Scope, Token, new_secret, token_digest
from sayagain.store.user_code import user_code

__all__ = [
    "DAY",
    "Added",
    "Erasure",
    "Forgotten",
    "MemoryStore",
    "Promotion",
    "Scope",
    "SqliteStore",
    "Store",
    "Token",
    "Withdrawal",
    "hold_service_lock",
    "new_secret",
    "open_store",
    "token_digest",
    "user_code",
]
