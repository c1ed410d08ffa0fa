"""The SQLite store as a file: crashes, other processes, other programs' files, full disks."""

import os
import sqlite3

import pytest

from sayagain.errors import StoreError
from sayagain.store import Added, SqliteStore, Token
from sayagain.store.migrations import APPLICATION_ID, MIGRATIONS, migrate
from sayagain.teaching import LessonOwner, Taught
from sayagain.turns import FeedbackReport, Turn


def turn(turn_id, started=0, **fields):
    return Turn(turn_id=turn_id, started=started, request="lamp on", **fields)


ADDING = """
import sys
from itertools import count
from sayagain.store import SqliteStore
from sayagain.turns import Turn

store = SqliteStore(sys.argv[1])
for batch in count():
    turns = [Turn(turn_id=f"{batch}-{i}", started=batch, request="lamp on") for i in range(50)]
    store.add_turns(turns)
    store.set_release_in_use(batch + 1)
    print(batch, flush=True)
"""


def test_what_was_acknowledged_survives_a_crash(tmp_path, programs, check_batches):
    for crash in range(3):
        path = tmp_path / f"{crash}.db"
        acknowledged = programs.crash(ADDING, path, batches=5 + 7 * crash)
        with SqliteStore(path) as store:
            check_batches(store, acknowledged)
            assert store.release_in_use() >= acknowledged + 1
            assert store.add_turns([turn("after the crash")]) == Added(1, 0)


def test_one_process_reads_while_another_writes(tmp_path, programs):
    path = tmp_path / "home.db"
    process = programs.start(ADDING, path)
    process.stdout.readline()
    counts, counters = [], []
    with SqliteStore(path) as store:
        for _ in range(20):
            process.stdout.readline()
            counts.append(store.count())
            counters.append(store.change_counter())
            assert len(list(store.turns())) >= counts[-1]
        process.kill()
        programs.finish(process)
    assert counts == sorted(counts)
    assert counts[-1] > counts[0]
    assert counters[-1] > counters[0]


def test_a_reader_does_not_wait_for_a_writer_in_mid_transaction(tmp_path):
    path = tmp_path / "home.db"
    with SqliteStore(path) as store, SqliteStore(path, patience=0) as other:
        store.add_turns([turn("a")])
        writer = sqlite3.connect(path, isolation_level=None)
        writer.execute("BEGIN EXCLUSIVE")
        assert other.count() == 1
        assert [each.turn_id for each in other.turns()] == ["a"]
        assert other.release_in_use() is None
        with pytest.raises(StoreError, match=r"home\.db is locked by another program; try again"):
            other.add_turns([turn("b")])
        writer.execute("ROLLBACK")
        writer.close()
        assert other.add_turns([turn("b")]) == Added(1, 0)


def test_a_writer_does_not_wait_for_a_reader(tmp_path):
    with SqliteStore(tmp_path / "home.db", patience=0) as store:
        store.add_turns(turn(f"{i:04}", i) for i in range(2000))
        stream = store.turns()
        next(stream)
        store.add_turns([turn("more")])
        assert store.count() == 2001
        stream.close()


def test_several_processes_may_write(tmp_path, programs):
    program = """
import sys
from sayagain.store import SqliteStore
from sayagain.turns import Turn

print("ready", flush=True)
sys.stdin.readline()
with SqliteStore(sys.argv[1]) as store:
    for i in range(30):
        ids = f"{sys.argv[2]}-{i}", f"shared {i}"
        store.add_turns([Turn(turn_id=turn_id, started=i, request="lamp on") for turn_id in ids])
"""
    # None has opened the file before: they make it all at once.
    assert programs.run_at_once(program, [(tmp_path / "home.db", name) for name in "abc"]) == [0, 0, 0]
    with SqliteStore(tmp_path / "home.db") as store:
        assert store.count() == 4 * 30


def test_a_store_made_by_many_at_once_is_made_once(tmp_path, programs):
    program = """
import sys
from sayagain.store import SqliteStore

print("ready", flush=True)
sys.stdin.readline()
for attempt in range(100):
    SqliteStore(f"{sys.argv[1]}-{attempt}.db").close()
"""
    assert programs.run_at_once(program, [(tmp_path / "home",)] * 4) == [0] * 4


