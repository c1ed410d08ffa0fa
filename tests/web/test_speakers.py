"""Whom a token speaks for: one home, whatever users it names; and what it can teach others."""

import msgspec
import pytest

from sayagain.assistants.remote import FOREIGN_USER
from sayagain.store import Token, new_secret, token_digest
from sayagain.turns import Turn
from sayagain.web.speakers import Speakers

START = 1_767_225_600_000
DAY = 86_400_000
SCOPES = ("rewrite", "observe", "teach")


@pytest.fixture
def bound(open_service):
    """A service, and what makes the headers of a token for it."""
    service = open_service()

    def token(name, home=None, *users):
        secret = new_secret()
        service.store.add_token(
            Token(name=name, digest=token_digest(secret), scopes=SCOPES, created=0, home=home, users=users)
        )
        return {"Authorization": f"Bearer {secret}"}

    service.token = token
    return service


def record(turn_id, **fields):
    return {"turn_id": turn_id, "started": START, "request": "lamp on", **fields}


def test_a_token_of_one_user_speaks_for_that_user_alone(bound, problem):
    headers, client = bound.token("phone", "ann", "ann"), bound.client
    assert client.post("/v1/turns", json=record("a", user_id="ann"), headers=headers).status_code == 200
    # Who else should it be?
    assert client.post("/v1/turns", json=record("b"), headers=headers).status_code == 200
    assert {(turn.user_id, turn.home) for turn in map(bound.store.turn, "ab")} == {("ann", "ann")}
    lesson = {"user_id": "bob", "phrase": "study mode", "means": "lamp on"}
    sentence = "this token speaks for ann, not for the user 'bob'"
    for answer in (
        client.post("/v1/turns", json=record("c", user_id="bob"), headers=headers),
        client.post("/v1/rewrite", json={"request": "lamp on", "user_id": "bob"}, headers=headers),
        client.post("/v1/teach", json=lesson, headers=headers),
        client.get("/v1/taught", params={"user_id": "bob"}, headers=headers),
        client.delete("/v1/taught", params={"user_id": "bob", "phrase": "study mode"}, headers=headers),
    ):
        refused = problem(answer, 403)
        assert (refused["detail"], refused["type"]) == (sentence, FOREIGN_USER)
    assert bound.store.turn("c") is None
    assert client.post("/v1/teach", json=lesson | {"user_id": "ann"}, headers=headers).status_code == 200


def test_a_token_of_several_users_must_say_who_speaks(bound, problem):
    headers = bound.token("tablet", "flat", "ann", "bob")
    assert bound.client.post("/v1/turns", json=record("a", user_id="bob"), headers=headers).status_code == 200
    refused = problem(bound.client.post("/v1/turns", json=record("b"), headers=headers), 403)
    assert refused["detail"] == "no user is named; this token speaks for ann, bob alone"


def test_a_home_speaks_for_its_own_users_and_for_nobody_that_others_know(bound, problem):
    flat, hut, phone = bound.token("flat", "flat"), bound.token("hut", "hut"), bound.token("phone", "cy", "cy")
    client = bound.client
    for headers, user in ((flat, "ann"), (hut, "bob"), (phone, "cy"), (flat, "ann"), (flat, None)):
        answer = client.post("/v1/rewrite", json={"request": "lamp on", "user_id": user}, headers=headers)
        assert answer.status_code == 200
    # u1 is of the log that was there before, and belongs to nobody's home.
    for headers, user in ((flat, "bob"), (hut, "ann"), (flat, "cy"), (phone, "ann"), (flat, "u1")):
        problem(client.post("/v1/turns", json=record("x", user_id=user), headers=headers), 403)
    assert bound.store.turn("x") is None


def test_a_forgotten_user_is_of_no_home_and_may_be_of_another(bound):
    flat = bound.token("flat", "flat")
    bound.client.post("/v1/turns", json=record("a", user_id="ann"), headers=flat)
    assert bound.store.claim_user("ann", "hut") == "flat"
    bound.learner.forget("ann")
    assert bound.store.claim_user("ann", "hut") == "hut"


