"""The console behind a proxy that serves it under a path of its own, as Home Assistant's ingress does."""

import re
from urllib.parse import urljoin, urlsplit

import pytest
from starlette.testclient import TestClient

from sayagain import Learner
from sayagain.turns import Response, Turn
from sayagain.web.access import Access
from sayagain.web.app import application
from sayagain.web.console.menu import PAGES
from sayagain.web.metrics import Metrics
from sayagain.web.service import Service
from sayagain.web.traces import DisabledTraces

PREFIX = "/api/hassio_ingress/xyz"
NO = Response(type="error", error_code="no_intent_match")


def behind(app):
    """Pass on what is under the prefix, without it, and say so to nobody."""

    async def proxy(scope, receive, send):
        if scope["type"] == "http":
            assert scope["path"].startswith(f"{PREFIX}/"), f"{scope['path']} leaves the proxy"
            path = scope["path"].removeprefix(PREFIX)
            scope = {**scope, "path": path, "raw_path": path.encode()}
        await app(scope, receive, send)

    return proxy


@pytest.fixture
def learner(tmp_path):
    with Learner(tmp_path / "home.db") as learner:
        learner.store.add_turns(
            Turn(turn_id=f"t{i}", started=1_767_225_600_000 + i, request="lamp on", user_id="ann", response=NO)
            for i in range(60)
        )
        yield learner


@pytest.fixture
def client(learner):
    service = Service(learner, Metrics(), DisabledTraces())
    app = application(service, Access(learner.store, rate=0.0), body_limit=1 << 20)
    with TestClient(behind(app), base_url="http://localhost:8123") as client:
        yield client


def test_the_first_page_is_found(client):
    answer = client.get(f"{PREFIX}/")
    assert (answer.status_code, urlsplit(str(answer.url)).path) == (200, f"{PREFIX}/console/today")


@pytest.mark.parametrize("page", [page.name for page in PAGES if page.in_menu])
def test_no_link_of_a_page_leaves_the_proxy(client, page):
    answer = client.get(f"{PREFIX}/console/{page}")
    links = re.findall(r'(?:href|src|action)="([^"]*)"', answer.text)
    assert len(links) > 5
    for link in links:
        assert urlsplit(urljoin(f"http://localhost:8123{PREFIX}/console/{page}", link)).path.startswith(PREFIX), link
    for link in {link for link in links if link.startswith("static/")}:
        assert client.get(f"{PREFIX}/console/{link}").status_code == 200


def test_a_form_acts_and_comes_back_under_the_same_path(client, learner):
    page = client.get(f"{PREFIX}/console/taught", params={"user": "ann"})
    csrf = re.search(r'name="csrf" value="([0-9a-f]+)"', page.text)[1]
    sent = {"csrf": csrf, "action": "teach", "phrase": "bedtime", "means": "lamp off", "user": "ann"}
    answer = client.post(f"{PREFIX}/console/taught", data=sent)
    assert (answer.status_code, urlsplit(str(answer.url)).path) == (200, f"{PREFIX}/console/taught")
    assert [lesson.phrase for lesson in learner.taught(user="ann")] == ["bedtime"]
