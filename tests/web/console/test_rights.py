"""Who may see and do what: signing in, forged forms, and other people's data."""

import pytest
from starlette.testclient import TestClient

from sayagain.store import Token, new_secret, token_digest
from sayagain.turns import Response, Turn
from sayagain.web.console.menu import PAGES

from .conftest import form_token

EVERYTHING = ("rewrite", "observe", "teach", "read", "admin")
NO = Response(type="error", error_code="no_intent_match")


@pytest.fixture
def secret(console):
    """Make a token; its secret."""

    def make(*scopes, name="t", **fields):
        text = new_secret()
        console.store.add_token(Token(name=name, digest=token_digest(text), scopes=scopes, created=0, **fields))
        return text

    return make


def sign_in(client, secret):
    csrf = form_token(client.get("/console/login"))
    return client.post("/console/login?next=failed", data={"csrf": csrf, "token": secret}, follow_redirects=False)


def test_a_token_is_asked_for_once_there_is_one(console, secret):
    client, text = console.client, secret(*EVERYTHING)
    answer = client.get("/console/failed", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "login?next=failed")
    assert sign_in(client, "wrong").status_code == 401
    answer = sign_in(client, text)
    assert (answer.status_code, answer.headers["location"]) == (303, "failed")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert text not in cookie
    assert client.get("/console/failed", follow_redirects=False).status_code == 200


def test_signing_out_ends_the_session(console, secret):
    client = console.client
    sign_in(client, secret(*EVERYTHING))
    csrf = form_token(client.get("/console/today"))
    client.post("/console/logout", data={"csrf": csrf})
    assert client.get("/console/today", follow_redirects=False).status_code == 303


def test_a_revoked_token_ends_its_sessions(console, secret, now):
    sign_in(console.client, secret(*EVERYTHING))
    console.store.revoke_token("t", now)
    console.service.learner  # noqa: B018  (the cache of tokens is a moment old)
    import time  # noqa: PLC0415

    time.sleep(2.1)
    assert console.client.get("/console/today", follow_redirects=False).status_code == 303


def test_a_forged_cookie_is_no_session(console, secret):
    sign_in(console.client, secret(*EVERYTHING))
    (name, value), *_ = console.client.cookies.items()
    body, _, tag = value.partition(".")
    for forged in (f"{body[:-4]}AAAA.{tag}", f"{body}.{'0' * 64}", "x", "é.é"):
        answer = console.client.get(
            "/console/today", headers={"Cookie": f"{name}={forged}".encode()}, follow_redirects=False
        )
        console.client.cookies.clear()
        assert answer.status_code == 303


@pytest.mark.parametrize("page", [page for page in PAGES if page.actions], ids=lambda page: page.name)
def test_a_form_of_another_site_is_refused(console, page):
    console.client.get("/console/today")
    for action in page.actions:
        fields = {"action": action.name, "user": "ann", "phrase": "a", "means": "b", "id": console.rewrite_id}
        for forged in ({}, {"csrf": "0" * 64}):
            answer = console.client.post(f"/console/{page.name}", data={**fields, **forged})
            assert answer.status_code == 403
    assert console.client.post("/console/today", data={}).status_code == 405
    assert console.client.post("/console/taught", json={"action": "teach"}).status_code == 415
    assert console.store.withdrawn() == {}


def test_the_form_token_of_another_session_is_refused(console):
    csrf = form_token(console.client.get("/console/taught"))
    console.client.cookies.clear()
    console.client.get("/console/taught")
    data = {"csrf": csrf, "action": "teach", "phrase": "a", "means": "b"}
    assert console.client.post("/console/taught", data=data).status_code == 403


def test_each_page_needs_its_scope(console, secret):
    sign_in(console.client, secret("observe", home="flat"))
    for page in PAGES:
        answer = console.client.get(f"/console/{page.name}.json?turn=m0&user=ann")
        assert answer.status_code == (403 if page.scope else answer.status_code), page.name
        assert answer.status_code != 401
    menu = console.client.get("/console/today").text
    assert 'href="rewrites"' not in menu


def test_each_action_needs_its_scope(console, secret):
    sign_in(console.client, secret("read"))
    csrf = form_token(console.client.get("/console/today"))
    for page in PAGES:
        for action in page.actions:
            data = {"csrf": csrf, "action": action.name, "turn": "m0", "id": console.rewrite_id, "user": "ann"}
            assert console.client.post(f"/console/{page.name}", data=data).status_code == 403, action.name


