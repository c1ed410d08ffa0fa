"""The Postgres store against a real server: several processes, restarts, other people's mistakes, no password shown."""

import sys
import traceback

import psycopg
import pytest

from sayagain import Learner
from sayagain.errors import MissingExtra, StoreError
from sayagain.store import Added, SqliteStore, Token, open_store
from sayagain.store.postgres import PostgresStore
from sayagain.store.postgres_schema import STEPS, migrate
from sayagain.turns import Turn


def turn(turn_id, started=0, **fields):
    return Turn(turn_id=turn_id, started=started, request="lamp on", **fields)


@pytest.fixture
def ask(postgres):
    """Ask the server behind the store's back."""

    def ask(question, *values):
        with psycopg.connect(postgres, autocommit=True) as connection:
            cursor = connection.execute(question, values)
            return cursor.fetchall() if cursor.description else None

    return ask


@pytest.fixture
def url(postgres, ask):
    """The address of a database that no store has opened yet."""
    ask("DROP SCHEMA IF EXISTS sayagain CASCADE")
    return postgres


AT_ONCE = """
import sys
from sayagain.store import open_store
from sayagain.turns import Turn

print("ready", flush=True)
sys.stdin.readline()
with open_store(sys.argv[1]) as store:
    for i in range(30):
        ids = [f"{sys.argv[2]}-{i}", *(f"shared {n}" for n in range(i, i + 5))]
        # In opposite orders, and all in one transaction.
        ids.sort(reverse=sys.argv[2] == "a")
        store.add_turns([Turn(turn_id=turn_id, started=i, request="lamp on") for turn_id in ids])
"""


def test_many_processes_make_a_new_database_at_once_and_store_the_same_turns(url, programs):
    assert programs.run_at_once(AT_ONCE, [(url, name) for name in "abc"]) == [0, 0, 0]
    with PostgresStore(url) as store:
        assert store.count() == 3 * 30 + 34


ADDING = """
import sys
from itertools import count
from sayagain.store import open_store
from sayagain.turns import Turn

store = open_store(sys.argv[1])
for batch in count():
    store.add_turns([Turn(turn_id=f"{batch}-{i}", started=batch, request="lamp on") for i in range(50)])
    print(batch, flush=True)
"""


def test_what_was_acknowledged_survives_a_crash_of_the_client(url, programs, check_batches):
    acknowledged = programs.crash(ADDING, url, batches=8)
    with PostgresStore(url) as store:
        check_batches(store, acknowledged)


def test_it_goes_on_when_the_server_has_dropped_its_connections(url, ask):
    drop = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'sayagain'"
    with PostgresStore(url) as store:
        store.add_turns([turn("a")])
        assert ask(drop)
        assert store.count() == 1
        assert ask(drop)
        assert store.add_turns([turn("b")]) == Added(1, 0)
        store.withdraw("r", "why")
        assert store.count() == 2


def test_what_one_store_changes_another_sees(url):
    with PostgresStore(url) as here, PostgresStore(url) as there:
        before = there.change_counter()
        here.set_release_in_use(1)
        assert there.change_counter() > before
        assert there.release_in_use() == 1
        there.add_turns([turn("a")])
        assert here.turn("a") is not None


def test_it_is_durable_where_the_owner_prefers_speed(url, ask):
    ask("ALTER SYSTEM SET synchronous_commit = off")
    ask("SELECT pg_reload_conf()")
    try:
        with PostgresStore(url) as store:
            assert store._read("SHOW synchronous_commit") == [("on",)]
    finally:
        ask("ALTER SYSTEM RESET synchronous_commit")
        ask("SELECT pg_reload_conf()")


def test_rows_of_a_forgotten_user_are_vacuumed_at_once(url, ask):
    ask("ALTER SYSTEM SET autovacuum = off")
    ask("SELECT pg_reload_conf()")
    try:
        with PostgresStore(url) as store:
            store.add_turns([turn(f"ann{i}", user_id="ann") for i in range(300)])
            store.forget_user("ann")
            # Pages at the end that hold nothing are given back; a deleted row would hold one.
            assert ask("SELECT pg_relation_size('sayagain.turns')") == [(0,)]
    finally:
        ask("ALTER SYSTEM RESET autovacuum")
        ask("SELECT pg_reload_conf()")


def test_everything_that_is_sorted_is_sorted_by_code_point(url, ask):
    PostgresStore(url).close()
    keyed = ask(
        "SELECT DISTINCT a.attrelid::regclass::text, a.attname, c.collname FROM pg_index i"
        " JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)"
        " JOIN pg_collation c ON c.oid = a.attcollation JOIN pg_class t ON t.oid = i.indrelid"
        " WHERE t.relnamespace = 'sayagain'::regnamespace"
    )
    assert len(keyed) >= 9
    assert {collation for _, _, collation in keyed} == {"C"}


def test_turns_are_found_by_index(url, ask):
    with PostgresStore(url) as store:
        asked = [
            "user_id = 'u' AND device_id = 'd' AND started < 5 ORDER BY started DESC, turn_id DESC LIMIT 8",
            "user_id IS NULL AND device_id = 'd' AND started < 5 ORDER BY started DESC, turn_id DESC LIMIT 8",
            "user_id = 'u' AND device_id IS NULL AND started < 5 ORDER BY started DESC, turn_id DESC LIMIT 8",
            "started >= 1 ORDER BY started, turn_id",
        ]
        store.add_turns(turn(f"{n}", n, user_id=f"u{n % 50}", device_id="d") for n in range(3000))
        ask("ANALYZE sayagain.turns")
        for clause in asked:
            plan = "\n".join(line for (line,) in ask(f"EXPLAIN SELECT turn_id FROM sayagain.turns WHERE {clause}"))
            assert "Sort" not in plan, plan
            assert "Seq Scan" not in plan, plan


