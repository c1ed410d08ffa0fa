"""Databases of every version so far, kept as they were left, open with all that they hold and as a new one would."""

import sqlite3
from pathlib import Path

import pytest

from sayagain.store import SqliteStore, Token
from sayagain.store.migrations import MIGRATIONS
from sayagain.teaching import LessonOwner
from sayagain.turns import FeedbackReport, Turn

SCHEMAS = Path(__file__).parent / "schemas"
VERSIONS = range(1, len(MIGRATIONS) + 1)


@pytest.fixture(params=VERSIONS)
def old(request, tmp_path):
    connection = sqlite3.connect(tmp_path / "home.db", isolation_level=None)
    connection.executescript((SCHEMAS / f"{request.param}.sql").read_text("utf-8"))
    connection.close()
    return request.param, tmp_path / "home.db"


def tables(path):
    connection = sqlite3.connect(path)
    rows = connection.execute("SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite%' ORDER BY name")
    schema = rows.fetchall()
    connection.close()
    return schema


def test_it_opens_with_all_that_it_holds(old):
    version, path = old
    with SqliteStore(path) as store:
        report = FeedbackReport(kind="helped", value=0.0)
        feedback = (report,) if version >= 2 else ()
        turn = Turn(turn_id="a", started=5, request="lamp on", user_id="u", device_id="d", feedback=feedback)
        assert list(store.turns()) == [turn]
        assert (store.release_in_use(), store.withdrawn(), store.change_counter()) == (1, {"r": "why"}, 3)
        lessons = store.taught([LessonOwner.person("u")])
        if version >= 2:
            assert store.tokens() == [Token(name="t", digest="d", scopes=("observe",), created=1)]
            assert [(lesson.phrase, lesson.means) for lesson in lessons] == [("Study mode", "lamp on")]
        if version >= 3:
            assert store.user_key() == bytes(range(32))
            assert [outcome.turn_id for outcome in store.outcomes("w")] == ["a"]
        if version >= 4:
            assert store.claim_user("u", "other") == "flat"
        assert store.forget_user("u").turns == 1


def test_it_becomes_what_a_new_one_is(old, tmp_path):
    SqliteStore(old[1]).close()
    SqliteStore(tmp_path / "new.db").close()
    assert tables(old[1]) == tables(tmp_path / "new.db")


def test_every_version_is_kept():
    assert sorted(path.stem for path in SCHEMAS.iterdir()) == [str(version) for version in VERSIONS]
