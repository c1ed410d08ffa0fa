import time

import pytest

from sayagain.learner import holdout_report
from sayagain.turns import AppliedRewrite, Response, Turn

NOW = 1_767_225_600_000


def test_a_turn_is_explained(home, problem, learnt):
    lost = next(turn for turn in learnt.log if turn.failed)
    found = home.client.get(f"/v1/explain/{lost.turn_id}").json()
    assert found["turn"]["turn_id"] == lost.turn_id
    assert found["sentences"][0] == "Heard: “turn of the lamp”."
    assert problem(home.client.get("/v1/explain/none"), 404)["detail"] == "there is no turn 'none'"


def test_an_id_with_a_slash_can_be_asked_for(home):
    home.client.post("/v1/turns", json={"turn_id": "a/b c", "started": NOW, "request": "lamp on"})
    assert home.client.get("/v1/explain/a/b%20c").json()["turn"]["turn_id"] == "a/b c"
    assert home.client.get("/v1/explain/a%2Fb%20c").json()["turn"]["turn_id"] == "a/b c"


def test_defects_are_listed(home, problem):
    found = home.client.get("/v1/defects", params={"limit": 3}).json()
    assert found == home.client.get("/v1/defects").json()[:3]
    assert len({each["heard"] for each in found}) == len(found) > 0
    assert found[0]["times"] > 1
    grouped = home.client.get("/v1/defects", params={"by": "device", "since": "30d"}).json()
    assert all(each["group"] for each in grouped)
    problem(home.client.get("/v1/defects", params={"by": "stage"}), 422)
    problem(home.client.get("/v1/defects", params={"since": "soon"}), 422)


def test_requests_that_fail_are_gathered(home):
    found = home.client.get("/v1/failures", params={"days": 3650}).json()
    # The made log is of 1970, further back than anybody may ask.
    assert found == []
    no = Response(type="error", error_code="no_intent_match")
    now = time.time_ns() // 1_000_000
    home.store.add_turns(
        Turn(turn_id=f"n{i}", started=now + i, request="Lights OUT!", user_id=f"u{i % 2}", response=no)
        for i in range(3)
    )
    found = home.client.get("/v1/failures").json()
    assert found == [
        {
            "words": "lights out",
            "language": None,
            "times": 3,
            "users": 2,
            "last": now + 2,
            "error_code": "no_intent_match",
            "trouble": "not understood",
            "meant": None,
        }
    ]


def test_failures_are_counted_by_the_stage_that_broke(home, problem):
    report = home.client.get("/v1/failure-points", params={"since": "2w", "limit": 1}).json()
    assert report["by"] == "stage"
    assert report["failed"] == sum(group["failed"] for group in report["groups"]) > 0
    assert [cause["words"] for cause in report["causes"]] == ["turn of the lamp"]
    by_room = home.client.get("/v1/failure-points", params={"by": "room"}).json()
    assert [group["name"] for group in by_room["groups"]] == ["unknown"]
    assert "expected 24h" in problem(home.client.get("/v1/failure-points", params={"since": "soon"}), 422)["detail"]
    problem(home.client.get("/v1/failure-points", params={"by": "mood"}), 422)


def test_the_experiment_counts_the_release_in_use(home):
    def turn(name, arm=None, layer="table", release=1):
        applied = AppliedRewrite(
            id="r", source="a", target="b", layer=layer, release=release, arm=arm, propensity=0.02 if arm else 0.98
        )
        return Turn(turn_id=name, started=time.time_ns() // 1_000_000, request="a", applied_rewrite=applied)

    home.store.add_turns(
        [turn("a"), turn("b"), turn("c", "holdout", "leave"), turn("d", release=2), turn("e", None, "leave")]
    )
    (found,) = home.client.get("/v1/experiments").json()
    arms = {each.pop("name"): each for each in found["arms"]}
    assert (found["name"], found["release"]) == ("holdout", 1)
    assert arms["rewritten"] == {"turns": 2, "judged": 0, "defects": 0, "defect_rate": None, "propensity": 0.98}
    assert (arms["holdout"]["turns"], arms["holdout"]["propensity"]) == (1, 0.02)
    home.store.set_release_in_use(None)
    assert home.client.get("/v1/experiments").json() == []


def test_judged_arms_have_a_defect_rate(learnt):
    judged = {each.turn_id: each for each in learnt.helpful.judgements}
    applied = AppliedRewrite(id="r", source="a", target="b", layer="table", release=4, propensity=0.5)
    turns = [Turn(turn_id=each, started=0, request="a", applied_rewrite=applied) for each in judged]
    rewritten, holdout = holdout_report(turns, judged.get, 4).arms
    failed = sum(each.defect for each in judged.values())
    assert failed > 0
    assert (rewritten.judged, rewritten.defects) == (len(judged), failed)
    assert rewritten.defect_rate == pytest.approx(failed / len(judged))
    assert (holdout.turns, holdout.defect_rate, holdout.propensity) == (0, None, None)


@pytest.mark.parametrize(("name", "value"), [("limit", "0"), ("limit", "1001"), ("limit", "x"), ("limmit", "3")])
def test_a_parameter_that_is_none_is_a_problem(home, problem, name, value):
    detail = problem(home.client.get("/v1/defects", params={name: value}), 422)["detail"]
    assert name in detail


def test_a_parameter_given_twice_is_a_problem(home, problem):
    assert "twice" in problem(home.client.get("/v1/defects?limit=1&limit=2"), 422)["detail"]
