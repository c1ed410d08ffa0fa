import contextlib
import json
import os
import subprocess
import sys
from types import SimpleNamespace

import httpx2
import pytest
from starlette.testclient import TestClient

from sayagain.learner import Learner
from sayagain.learning.learn import LearnSettings, learn
from sayagain.releases.release import write_release
from sayagain.store import Token, new_secret, token_digest
from sayagain.web.access import Access
from sayagain.web.app import application
from sayagain.web.metrics import Metrics
from sayagain.web.service import Service
from sayagain.web.traces import DisabledTraces

ASKED, ANSWER = "turn of the lamp", "turn off the lamp"
HERE = "http://127.0.0.1:8787"


@pytest.fixture(scope="session")
def learnt(worlds):
    """Two releases' worth: one that rewrites what is asked, and one that knows nothing."""
    log = worlds.misheard(users=40)
    return SimpleNamespace(
        log=log, helpful=learn(log, LearnSettings(holdout=0.0)), ignorant=learn([], LearnSettings(holdout=0.0))
    )


@pytest.fixture
def database(tmp_path, learnt):
    """A database with a log, release 1 in use and release 2 beside it."""
    with Learner(tmp_path / "home.db") as learner:
        learner.store.add_turns(learnt.log)
        learner.store.set_judgements(learnt.helpful.judgements)
        for each in (learnt.helpful, learnt.ignorant):
            write_release(learner.releases, each.manifest, each.files)
        learner.store.set_release_in_use(1)
    return tmp_path / "home.db"


@pytest.fixture
def open_service(database):
    """Open the application in this process; what is given overrides how it is made."""
    with contextlib.ExitStack() as closing:

        def opened(*, rate=0.0, body_limit=1 << 20, traces=None, raise_faults=True, **access):
            learner = closing.enter_context(Learner(database))
            service = Service(learner, Metrics(), traces or DisabledTraces())
            app = application(service, Access(learner.store, rate=rate, **access), body_limit=body_limit)
            client = TestClient(app, base_url=HERE, raise_server_exceptions=raise_faults)
            client = closing.enter_context(client)
            return SimpleNamespace(client=client, service=service, learner=learner, store=learner.store)

        yield opened


@pytest.fixture
def home(open_service):
    return open_service()


def make_token(store, *scopes, name="t", expires=None):
    secret = new_secret()
    store.add_token(Token(name=name, digest=token_digest(secret), scopes=scopes, created=0, expires=expires))
    return {"Authorization": f"Bearer {secret}"}


@pytest.fixture(name="make_token")
def make_token_fixture():
    return make_token


def problem(answer, status):
    """The problem that an answer must be."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    found = answer.json()
    assert found["status"] == status
    assert found["request_id"] == answer.headers["x-request-id"]
    return found


@pytest.fixture(name="problem")
def problem_fixture():
    return problem


@pytest.fixture
def started(database):
    """Start the real service in processes of its own; each is told to end, and must end with 0."""
    with contextlib.ExitStack() as closing:

        def start(*options, db=database, **how):
            environment = {name: value for name, value in os.environ.items() if not name.startswith("SAYAGAIN_")}
            command = [sys.executable, "-W", "error", "-m", "sayagain.cli", "serve", "--db", str(db), "--port", "0"]
            process = closing.enter_context(
                subprocess.Popen([*command, *options], stderr=subprocess.PIPE, text=True, env=environment)
            )
            closing.callback(process.kill)
            url, seen = None, []
            while url is None:
                line = process.stderr.readline()
                assert line, seen
                seen.append(line)
                found = json.loads(line)
                url = found.get("url") if found["what"] == "listening" else None
            client = closing.enter_context(httpx2.Client(base_url=url, timeout=30, **how))
            return SimpleNamespace(process=process, url=url, client=client)

        yield start
