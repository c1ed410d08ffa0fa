"""The stores, each of which every test of this folder is run on."""

from pathlib import Path

import psycopg
import pytest

from sayagain.store import MemoryStore, SqliteStore, Token, token_digest
from sayagain.store.postgres import PostgresStore
from sayagain.teaching import EXCHANGE_LIFETIME, Exchange, LessonOwner, Taught

person = LessonOwner.person


def taught(phrase, means, user="u", at=0):
    return Taught(user_id=user, phrase=phrase, means=means, at=at)


def waiting(place="p", user="u", opened=1):
    lesson = taught("study mode", "lamp on", user=user)
    return Exchange(place=place, opened=opened, expires=opened + EXCHANGE_LIFETIME, lesson=lesson)


def token(name, **fields):
    return Token(name=name, digest=token_digest(name), scopes=("rewrite", "observe"), created=1, **fields)


class Memory:
    """A store that ends with its process."""

    lasts = False
    """Whether another object can open what one has stored."""
    examples = 25
    """Number of random uses."""

    def __call__(self, folder):  # noqa: ARG002  (called like the others)
        return MemoryStore()


class Sqlite:
    """A store in a file."""

    lasts, examples = True, 25

    def __call__(self, folder):
        return SqliteStore(Path(folder, "home.db"))

    again = __call__


class Postgres:
    """A store in the server that the tests started; each call finds it empty."""

    lasts, examples = True, 10
    url = None

    def __call__(self, folder):
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute("DROP SCHEMA IF EXISTS sayagain CASCADE")
        return self.again(folder)

    def again(self, folder):  # noqa: ARG002  (called like the others)
        return PostgresStore(self.url)


STORES = [Memory(), Sqlite(), Postgres()]


@pytest.fixture(params=STORES, ids=["memory", "sqlite", "postgres"])
def make(request):
    if isinstance(request.param, Postgres):
        request.param.url = request.getfixturevalue("postgres")
    return request.param


@pytest.fixture
def store(make, tmp_path):
    with make(tmp_path) as opened:
        yield opened
