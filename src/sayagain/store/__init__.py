"""Where records live: turns as they arrive, the release in use, withdrawn rewrites."""

from sayagain.store.memory import MemoryStore
from sayagain.store.opening import open_store
from sayagain.store.sqlite import SqliteStore
from sayagain.store.store import Added, Promotion, Store

__all__ = ["Added", "MemoryStore", "Promotion", "SqliteStore", "Store", "open_store"]