def test_a_newer_version_is_refused(url, ask):
    PostgresStore(url).close()
    ask("UPDATE sayagain.version SET number = 99")
    with pytest.raises(StoreError, match=rf"has version 99, .* supports versions up to {len(STEPS)}: upgrade sayagain"):
        PostgresStore(url)


def test_a_step_that_fails_leaves_nothing_half_done(url, ask, monkeypatch):
    monkeypatch.setattr(migrate, "__defaults__", ((*STEPS, ("no SQL",)),))
    with pytest.raises(StoreError, match="syntax error"):
        PostgresStore(url)
    assert ask("SELECT to_regclass('sayagain.turns')::text") == [(None,)]


def test_a_database_of_version_1_opens_and_gets_a_key_that_stays(url, ask, monkeypatch):
    with monkeypatch.context() as before:
        before.setattr(migrate, "__defaults__", (STEPS[:1],))
        with PostgresStore(url) as store:
            store.add_turns([turn("a", 5, user_id="u")])
    ask("UPDATE sayagain.changes SET counter = 3")
    ask("INSERT INTO sayagain.tokens VALUES ('t', 'd', '[\"observe\"]', 1, NULL, NULL)")
    with PostgresStore(url) as store:
        key = store.user_key()
        # A token from before goes on to speak for any user.
        assert store.tokens() == [Token(name="t", digest="d", scopes=("observe",), created=1)]
        assert (store.count(), store.change_counter(), store.erasure_count(), store.erasures()) == (1, 3, 0, [])
    with PostgresStore(url) as store:
        assert (store.user_key(), len(key)) == (key, 32)
        assert store.forget_user("u").turns == 1


def test_a_database_without_utf8_is_refused(url, ask):
    ask("CREATE DATABASE latin TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C'")
    try:
        with pytest.raises(StoreError, match=r"has the encoding SQL_ASCII; expected a database .* ENCODING 'UTF8'"):
            PostgresStore(url.replace("/postgres?", "/latin?"))
    finally:
        ask("DROP DATABASE latin")


def test_a_lock_held_too_long_is_named(url):
    with PostgresStore(url, patience=200) as store:
        with psycopg.connect(url) as other:
            other.execute("LOCK TABLE sayagain.withdrawals")
            with pytest.raises(StoreError, match="is locked by another program; try again when that program is done"):
                store.withdraw("a", "b")
        store.withdraw("a", "b")
        assert store.withdrawn() == {"a": "b"}


def test_lost_tables_and_changed_records_are_named(url, ask):
    with PostgresStore(url) as store:
        store.add_turns([turn("a")])
        ask("UPDATE sayagain.turns SET record = '{'")
        with pytest.raises(StoreError, match="is damaged: turn 'a' cannot be read"):
            store.turn("a")
        ask("DROP TABLE sayagain.withdrawals")
        with pytest.raises(StoreError, match="has lost its tables"):
            store.withdrawn()


def test_an_id_too_long_to_look_up_is_named(url):
    name = "".join(chr(0x4E00 + n * 37 % 20000) for n in range(3000))
    with PostgresStore(url) as store:
        with pytest.raises(StoreError, match="expected shorter ids"):
            store.add_turns([turn(name)])
        assert store.add_turns([turn("b")]) == Added(1, 0)


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://me:s3cret@127.0.0.1:1/db",
        "postgresql://me:s3cret@127.0.0.1:no/db",
        "postgresql://me:s3cret@x@127.0.0.1:1/db",
        "postgresql://me:x@s3cret@127.0.0.1:1/db",
        "postgresql://localhost:1/s3cret@127.0.0.1:1/db",
        "postgresql://127.0.0.1:1/db?user=me&password=s3cret",
        "postgres://me:%s3cret@127.0.0.1:1/db",
        "postgresql://me:a/s3cret@127.0.0.1:1/db",
    ],
)
def test_no_password_is_shown_when_it_cannot_be_opened(address):
    with pytest.raises(StoreError) as caught:
        open_store(address)
    shown = "".join(traceback.format_exception(caught.value))
    assert "s3cret" not in shown
    assert "***" in shown
    assert str(caught.value).count("\n") == 0


def test_a_missing_extra_is_asked_for(monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(MissingExtra, match=r"psycopg is not installed; run: pip install 'sayagain\[postgres\]'"):
        open_store("postgresql://127.0.0.1:1/db")


def test_the_whole_loop_runs_on_it(url, tmp_path, monkeypatch, worlds):
    monkeypatch.chdir(tmp_path)
    with Learner(url, holdout=0) as learner:
        assert isinstance(learner.store, PostgresStore)
        learner.store.add_turns(worlds.misheard(users=40))
        learner.promote(learner.learn(), force=True)
        assert learner.rewrite("turn of the lamp").text == "turn off the lamp"
        learner.teach("study mode", means="turn on the lamp", user="u1")
        assert learner.rewrite("study mode", user="u1").text == "turn on the lamp"
        assert (tmp_path / "sayagain-releases" / "000001").is_dir()
        assert learner.forget("u1").turns > 0
    with Learner(url, releases=str(tmp_path / "elsewhere")) as learner:
        assert learner.runtime.rewrite("turn of the lamp").text == "turn of the lamp"
        assert "there is no release" in learner.runtime.trouble


def test_a_name_without_a_scheme_is_a_file(tmp_path):
    with open_store(tmp_path / "postgresql.db") as store:
        assert isinstance(store, SqliteStore)
