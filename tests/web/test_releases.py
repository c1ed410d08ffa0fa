import pytest

ASKED, ANSWER = "turn of the lamp", "turn off the lamp"


def text(home):
    return home.client.post("/v1/rewrite", json={"request": ASKED}).json()["text"]


def test_releases_are_listed_and_shown(home, problem):
    assert [(each["number"], each["in_use"]) for each in home.client.get("/v1/releases").json()] == [
        (1, True),
        (2, False),
    ]
    shown = home.client.get("/v1/releases/2").json()
    assert (shown["number"], shown["in_use"], shown["manifest"]["counts"]["turns"]) == (2, False, 0)
    assert "there is no release 9" in problem(home.client.get("/v1/releases/9"), 404)["detail"]
    problem(home.client.get("/v1/releases/0"), 404)
    problem(home.client.get("/v1/releases/first"), 404)


def test_a_promotion_decides_when_it_is_answered_and_can_be_taken_back(home, problem):
    assert text(home) == ANSWER
    assert "release 2 was not promoted" in problem(home.client.post("/v1/releases/2/promote"), 409)["detail"]
    assert text(home) == ANSWER
    assert home.client.post("/v1/releases/2/promote", json={"force": True}).json() == {"in_use": 2}
    assert text(home) == ASKED
    assert home.client.post("/v1/rollback").json() == {"in_use": 1}
    assert text(home) == ANSWER
    assert home.client.post("/v1/rollback").json() == {"in_use": None}
    problem(home.client.post("/v1/rollback"), 409)
    problem(home.client.post("/v1/releases/7/promote"), 404)


@pytest.mark.parametrize("body", [{"force": "yes"}, [], 7])
def test_how_to_promote_must_be_said_rightly(home, problem, body):
    problem(home.client.post("/v1/releases/2/promote", json=body), 422)