def test_of_a_list_what_is_of_others_is_named_by_its_place_and_the_rest_is_stored(bound, problem):
    headers = bound.token("flat", "flat")
    sent = [
        record("a", user_id="ann"),
        {"turn_id": "b"},
        record("c", user_id="u1"),
        record("d", home="hut"),
        record("e"),
    ]
    answer = bound.client.post("/v1/turns", json=sent, headers=headers).json()
    assert answer["new"] == 2
    assert [bad["index"] for bad in answer["bad"]] == [1, 2, 3]
    assert answer["bad"][2]["detail"] == "this token speaks for the home 'flat', not for 'hut'"
    refused = problem(bound.client.post("/v1/turns", json=[sent[1], sent[2]], headers=headers), 403)
    assert [bad["index"] for bad in refused["bad"]] == [0, 1]


def test_feedback_is_on_ones_own_turns(bound, problem):
    flat, hut, trusted = bound.token("flat", "flat"), bound.token("hut", "hut"), bound.token("any")
    bound.client.post("/v1/turns", json=record("a", user_id="ann"), headers=flat)
    thumb = {"turn_id": "a", "kind": "thumbs", "value": 0}
    problem(bound.client.post("/v1/feedback", json=thumb, headers=hut), 403)
    # A turn of the log before, of a user who is of no home, and of nobody.
    problem(bound.client.post("/v1/feedback", json=thumb | {"turn_id": "u1-0-0"}, headers=hut), 403)
    bound.client.post("/v1/turns", json=record("nobody"), headers=trusted)
    problem(bound.client.post("/v1/feedback", json=thumb | {"turn_id": "nobody"}, headers=hut), 403)
    assert not bound.store.turn("a").feedback
    for headers in (flat, trusted):
        assert bound.client.post("/v1/feedback", json=thumb, headers=headers).status_code == 200
    # It may come before its turn.
    assert bound.client.post("/v1/feedback", json=thumb | {"turn_id": "later"}, headers=hut).status_code == 200


def test_a_trusted_token_speaks_for_anybody_and_says_which_home(bound):
    headers = bound.token("backend")
    for turn_id, fields in (("a", {"user_id": "u1"}), ("b", {"user_id": "new", "home": "hut"})):
        assert bound.client.post("/v1/turns", json=record(turn_id, **fields), headers=headers).status_code == 200
    assert [bound.store.turn(name).home for name in "ab"] == [None, "hut"]


def test_the_home_of_a_user_is_looked_up_again_after_a_while(bound):
    now = [0.0]
    speakers = Speakers(bound.store, clock=lambda: now[0])
    token = Token(name="t", digest="d", scopes=(), created=0, home="flat")
    assert speakers.user(token, "ann") == "ann"
    bound.learner.forget("ann")
    bound.store.claim_user("ann", "hut")
    assert speakers.user(token, "ann") == "ann"
    now[0] += 61
    with pytest.raises(Exception, match="'ann' is not of it"):
        speakers.user(token, "ann")


ASKED, ANSWER = "turn of the lamp", "turn off the lamp"


def decided(bound, headers, turn_id, **fields):
    """Ask for a decision; return the turn that is logged with it."""
    asked = {"turn_id": turn_id, "started": START, "request": ASKED, "user_id": "ann", **fields}
    decision = bound.client.post("/v1/rewrite", json=asked, headers=headers).json()
    applied = {"id": decision["rewrite_id"], "from": ASKED, "to": decision["text"]}
    applied |= {name: decision[name] for name in ("layer", "release", "arm", "propensity", "proof")}
    return asked | {"request": decision["text"], "applied_rewrite": {k: v for k, v in applied.items() if v is not None}}


def stored_rewrite(bound, headers, sent, **changes):
    """Store a turn with its rewrite changed; return the rewrite as it is stored."""
    applied = {name: value for name, value in (sent["applied_rewrite"] | changes).items() if value is not None}
    sent = sent | {"turn_id": f"{sent['turn_id']} {changes}", "applied_rewrite": applied}
    assert bound.client.post("/v1/turns", json=sent, headers=headers).status_code == 200
    return bound.store.turn(sent["turn_id"]).applied_rewrite


