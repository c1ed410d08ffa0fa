import sqlite3
import subprocess
import sys

import pytest

from sayagain.store import file_search
from sayagain.store.file_search import holds_any

CLOSE_LAST = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
connection.execute("SELECT count(*) FROM words").fetchone()
connection.close()
"""


@pytest.mark.parametrize("chunk", [1, 3, 4, 100])
def test_what_is_there_is_found_also_across_chunks(tmp_path, monkeypatch, chunk):
    monkeypatch.setattr(file_search, "_CHUNK", chunk)
    path = tmp_path / "file"
    path.write_bytes(b"..needle..")
    assert holds_any(path, [b"nothing", b"needle"])
    assert not holds_any(path, [b"needles"])
    assert not holds_any(path, [])
    assert not holds_any(tmp_path / "missing", [b"needle"])


def test_a_database_that_this_process_has_open_stays_locked(tmp_path):
    path = tmp_path / "home.db"
    ours = sqlite3.connect(path, isolation_level=None)
    ours.execute("PRAGMA journal_mode = WAL")
    ours.execute("CREATE TABLE words (word TEXT)")
    ours.execute("INSERT INTO words VALUES ('xylophone')")
    wal = path.with_name("home.db-wal")
    assert holds_any(wal, [b"xylophone"])
    assert not holds_any(path, [b"quagmire"])
    # Another process that is the last to close, as far as it can see, deletes the write-ahead log.
    subprocess.run([sys.executable, "-c", CLOSE_LAST, str(path)], check=True)
    assert wal.exists()
    ours.execute("INSERT INTO words VALUES ('quagmire')")
    with sqlite3.connect(path) as other:
        assert other.execute("SELECT count(*) FROM words").fetchone() == (2,)
    other.close()
    ours.close()
