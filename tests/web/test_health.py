import re
import threading
from concurrent.futures import ThreadPoolExecutor

from sayagain.errors import StoreError


def test_alive_and_ready(home):
    assert home.client.get("/healthz").json() == {"status": "alive", "release": None}
    assert home.client.get("/readyz").json() == {"status": "ready", "release": 1}


def test_without_a_release_it_is_ready_too(home):
    home.store.set_release_in_use(None)
    home.learner.runtime.look()
    assert home.client.get("/readyz").json() == {"status": "ready", "release": None}


def test_not_ready_while_it_drains_or_the_store_is_silent_or_a_release_is_damaged(home, problem, monkeypatch):
    home.service.draining = True
    assert "shutting down" in problem(home.client.get("/readyz"), 503)["detail"]
    home.service.draining = False
    path = home.learner.releases / "000002" / "table.arrow"
    path.write_bytes(b"x")
    home.store.set_release_in_use(2)
    home.learner.runtime.look()
    assert "release 2 is damaged" in problem(home.client.get("/readyz"), 503)["detail"]
    home.store.roll_back()
    home.learner.runtime.look()
    assert home.client.get("/readyz").status_code == 200

    def silent():
        raise StoreError("no answer")

    monkeypatch.setattr(home.store, "change_counter", silent)
    assert "no answer" in problem(home.client.get("/readyz"), 503)["detail"]
    # Alive all the same, and deciding.
    assert home.client.get("/healthz").status_code == 200
    assert home.client.post("/v1/rewrite", json={"request": "x"}).status_code == 200


def test_metrics_count_requests_decisions_and_turns(home):
    for words in ("turn of the lamp", "turn of the lamp", "lamp on"):
        home.client.post("/v1/rewrite", json={"request": words})
    turn = {"turn_id": "n", "started": 0, "request": "lamp on"}
    home.client.post("/v1/turns", json=[turn, turn, 7])
    home.client.get("/nothing")
    answer = home.client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")

    def value(name):
        return float(re.search(rf"^{re.escape(name)} (\S+)$", answer.text, re.MULTILINE)[1])

    assert value('sayagain_decisions_total{arm="",layer="table"}') == 2
    assert value('sayagain_decisions_total{arm="",layer="leave"}') == 1
    assert value('sayagain_turns_total{became="new"}') == 1
    assert value('sayagain_turns_total{became="known"}') == 1
    assert value('sayagain_turns_total{became="bad"}') == 1
    assert value('sayagain_requests_total{endpoint="rewrite",status="200"}') == 3
    assert value('sayagain_requests_total{endpoint="unknown",status="404"}') == 1
    assert value('sayagain_request_seconds_count{endpoint="rewrite"}') == 3
    assert value("sayagain_release") == 1


def test_it_is_alive_and_ready_while_look_ups_are_slow(home, monkeypatch):
    go_on, begun = threading.Event(), threading.Semaphore(0)

    def slow(**_):
        begun.release()
        assert go_on.wait(60)
        return iter(())

    monkeypatch.setattr(home.store, "turns", slow)
    with ThreadPoolExecutor(20) as pool:
        try:
            looked = [pool.submit(home.client.get, "/v1/failures") for _ in range(20)]
            assert begun.acquire(timeout=60)
            assert home.client.get("/healthz").status_code == 200
            assert home.client.get("/readyz").status_code == 200
            assert not any(answer.done() for answer in looked)
        finally:
            go_on.set()
        assert {answer.result().status_code for answer in looked} == {200}


def test_a_store_that_gives_no_answer_is_not_waited_for(home, problem, monkeypatch):
    go_on = threading.Event()
    monkeypatch.setattr("sayagain.web.service._READY_SECONDS", 0.05)
    monkeypatch.setattr(home.store, "change_counter", lambda: go_on.wait(60))
    try:
        assert "no answer within" in problem(home.client.get("/readyz"), 503)["detail"]
        assert home.client.get("/healthz").status_code == 200
    finally:
        go_on.set()
