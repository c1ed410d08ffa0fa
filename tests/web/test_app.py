import io
import json
import logging

import pytest

from sayagain.errors import StoreError
from sayagain.web.log import LOG, JsonLines


@pytest.fixture
def log():
    """The log's lines, as they are written."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(JsonLines())
    before = LOG.level, LOG.propagate
    LOG.addHandler(handler)
    LOG.setLevel(logging.INFO)
    LOG.propagate = False
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    LOG.removeHandler(handler)
    LOG.setLevel(before[0])
    LOG.propagate = before[1]


@pytest.mark.parametrize("path", ["/v1", "/v1/rewrite/", "/v1/Rewrite", "/v2/turns", "/v1/releases/1/x", "/v1/%00"])
def test_what_is_not_there_is_a_problem(home, problem, path):
    problem(home.client.get(path), 404)


@pytest.mark.parametrize(
    ("request_line", "possible"),
    [("GET /v1/rewrite", "POST"), ("PUT /v1/turns", "POST"), ("POST /v1/defects", "GET"), ("BREW /healthz", "GET")],
)
def test_what_is_not_possible_is_a_problem(home, problem, request_line, possible):
    answer = home.client.request(*request_line.split())
    assert possible in problem(answer, 405)["detail"]
    assert possible in answer.headers["allow"]


def test_a_request_keeps_its_id_and_gets_one_where_it_has_none(home):
    assert home.client.get("/healthz", headers={"X-Request-Id": "abc-1:2/3"}).headers["x-request-id"] == "abc-1:2/3"
    made = {home.client.get("/healthz").headers["x-request-id"] for _ in range(2)}
    assert len(made) == 2


@pytest.mark.parametrize("given", ["a b", "x" * 129, "é", '"', "a,b"])
def test_an_id_that_is_unfit_for_a_log_is_replaced(home, given):
    answer = home.client.get("/healthz", headers={"X-Request-Id": given.encode("latin-1")})
    assert answer.headers["x-request-id"] not in {given, ""}


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_a_body_that_is_not_called_json_is_refused(home, problem, kind):
    problem(home.client.post("/v1/turns", content=b"[]", headers={"Content-Type": kind}), 415)


def test_json_may_name_its_charset_and_must_not_be_compressed(home, problem):
    headers = {"Content-Type": "Application/JSON; charset=utf-8"}
    assert home.client.post("/v1/turns", content=b"[]", headers=headers).status_code == 200
    problem(home.client.post("/v1/turns", content=b"[]", headers={**headers, "Content-Encoding": "gzip"}), 415)


def test_a_body_that_is_too_long_is_refused_however_it_comes(open_service, problem):
    client = open_service(body_limit=100).client
    headers = {"Content-Type": "application/json"}
    assert client.post("/v1/turns", content=b"[" + b" " * 98 + b"]", headers=headers).status_code == 200
    problem(client.post("/v1/turns", content=b"[" + b" " * 99 + b"]", headers=headers), 413)

    def parts():
        yield b"["
        yield b" " * 100
        yield b"]"

    problem(client.post("/v1/turns", content=parts(), headers=headers), 413)


def test_a_store_that_does_not_answer_is_a_503(home, problem, monkeypatch):
    def locked(_):
        raise StoreError("home.db is locked by another program; try again when that program is done")

    monkeypatch.setattr(home.store, "add_turns", locked)
    answer = home.client.post("/v1/turns", json={"turn_id": "n", "started": 0, "request": "lamp on"})
    assert "locked" in problem(answer, 503)["detail"]
    assert answer.headers["retry-after"] == "1"


def test_no_answer_names_a_folder_of_the_machine(home, problem, monkeypatch):
    def locked(*_):
        raise StoreError(f"{home.learner.settings.db} is locked by another program")

    monkeypatch.setattr(home.store, "add_turns", locked)
    monkeypatch.setattr(home.store, "change_counter", locked)
    posted = home.client.post("/v1/turns", json={"turn_id": "n", "started": 0, "request": "lamp on"})
    for answer in (posted, home.client.get("/readyz")):
        assert "home.db is locked" in problem(answer, 503)["detail"]
        assert "/" not in problem(answer, 503)["detail"]


def test_a_fault_is_a_500_and_the_log_has_its_place_but_not_its_words(open_service, problem, monkeypatch, log):
    home = open_service(raise_faults=False)

    def broken(*_, **__):
        raise RuntimeError("user u42 said the secret")

    monkeypatch.setattr(home.learner, "rewrite", broken)
    answer = home.client.post("/v1/rewrite", json={"request": "x"})
    told = problem(answer, 500)
    assert "secret" not in answer.text
    (line,) = [each for each in log() if each["what"] == "internal error"]
    assert (line["error"], line["request_id"]) == ("RuntimeError", told["request_id"])
    assert any("broken" in place for place in line["through"])
    assert "secret" not in json.dumps(log())


def test_the_log_names_no_words_no_users_and_no_turns(home, log):
    home.client.post("/v1/rewrite", json={"turn_id": "turn-77", "request": "secret words", "user_id": "user-55"})
    home.client.get("/v1/explain/turn-77")
    home.client.get("/v1/taught", params={"user_id": "user-55"})
    home.client.get("/secret-path")
    lines = log()
    assert [(each["endpoint"], each["status"]) for each in lines] == [
        ("rewrite", 200),
        ("explain", 404),
        ("taught", 200),
        ("unknown", 404),
    ]
    assert set(lines[0]) == {"at", "level", "what", "request_id", "method", "endpoint", "status", "ms"}
    for secret in ("secret", "turn-77", "user-55"):
        assert secret not in json.dumps(lines)


def test_beyond_what_can_be_done_at_once_the_answer_is_no_at_once(home, problem, monkeypatch):
    monkeypatch.setattr("sayagain.web.app.MAX_CONCURRENT", 0)
    problem(home.client.post("/v1/rewrite", json={"request": "x"}), 503)
    # A supervisor must not take a busy service for a dead one.
    assert home.client.get("/healthz").status_code == 200
    assert home.client.get("/readyz").status_code == 200
    monkeypatch.setattr("sayagain.web.app.MAX_CONCURRENT", 1)
    for _ in range(3):
        assert home.client.post("/v1/rewrite", json={"request": "x"}).status_code == 200
