"""Numbered migrations, tried on steps of their own."""

import sqlite3

import pytest

from sayagain.errors import StoreError
from sayagain.store.migrations import APPLICATION_ID, MIGRATIONS, migrate

STEPS = (
    ("CREATE TABLE turns (name TEXT)", "INSERT INTO turns VALUES ('a')"),
    ("ALTER TABLE turns ADD COLUMN length INTEGER", "UPDATE turns SET length = length(name)"),
    ("CREATE INDEX turns_by_length ON turns (length)",),
)


@pytest.fixture
def database(tmp_path):
    connection = sqlite3.connect(tmp_path / "home.db", isolation_level=None)
    yield connection
    connection.close()


def version(database):
    return database.execute("PRAGMA user_version").fetchone()[0]


def tables(database):
    return database.execute("SELECT sql FROM sqlite_master ORDER BY name").fetchall()


@pytest.mark.parametrize("start", range(len(STEPS) + 1))
def test_from_every_version_to_the_last(start, database, tmp_path):
    migrate(database, tmp_path, STEPS[:start])
    if start:
        database.execute("INSERT INTO turns (name) VALUES ('kept')")
    assert migrate(database, tmp_path, STEPS) == start
    assert version(database) == 3
    assert database.execute("SELECT length FROM turns WHERE name = 'a'").fetchone() == (1,)
    assert database.execute("SELECT count(*) FROM turns").fetchone() == (2 if start else 1,)
    fresh = sqlite3.connect(":memory:", isolation_level=None)
    migrate(fresh, tmp_path, STEPS)
    assert tables(database) == tables(fresh)
    fresh.close()


def test_the_last_version_is_left_alone(database, tmp_path):
    migrate(database, tmp_path, STEPS)
    changes = database.total_changes
    assert migrate(database, tmp_path, STEPS) == 3
    assert database.total_changes == changes


def test_a_step_that_fails_leaves_the_version_before(database, tmp_path):
    migrate(database, tmp_path, STEPS[:1])
    with pytest.raises(sqlite3.OperationalError):
        migrate(database, tmp_path, (*STEPS, ("CREATE TABLE extra (a)", "no SQL")))
    assert version(database) == 1
    assert database.execute("SELECT * FROM turns").fetchall() == [("a",)]
    assert not database.in_transaction
    assert migrate(database, tmp_path, STEPS) == 1


def test_a_newer_version_is_refused_and_left_alone(database, tmp_path):
    migrate(database, tmp_path, STEPS)
    before = tables(database)
    with pytest.raises(StoreError, match="has version 3, made by a newer sayagain; this one supports versions up to 2"):
        migrate(database, tmp_path, STEPS[:2])
    assert (tables(database), version(database), database.in_transaction) == (before, 3, False)


def test_it_marks_the_file(database, tmp_path):
    migrate(database, tmp_path, MIGRATIONS)
    assert database.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
    assert version(database) == len(MIGRATIONS)