def test_a_decision_of_this_service_is_evidence_and_a_made_up_one_is_not(bound):
    flat, hut, trusted = bound.token("flat", "flat"), bound.token("hut", "hut"), bound.token("any")
    sent = decided(bound, flat, "a")
    made = sent["applied_rewrite"]
    kept = stored_rewrite(bound, flat, sent)
    assert (kept.id, kept.layer, kept.target, kept.release, kept.proof) == (made["id"], "table", ANSWER, 1, None)
    # A question that was answered with yes is of the same decision.
    assert stored_rewrite(bound, flat, sent, layer="asked").id == made["id"]
    for changes in (
        {"proof": None},
        {"proof": "0" * 32},
        {"proof": "\xe9"},
        {"id": "other"},
        {"from": "turn on the light"},
        {"release": 2},
        {"arm": "holdout"},
        {"layer": "taught"},
    ):
        kept = stored_rewrite(bound, flat, sent, **changes)
        # What was heard and what was passed on is still known.
        assert (kept.id, kept.target, kept.release, kept.arm) == ("none", ANSWER, None, None), changes
        assert kept.source == changes.get("from", ASKED)
        assert kept.layer == ("unproven" if "layer" in changes else "table")
    assert stored_rewrite(bound, hut, sent | {"turn_id": "b", "user_id": "bob"}).id == "none"
    # A trusted token states its decisions, as a log on the command line does.
    assert stored_rewrite(bound, trusted, sent | {"turn_id": "c"}, proof=None).id == made["id"]


def test_each_worker_knows_the_decisions_of_the_others_and_of_those_before(bound):
    sent = decided(bound, bound.token("flat", "flat"), "a")
    token = Token(name="t", digest="d", scopes=(), created=0, home="flat")
    turn = msgspec.convert(sent, Turn)
    checked, foreign = Speakers(bound.store).turns(token, {0: turn})
    assert (checked[0].applied_rewrite.id, foreign) == (sent["applied_rewrite"]["id"], [])


def test_made_up_complaints_withdraw_nothing(bound):
    headers = bound.token("flat", "flat")
    sent = decided(bound, headers, "a")["applied_rewrite"] | {"proof": None}
    sent.pop("proof")
    for visit in range(8):
        for place, request in enumerate((ANSWER, "turn on the lamp")):
            at = START + visit * DAY + place * 4_000
            turn = record(f"{visit}-{place}", request=request, user_id=f"x{visit}") | {"started": at}
            turn |= {"applied_rewrite": sent} if place == 0 else {}
            assert bound.client.post("/v1/turns", json=turn, headers=headers).status_code == 200
    assert bound.store.outcomes(sent["id"]) == []
    assert bound.store.withdrawn() == {}


def forged(worlds, accounts):
    """Turns by which so many accounts teach that "turn on the light" means the radio."""
    for account in range(accounts):
        for visit in range(6):
            at = START + visit * DAY + account * 60_000
            for place, request in enumerate(("turn on the light", "turn on the radio")):
                turn_id = f"x{account}-{visit}-{place}"
                turn = worlds.answered(turn_id, request, at + place * 5_000, user_id=f"x{account}")
                yield msgspec.to_builtins(turn)


@pytest.mark.parametrize(("home", "accounts", "taught"), [(None, 2, True), ("flat", 2, False), ("flat", 10, False)])
def test_accounts_behind_one_token_teach_others_nothing(bound, worlds, home, accounts, taught):
    headers = bound.token("attacker", home)
    sent = list(forged(worlds, accounts))
    assert bound.client.post("/v1/turns", json=sent, headers=headers).json()["new"] == len(sent)
    bound.learner.promote(bound.learner.learn(), force=True)
    bound.learner.runtime.look()
    victim = bound.token("victim", "victim", "victim")
    answer = bound.client.post("/v1/rewrite", json={"request": "turn on the light"}, headers=victim).json()
    # A trusted token is trusted with this, too.
    assert answer["text"] == ("turn on the radio" if taught else "turn on the light")


def test_a_token_of_a_home_teaches_its_household_and_no_other(bound, problem):
    headers, client = bound.token("flat", "flat"), bound.client
    lesson = {"phrase": "bedtime", "means": "all lights off"}
    assert client.post("/v1/teach", json=lesson, headers=headers).json()["home"] == "flat"
    problem(client.post("/v1/teach", json={**lesson, "home": "hut"}, headers=headers), 403)
    problem(client.get("/v1/taught", params={"home": "hut"}, headers=headers), 403)
    (listed,) = client.get("/v1/taught", headers=headers).json()
    assert (listed["scope"], listed["home"]) == ("household", "flat")
    other = bound.token("hut", "hut")
    assert client.get("/v1/taught", headers=other).json() == []
    asked = {"request": "bedtime"}
    assert client.post("/v1/rewrite", json=asked, headers=headers).json()["text"] == "all lights off"
    assert client.post("/v1/rewrite", json=asked, headers=other).json()["text"] == "bedtime"
