"""The cache of embeddings: one bounded file, shared by any number of processes.

It only saves time. If the file is locked or damaged, the cache returns and stores nothing, and the encoder computes all
embeddings. Keys are hashes, so the file holds nobody's words.
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

# "SAYV": identifies files of this cache; any other database is left alone.
_APPLICATION_ID = 0x53415956
_PARAMETERS = 500


class VectorCache:
    """Embeddings by encoder and text, in an SQLite file.

    Args:
        path: path of the file; created with its folder if missing.
        limit: most vectors; the oldest are deleted first.

    Raises:
        SettingError: the file is no cache of vectors, or cannot be created.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     cache = VectorCache(Path(folder) / "vectors.db")
    ...     cache.put("e1", {"lamp on": np.ones(2, np.float32)})
    ...     vectors = cache.get("e1", ["lamp on", "lamp off"])
    ...     cache.close()
    >>> vectors
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
            # Check again under the lock: two processes may find the file empty at the same time.
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
        # Another process may set the mode at the same time; it is permanent, so either one suffices.
        with contextlib.suppress(sqlite3.OperationalError):
            self._db.execute("PRAGMA journal_mode = WAL")

    def _kind(self) -> int:
        return int(self._db.execute("PRAGMA application_id").fetchone()[0])

    def get(self, encoder: str, texts: Sequence[str]) -> dict[str, npt.NDArray[np.float32]]:
        """Return the cached embeddings, by text.

        Args:
            encoder: digest of the encoder.
            texts: texts to look up.
        """
        by_key = {_key(encoder, text): text for text in texts}
        vectors: dict[str, npt.NDArray[np.float32]] = {}
        for keys in _chunks(list(by_key)):
            marks = ",".join("?" * len(keys))
            # The statement contains only question marks; the values are bound.
            rows = self._ask(f"SELECT key, vector FROM vectors WHERE key IN ({marks})", keys)  # noqa: S608
            for key, vector in rows:
                numbers, check = vector[:-4], vector[-4:]
                if check == _check(numbers):
                    vectors[by_key[key]] = np.frombuffer(numbers, np.float32)
        return vectors

    def put(self, encoder: str, vectors: Mapping[str, npt.NDArray[np.float32]]) -> None:
        """Store embeddings; cached texts keep their stored embedding."""
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
