"""The cache of embeddings: one bounded file, shared by any number of processes.

It is there for speed alone. When the file is locked or damaged nothing is found in it and nothing is kept, and the
encoder computes. Keys are hashes, so the file holds nobody's words.
"""

import contextlib
import hashlib
import sqlite3
import threading
import zlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from sayagain.errors import SettingError

__all__ = ["VectorCache"]

# "SAYV": marks our caches; any other database is left alone.
_APPLICATION_ID = 0x53415956
_PARAMETERS = 500


class VectorCache:
    """Embeddings by encoder and text, in an SQLite file.

    Args:
        path: the file; made when missing, with its folder.
        limit: how many vectors are kept; beyond it the oldest go.

    Raises:
        SettingError: the file is no cache of vectors, or cannot be made.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     cache = VectorCache(Path(folder) / "vectors.db")
    ...     cache.put("e1", {"lamp on": np.ones(2, np.float32)})
    ...     found = cache.get("e1", ["lamp on", "lamp off"])
    ...     cache.close()
    >>> found
    {'lamp on': array([1., 1.], dtype=float32)}
    """

    def __init__(self, path: Path, *, limit: int = 500_000) -> None:
        self.limit = limit
        self._lock = threading.Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)
            self._prepare(path)
        except (OSError, sqlite3.Error) as error:
            raise SettingError(f"{path}: is no cache of vectors and cannot be made one ({error})") from None

    def _prepare(self, path: Path) -> None:
        if self._kind() != _APPLICATION_ID:
            # Looked at again once the file is ours alone: two processes may find it empty at the same time.
            self._db.execute("BEGIN IMMEDIATE")
            if self._kind() != _APPLICATION_ID:
                if self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                    self._db.close()
                    raise SettingError(f"{path}: is a database of something else, not a cache of vectors")
                self._db.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
                self._db.execute(
                    "CREATE TABLE vectors (id INTEGER PRIMARY KEY, key BLOB UNIQUE NOT NULL, vector BLOB NOT NULL)"
                )
            self._db.execute("COMMIT")
        self._db.execute("PRAGMA synchronous = NORMAL")
        # Another process may be at it right now; one of them makes it so, and it stays so.
        with contextlib.suppress(sqlite3.OperationalError):
            self._db.execute("PRAGMA journal_mode = WAL")

    def _kind(self) -> int:
        return int(self._db.execute("PRAGMA application_id").fetchone()[0])

    def get(self, encoder: str, texts: Sequence[str]) -> dict[str, npt.NDArray[np.float32]]:
        """Return the cached embeddings, by text.

        Args:
            encoder: the digest of the encoder.
            texts: what is wanted.
        """
        by_key = {_key(encoder, text): text for text in texts}
        found: dict[str, npt.NDArray[np.float32]] = {}
        for keys in _chunks(list(by_key)):
            marks = ",".join("?" * len(keys))
            # Only question marks are put into the statement.
            rows = self._ask(f"SELECT key, vector FROM vectors WHERE key IN ({marks})", keys)  # noqa: S608
            for key, vector in rows:
                numbers, check = vector[:-4], vector[-4:]
                if check == _check(numbers):
                    found[by_key[key]] = np.frombuffer(numbers, np.float32)
        return found

    def put(self, encoder: str, vectors: Mapping[str, npt.NDArray[np.float32]]) -> None:
        """Store embeddings; texts that are in the cache keep theirs."""
        numbers = {text: np.asarray(vector, np.float32).tobytes() for text, vector in vectors.items()}
        rows = [(_key(encoder, text), vector + _check(vector)) for text, vector in numbers.items()]
        with self._lock:
            try:
                self._db.execute("BEGIN IMMEDIATE")
                self._db.executemany("INSERT OR IGNORE INTO vectors (key, vector) VALUES (?, ?)", rows)
                self._db.execute("DELETE FROM vectors WHERE id <= (SELECT max(id) FROM vectors) - ?", (self.limit,))
                self._db.execute("COMMIT")
            except sqlite3.Error:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")

    def __len__(self) -> int:
        return len(self._ask("SELECT key, NULL FROM vectors", ()))

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def _ask(self, statement: str, values: Sequence[bytes]) -> list[tuple[bytes, bytes]]:
        with self._lock:
            try:
                return self._db.execute(statement, values).fetchall()
            except sqlite3.Error:
                return []


def _key(encoder: str, text: str) -> bytes:
    return hashlib.blake2b(f"{encoder}\n{text}".encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _check(numbers: bytes) -> bytes:
    # SQLite does not detect a changed byte, and a corrupt embedding is worse than none.
    return zlib.crc32(numbers).to_bytes(4, "big")


def _chunks(keys: list[bytes]) -> Iterable[list[bytes]]:
    return (keys[start : start + _PARAMETERS] for start in range(0, len(keys), _PARAMETERS))