def test_the_working_directory_may_change(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with SqliteStore("home.db") as store:
        store.add_turns([turn("a")])
        os.mkdir(tmp_path / "elsewhere")  # noqa: PTH102  (beside chdir)
        monkeypatch.chdir(tmp_path / "elsewhere")
        assert len(list(store.turns())) == 1
    assert os.listdir(tmp_path / "elsewhere") == []  # noqa: PTH208  (beside chdir)


def test_it_is_durable_and_readers_are_not_blocked(tmp_path):
    with SqliteStore(tmp_path / "home.db") as store:
        assert store._writer.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert store._writer.execute("PRAGMA synchronous").fetchone() == (2,)


@pytest.mark.parametrize("content", [b"no database at all, but long enough to be looked at" * 20, b"short"])
def test_a_file_that_is_no_database_is_left_alone(content, tmp_path):
    path = tmp_path / "home.db"
    path.write_bytes(content)
    with pytest.raises(StoreError, match=r"home\.db is not a database; expected a new file or one made by sayagain"):
        SqliteStore(path)
    assert path.read_bytes() == content


def test_the_database_of_another_program_is_left_alone(tmp_path):
    path = tmp_path / "home-assistant_v2.db"
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE states (state)")
    other.commit()
    other.close()
    before = path.read_bytes()
    with pytest.raises(StoreError, match="is the database of another program"):
        SqliteStore(path)
    assert path.read_bytes() == before


def test_an_empty_file_becomes_a_store(tmp_path):
    (tmp_path / "home.db").touch()
    with SqliteStore(tmp_path / "home.db") as store:
        assert store.count() == 0


@pytest.mark.parametrize("name", ["nowhere/home.db", ""])
def test_a_place_where_no_file_can_be_is_named(name, tmp_path):
    with pytest.raises(StoreError, match="cannot be opened; expected a file in an existing, writable folder"):
        SqliteStore(tmp_path / name)


def test_a_newer_version_is_refused(tmp_path):
    path = tmp_path / "home.db"
    SqliteStore(path).close()
    database = sqlite3.connect(path)
    database.execute("PRAGMA user_version = 99")
    database.close()
    known = len(MIGRATIONS)
    with pytest.raises(StoreError, match=rf"has version 99, .* supports versions up to {known}: upgrade sayagain"):
        SqliteStore(path)


def test_a_full_disk_is_named_and_nothing_is_half_done(tmp_path):
    with SqliteStore(tmp_path / "home.db") as store:
        store.add_turns([turn("a")])
        (pages,) = store._writer.execute("PRAGMA page_count").fetchone()
        store._writer.execute(f"PRAGMA max_page_count = {pages + 2}")
        with pytest.raises(StoreError, match=r"home\.db cannot grow: the disk is full"):
            store.add_turns(turn(f"{i}", i, raw="x" * 5000) for i in range(100))
        assert store.count() == 1
        store._writer.execute("PRAGMA max_page_count = 100000")
        assert store.add_turns([turn("b")]) == Added(1, 0)


def test_a_store_that_cannot_be_written_is_named_and_can_be_read(tmp_path):
    with SqliteStore(tmp_path / "home.db") as store:
        store.add_turns([turn("a")])
        # The tests may run as root, to whom no file is read-only.
        store._writer.execute("PRAGMA query_only = ON")
        with pytest.raises(StoreError, match=r"home\.db is read-only"):
            store.withdraw("a", "b")
        assert store.count() == 1


def test_a_damaged_file_is_named(tmp_path):
    path = tmp_path / "home.db"
    with SqliteStore(path) as store:
        store.add_turns(turn(f"{i}", i) for i in range(2000))
    content = bytearray(path.read_bytes())
    # The turns stand behind the pages of the schema, which is read when the file is opened.
    half = len(content) // 2
    content[half:] = b"\xee" * (len(content) - half)
    path.write_bytes(content)
    with SqliteStore(path) as store, pytest.raises(StoreError, match=r"home\.db is damaged; restore it from a backup"):
        list(store.turns())


def test_a_record_that_someone_changed_is_named(tmp_path):
    path = tmp_path / "home.db"
    with SqliteStore(path) as store:
        store.add_turns([turn("a")])
        store._writer.execute("UPDATE turns SET record = CAST('{' AS BLOB)")
        for ask in (lambda: store.turn("a"), lambda: list(store.turns())):
            with pytest.raises(StoreError, match="is damaged: turn 'a' cannot be read"):
                ask()


def test_the_file_bears_its_mark(tmp_path):
    SqliteStore(tmp_path / "home.db").close()
    assert (tmp_path / "home.db").read_bytes()[68:72] == APPLICATION_ID.to_bytes(4) == b"saya"
    # After closing, the file is all there is.
    assert os.listdir(tmp_path) == ["home.db"]  # noqa: PTH208  (names are wanted)


def test_turns_are_found_by_index(tmp_path):
    with SqliteStore(tmp_path / "home.db") as store:
        asked = []
        store._reader.set_trace_callback(asked.append)
        store.session_tail("u", "d", 5, 3)
        store.span()
        store._reader.set_trace_callback(None)
        asked.append("SELECT turn_id, record FROM turns WHERE started >= 1 ORDER BY started, turn_id")
        assert len(asked) == 3
        for query in asked:
            plan = " ".join(row[-1] for row in store._reader.execute(f"EXPLAIN QUERY PLAN {query}"))
            assert "SCAN turns" not in plan, plan
            assert "TEMP B-TREE" not in plan, plan


def test_a_database_of_version_1_opens_and_keeps_its_turns(tmp_path):
    path = tmp_path / "home.db"
    old = sqlite3.connect(path, isolation_level=None)
    migrate(old, path, MIGRATIONS[:1])
    record = '{"turn_id":"a","started":5,"request":"lamp on","user_id":"u","device_id":"d"}'
    old.execute("INSERT INTO turns VALUES ('a', 5, 'u', 'd', NULL, CAST(? AS BLOB))", (record,))
    old.execute("INSERT INTO withdrawals VALUES ('r', 'why', 1)")
    old.close()
    with SqliteStore(path) as store:
        assert list(store.turns()) == [turn("a", 5, user_id="u", device_id="d")]
        assert store.withdrawn() == {"r": "why"}
        store.add_feedback("a", FeedbackReport(kind="thumbs", value=1), 2_000_000_000_000)
        assert len(store.turn("a").feedback) == 1
        assert store._read("PRAGMA user_version") == [(len(MIGRATIONS),)]


def test_a_database_of_version_2_opens_and_gets_a_key_that_stays(tmp_path):
    path = tmp_path / "home.db"
    old = sqlite3.connect(path, isolation_level=None)
    migrate(old, path, MIGRATIONS[:2])
    old.execute("INSERT INTO taught VALUES ('u', 'study mode', 'Study mode', 'lamp on', 5)")
    old.execute("UPDATE changes SET counter = 3")
    old.close()
    with SqliteStore(path) as store:
        key = store.user_key()
        assert [each.means for each in store.taught([LessonOwner.person("u")])] == ["lamp on"]
        assert (store.change_counter(), store.erasure_count(), store.erasures()) == (3, 0, [])
    with SqliteStore(path) as store:
        assert store.user_key() == key
    with SqliteStore(tmp_path / "other.db") as store:
        assert store.user_key() != key


def test_a_token_of_version_3_goes_on_to_speak_for_any_user(tmp_path):
    path = tmp_path / "home.db"
    old = sqlite3.connect(path, isolation_level=None)
    migrate(old, path, MIGRATIONS[:3])
    old.execute("INSERT INTO tokens VALUES ('t', 'd', '[\"observe\"]', 1, NULL, NULL)")
    old.close()
    with SqliteStore(path) as store:
        assert store.tokens() == [Token(name="t", digest="d", scopes=("observe",), created=1)]


def test_what_is_forgotten_is_no_longer_in_any_file(tmp_path):
    secret = "the cellar key is under the stone"

    def found():
        return [path.name for path in tmp_path.iterdir() if secret.encode() in path.read_bytes()]

    with SqliteStore(tmp_path / "home.db") as store:
        store.add_turns([turn(f"{n}", n, user_id="u", raw=f"{secret} {n}" * 30) for n in range(50)])
        store.teach(Taught(user_id="u", phrase="cellar", means=secret, at=0))
        store.add_feedback("1", FeedbackReport(kind="correction", text=secret))
        store.add_turns([turn("other", user_id="v")])
        assert found()
        store.forget_user("u")
        assert found() == []
        assert store.count() == 1


def test_a_token_or_report_that_someone_changed_is_named(tmp_path):
    with SqliteStore(tmp_path / "home.db") as store:
        store.add_turns([turn("a")])
        store.add_feedback("a", FeedbackReport(kind="thumbs", value=1))
        store._writer.execute("UPDATE feedback SET record = CAST('{' AS BLOB)")
        with pytest.raises(StoreError, match="is damaged: turn 'a' cannot be read"):
            store.turn("a")
        store.add_token(Token(name="t", digest="d", scopes=("read",), created=1))
        store._writer.execute("""UPDATE tokens SET scopes = '["all"]'""")
        with pytest.raises(StoreError, match="is damaged: token 't' cannot be read"):
            store.token("d")