def test_a_user_sees_their_own_data_and_nobody_elses(console, secret, now):
    console.store.claim_user("eve", "eve", known=True)
    console.store.add_turns(
        [
            Turn(turn_id="e1", started=now - 5, request="hers alone", user_id="eve", home="eve", response=NO),
            Turn(turn_id="x1", started=now - 4, request="somebody elses", user_id="bob", response=NO),
            Turn(turn_id="x2", started=now - 3, request="nobodys words", response=NO),
        ]
    )
    console.learner.teach("bobs phrase", means="turn on the lamp", user="bob")
    client = console.client
    sign_in(client, secret("observe", "teach", "rewrite", home="eve", users=("eve",)))
    seen = ""
    for path in (
        "today",
        "failed",
        "failed?user=bob",
        "taught",
        "privacy",
        "session?turn=e1",
        "try?q=turn of the lamp",
    ):
        for address in (path, path.replace("?", ".json?") if "?" in path else f"{path}.json"):
            answer = client.get(f"/console/{address}")
            assert answer.status_code == 200, address
            seen += answer.text
    assert "hers alone" in seen
    for foreign in ("somebody elses", "nobodys words", "bobs phrase", "ann", "&lt;b&gt;"):
        assert foreign not in seen.replace("language", "").replace("annotat", "").replace("cannot", ""), foreign
    for path in ("session?turn=x1", "session?turn=m0", "privacy?user=bob", "taught?user=bob", "download.json?user=bob"):
        assert client.get(f"/console/{path}").status_code in (403, 404), path
    csrf = form_token(client.get("/console/taught"))
    data = {"csrf": csrf, "action": "failed", "turn": "x1"}
    assert client.post("/console/session", data=data).status_code == 404
    assert (
        client.post(
            "/console/taught", data={**data, "action": "forget", "user": "bob", "phrase": "bobs phrase"}
        ).status_code
        == 403
    )
    assert [lesson.phrase for lesson in console.learner.taught("bob")] == ["bobs phrase"]


def test_a_home_sees_its_own_turns(console, secret, now):
    console.store.add_turns(
        [
            Turn(turn_id="f1", started=now - 5, request="ours", home="flat", response=NO),
            Turn(turn_id="f2", started=now - 4, request="theirs", home="house", response=NO),
        ]
    )
    sign_in(console.client, secret("observe", home="flat"))
    words = [cause["words"] for cause in console.client.get("/console/failed.json").json()["causes"]["entries"]]
    assert words == ["ours"]
    assert console.client.get("/console/session?turn=f2").status_code == 404


def test_a_program_reads_the_json_with_its_token(console, secret):
    header = {"Authorization": f"Bearer {secret('read')}"}
    assert console.client.get("/console/failed.json", headers=header).status_code == 200
    # A header cannot carry a form: only pages of a session can.
    data = {"action": "teach", "phrase": "a", "means": "b"}
    assert console.client.post("/console/taught", data=data, headers=header).status_code in (401, 403)


def test_while_there_is_no_token_only_this_machine_is_served(console):
    assert console.client.get("/console/today", headers={"Host": "evil.example"}).status_code == 421
    csrf = form_token(console.client.get("/console/taught"))
    answer = console.client.post("/console/taught", data={"csrf": csrf}, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403


INGRESS, ELSEWHERE = "172.30.32.2", "172.30.32.3"


@pytest.mark.parametrize(("peer", "status"), [(INGRESS, 200), (ELSEWHERE, 303)])
def test_whoever_a_signing_proxy_lets_through_needs_no_token(open_service, secret, peer, status):
    secret(*EVERYTHING)
    opened = open_service(signing_proxies=frozenset({INGRESS}))
    client = TestClient(opened.client.app, base_url="http://homeassistant.local:8123", client=(peer, 50_000))
    answer = client.get("/console/taught", follow_redirects=False)
    assert answer.status_code == status
    if status == 200:
        sent = {"csrf": form_token(answer), "action": "teach", "phrase": "bedtime", "means": "turn on the lamp"}
        assert client.post("/console/taught", data={**sent, "user": "ann"}, follow_redirects=False).status_code == 303
        assert "bedtime" in [lesson.phrase for lesson in opened.learner.taught(user="ann")]
    # What programs use asks for a token whoever forwards it.
    assert client.get("/v1/summary").status_code == 401
