"""Which store a name stands for."""

from sayagain.store import MemoryStore, SqliteStore, open_store
from sayagain.turns import Turn


def test_a_path_is_a_database(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("home.db", tmp_path / "home.db", str(tmp_path / "home.db")):
        with open_store(name) as store:
            assert isinstance(store, SqliteStore)
            store.add_turns([Turn(turn_id="a", started=0, request="lamp on")])
            assert store.count() == 1


def test_memory_is_no_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with open_store(":memory:") as store:
        assert isinstance(store, MemoryStore)
        store.add_turns([Turn(turn_id="a", started=0, request="lamp on")])
    assert list(tmp_path.iterdir()) == []
