import pytest
from starlette.testclient import TestClient

from sayagain import Learner
from sayagain.turns import Response, Turn
from sayagain.web.access import Access
from sayagain.web.app import application
from sayagain.web.metrics import Metrics
from sayagain.web.service import Service
from sayagain.web.traces import DisabledTraces

NOW = 1_767_225_600_000
FAILED = Response(type="error", error_code="no_intent_match")


@pytest.fixture
def empty(tmp_path):
    with Learner(tmp_path / "empty.db") as learner:
        service = Service(learner, Metrics(), DisabledTraces())
        app = application(service, Access(learner.store, rate=0.0), body_limit=1 << 20)
        with TestClient(app, base_url="http://127.0.0.1:8787") as client:
            yield client


def test_an_empty_log_has_no_rate(empty):
    found = empty.get("/v1/summary").json()
    assert (found["turns"], found["defect_rate"], found["release"], found["learnt_rewrites"]) == (0, None, None, 0)


def test_the_week_is_summed_up(home):
    responses = [FAILED] * 3 + [Response(text="Done")] * 9
    home.store.add_turns(
        Turn(turn_id=f"w{place}", started=NOW + place, request="lights out", response=response)
        for place, response in enumerate(responses)
    )
    found = home.client.get("/v1/summary").json()
    assert (found["turns"], found["defect_rate"], found["defect_rate_before"]) == (12, 0.25, None)
    assert found["low"] < 0.25 < found["high"]
    assert (found["release"], found["rewritten"]) == (1, 0)


def test_the_rewrites_of_the_release_in_use_are_counted(home):
    listed = home.learner.rewrites(1, limit=1_000)
    assert home.client.get("/v1/summary").json()["learnt_rewrites"] == len(listed) > 0
    home.learner.promote(home.learner.release(2), force=True)
    assert home.client.get("/v1/summary").json()["learnt_rewrites"] == 0
    home.learner.rollback()
    assert home.client.get("/v1/summary").json()["learnt_rewrites"] == len(listed)


def test_a_damaged_release_costs_its_count_alone(home):
    for path in (home.learner.releases / "000001").iterdir():
        path.write_bytes(b"")
    found = home.client.get("/v1/summary").json()
    assert (found["release"], found["learnt_rewrites"]) == (1, 0)
