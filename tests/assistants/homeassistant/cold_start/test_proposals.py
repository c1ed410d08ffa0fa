"""What the cold start proposes is judged where everything is: in the process of the agent, and by a service."""

import asyncio
import contextlib
import itertools
import socket
import threading
import time

import msgspec
import pytest
import uvicorn

from sayagain import Learner
from sayagain.assistants.homeassistant.agent import Agent, AgentRequest
from sayagain.assistants.homeassistant.area_registry import AreaRegistry
from sayagain.assistants.homeassistant.cold_start.cold_start import ColdStart
from sayagain.assistants.remote import Remote
from sayagain.learner.rewrite_review import approve_rewrite
from sayagain.runtime import COLD_START, DO_NOTHING
from sayagain.store import Token, new_secret, token_digest
from sayagain.web.access import Access
from sayagain.web.app import application
from sayagain.web.metrics import Metrics
from sayagain.web.service import Service
from sayagain.web.traces import DisabledTraces

DONE = {"response_type": "action_done", "speech": {"plain": {"speech": "Done"}}, "data": {"success": [], "failed": []}}
HEARD = "turn of the floor lamp"


@pytest.fixture(scope="module")
def cold_start(guarded_home):
    return ColdStart(guarded_home)


@pytest.mark.parametrize(
    ("heard", "text", "may_hold_out", "otherwise"),
    [
        # It is not understood: left alone, nothing happens.
        (HEARD, "turn off Floor Lamp", True, None),
        # It would be misread: left alone, harm is done.
        ("don't turn on the floor lamp", DO_NOTHING, False, DO_NOTHING),
    ],
)
def test_what_would_do_harm_is_never_left_as_it_is(cold_start, said, heard, text, may_hold_out, otherwise):
    proposal = cold_start.propose(said(heard))
    assert (proposal.text, proposal.may_hold_out, proposal.otherwise) == (text, may_hold_out, otherwise)


def test_what_is_understood_is_no_matter_for_a_proposal(cold_start, said):
    assert cold_start.propose(said("turn on the floor lamp")) is None


def test_a_request_leans_on_what_was_done_with_the_one_before(cold_start, said):
    first, second = said("kill the bedroom lights", conversation="c", started=0), said("undo that", conversation="c")
    second = msgspec.structs.replace(second, started=5_000)
    decision = cold_start.decide(first)
    done = msgspec.structs.replace(decision, text="turn on the floor lamp", ask=None)
    cold_start.remember(first, done)
    assert cold_start.propose(second).text == "turn off Floor Lamp"
    cold_start.remember(first, done)
    answered = msgspec.structs.replace(decision, reply="When you say that, I turn on the lamp.")
    cold_start.remember(first, answered)
    assert cold_start.propose(second).text == "turn off Floor Lamp"


class Home:
    """Does whatever it is asked, and has no sentences of the user's own."""

    def __init__(self):
        self.asked = []

    async def converse(self, text, **_):
        self.asked.append(text)
        return {"response": DONE, "conversation_id": "x"}

    async def call(self, *_, **__):
        return {"results": [None]}


@contextlib.contextmanager
def in_process(path, **settings):
    with Learner(path, min_users=1, **settings) as learner:
        yield learner


@contextlib.contextmanager
def over_http(path, home=None, **settings):
    """The client of a service over a database; with a token where a home is named."""
    with Learner(path, **settings) as learner:
        secret = new_secret()
        if home is not None:
            scopes = ("rewrite", "observe", "teach")
            token = Token(name=home + secret[-4:], digest=token_digest(secret), scopes=scopes, created=0, home=home)
            learner.store.add_token(token)
        app = application(
            Service(learner, Metrics(), DisabledTraces()), Access(learner.store, rate=0.0), body_limit=1 << 20
        )
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            server = uvicorn.Server(uvicorn.Config(app, log_level="error"))
            thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
            thread.start()
            while not server.started:
                time.sleep(0.01)
            try:
                url = f"http://127.0.0.1:{listener.getsockname()[1]}"
                with Remote(url, secret if home is not None else None) as remote:
                    yield remote
            finally:
                server.should_exit = True
                thread.join()


@pytest.fixture(params=["in process", "service", "service with a token"])
def open_front(request, tmp_path):
    path = tmp_path / "home.db"
    if request.param == "in process":
        return lambda **settings: in_process(path, **settings)
    home = "flat" if "token" in request.param else None
    return lambda **settings: over_http(path, home, **settings)


@pytest.fixture
def log(tmp_path):
    """The learner over the database of the front, as the commands open it."""
    return lambda: Learner(tmp_path / "home.db")


SESSIONS = itertools.count(1_700_000_000_000, 3_600_000)
"""Starts of the sessions, an hour apart and in the past: what is restored forgets what came before."""


def say(front, cold_start, *requests):
    """Say requests to one agent, and wait until they are logged; return what Home Assistant was asked."""
    home, now = Home(), next(SESSIONS)

    async def talk():
        clock = itertools.count(now, 3_000)
        agent = Agent(home, front, AreaRegistry(), front.observe, cold_start=cold_start, clock=lambda: next(clock))
        for words in requests:
            await agent.respond(AgentRequest(text=words, language="en", conversation_id=f"c{now}", device_id="d1"))

    asyncio.run(talk())
    return home.asked


def test_a_rewrite_that_goes_wrong_is_asked_about_and_then_withdrawn_until_it_is_approved(open_front, log, cold_start):
    with open_front(holdout=0.0) as front:
        [first, _] = say(front, cold_start, HEARD, "undo that")
        assert first == "turn off Floor Lamp"
    # A restart in between: what came of it is in the store.
    with open_front(holdout=0.0) as front:
        assert say(front, cold_start, HEARD, "no") == []
    with open_front(holdout=0.0) as front:
        assert say(front, cold_start, HEARD) == [HEARD]
    with log() as learner:
        [line] = [line for line in learner.rewrites() if line.heard == HEARD]
        assert (line.text, line.layer) == ("turn off Floor Lamp", COLD_START)
        assert "was withdrawn: the user objected" in line.why
        [turn] = [turn for turn in learner.store.turns() if turn.request == "turn off Floor Lamp"]
        explained = " ".join(learner.explain(turn.turn_id).sentences)
        assert "(layer cold start)" in explained
        assert "It was withdrawn: the user objected" in explained
        assert approve_rewrite(learner, line.rewrite_id)
    with open_front(holdout=0.0) as front:
        assert say(front, cold_start, HEARD) == ["turn off Floor Lamp"]


def test_a_share_is_held_out_and_a_danger_never_is(open_front, log, cold_start):
    with open_front(holdout=0.9999) as front:
        assert say(front, cold_start, HEARD, "don't turn on the floor lamp") == [HEARD, DO_NOTHING]
    with log() as learner:
        arms = {turn.heard: turn.applied_rewrite.arm for turn in learner.store.turns()}
        assert arms == {HEARD: "holdout", "don't turn on the floor lamp": None}
