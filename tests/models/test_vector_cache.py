import sqlite3
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sayagain.errors import SettingError
from sayagain.models import VectorCache

VECTOR = np.array([1, 2, 3], np.float32)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "folder" / "vectors.db"


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.dictionaries(st.text(st.characters()), st.lists(st.floats(width=32, allow_nan=False), min_size=1, max_size=5)),
    st.lists(st.text()),
)
def test_what_was_put_is_found_and_nothing_else(tmp_path_factory, vectors, others):
    cache = VectorCache(tmp_path_factory.mktemp("cache") / "vectors.db")
    stored = {text: np.array(numbers, np.float32) for text, numbers in vectors.items()}
    cache.put("e", stored)
    cached = cache.get("e", [*stored, *others])
    assert cached.keys() == stored.keys()
    assert all(cached[text].tobytes() == stored[text].tobytes() for text in stored)
    assert cache.get("other", list(stored)) == {}
    cache.close()


def test_it_stays_within_its_bound_and_the_oldest_go(path):
    cache = VectorCache(path, limit=5)
    for number in range(20):
        cache.put("e", {f"text {number}": VECTOR, f"more {number}": VECTOR})
        assert len(cache) <= 5
    assert set(cache.get("e", [f"text {number}" for number in range(20)])) == {"text 18", "text 19"}


def test_more_texts_than_one_statement_holds(path):
    cache = VectorCache(path)
    texts = [str(number) for number in range(1_234)]
    cache.put("e", {text: np.array([float(text)], np.float32) for text in texts})
    cached = cache.get("e", texts)
    assert [cached[text][0] for text in texts] == [float(text) for text in texts]


WRITER = """
import sys
from pathlib import Path
import numpy as np
from sayagain.models import VectorCache
cache = VectorCache(Path(sys.argv[1]))
for at in range(200):
    cache.put("e", {f"{sys.argv[2]} {at}": np.full(4, at, np.float32), f"both {at}": np.full(4, -at, np.float32)})
"""


def test_two_processes_write_at_once_and_nothing_is_lost(path):
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, str(path), name]) for name in ("a", "b")]
    assert [writer.wait() for writer in writers] == [0, 0]
    cache = VectorCache(path)
    assert len(cache) == 600
    cached = cache.get("e", [f"{name} {number}" for number in range(200) for name in ("a", "b", "both")])
    assert all(vector[0] == float(text.split()[1]) * (-1 if "both" in text else 1) for text, vector in cached.items())
    assert len(cached) == 600


def test_it_holds_nobodys_words(path):
    cache = VectorCache(path)
    cache.put("e", {"my secret wish": VECTOR})
    cache.close()
    assert b"secret" not in path.read_bytes()


def test_a_database_of_something_else_is_left_alone(path):
    path.parent.mkdir()
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE vectors (mine)")
    db.close()
    before = path.read_bytes()
    with pytest.raises(SettingError, match="is a database of something else, not a cache of vectors"):
        VectorCache(path)
    assert path.read_bytes() == before


def test_a_file_that_is_no_database_is_left_alone(path):
    path.parent.mkdir()
    path.write_text("my notes, which are longer than the header of a database" * 9)
    with pytest.raises(SettingError, match="cannot be made one"):
        VectorCache(path)
    assert path.read_text().startswith("my notes")


@pytest.mark.parametrize("position", [0, 11, 12, -1])
def test_a_changed_byte_is_not_believed(path, position):
    cache = VectorCache(path)
    cache.put("e", {"lamp on": VECTOR})
    with sqlite3.connect(path) as db:
        [(stored,)] = db.execute("SELECT vector FROM vectors")
        changed = bytearray(stored)
        changed[position] ^= 1
        db.execute("UPDATE vectors SET vector = ?", (bytes(changed),))
    db.close()
    assert cache.get("e", ["lamp on"]) == {}


def test_while_it_cannot_be_used_nothing_is_found_and_nothing_fails(path):
    cache = VectorCache(path)
    cache.put("e", {"lamp on": VECTOR})
    with sqlite3.connect(path) as db:
        db.execute("DROP TABLE vectors")
    db.close()
    cache.put("e", {"lamp on": VECTOR})
    assert cache.get("e", ["lamp on"]) == {}
    assert len(cache) == 0
