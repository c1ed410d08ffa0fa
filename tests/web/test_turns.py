import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sayagain.runtime import Decision
from sayagain.turns import Turn

ASKED, ANSWER = "turn of the lamp", "turn off the lamp"
NOW = 1_767_225_600_000


def test_a_request_is_rewritten_and_its_turn_named(home):
    answer = home.client.post("/v1/rewrite", json={"turn_id": "t/1 ü", "started": NOW, "request": ASKED})
    assert answer.status_code == 200
    assert answer.json()["turn_id"] == "t/1 ü"
    decision = msgspec.json.decode(answer.content, type=Decision)
    assert (decision.text, decision.layer, decision.release) == (ANSWER, "table", 1)
    expected = home.learner.rewrite(Turn(turn_id="t/1 ü", started=NOW, request=ASKED))
    assert decision == expected


def test_without_an_id_and_a_time_the_turn_gets_both(home):
    first, second = (home.client.post("/v1/rewrite", json={"request": ASKED}).json() for _ in range(2))
    assert first["text"] == ANSWER
    assert len({"", first["turn_id"], second["turn_id"]}) == 3


def test_a_proposal_is_judged_where_nothing_learnt_applies(home, problem):
    proposal = {"text": "fan off", "probability": 0.9, "why": "they sound alike"}
    # The holdout goes by the id of the turn.
    asked = {"turn_id": "asked", "request": "fan of", "proposal": proposal}
    decided = home.client.post("/v1/rewrite", json=asked).json()
    assert (decided["text"], decided["layer"], decided["release"]) == ("fan off", "cold start", 1)
    learnt = home.client.post("/v1/rewrite", json={"request": ASKED, "proposal": proposal}).json()
    assert (learnt["text"], learnt["layer"]) == (ANSWER, "table")
    home.learner.withdraw(decided["rewrite_id"], "not here")
    home.learner.runtime.look()
    withdrawn = home.client.post("/v1/rewrite", json=asked).json()
    assert withdrawn["text"] == "fan of"
    for wrong in ({"text": ""}, {"text": "fan off", "probability": 2}, 5):
        answer = home.client.post("/v1/rewrite", json={"request": "fan of", "proposal": wrong})
        assert problem(answer, 422)["detail"].startswith("the body: `proposal` is no proposal: ")


def test_the_session_so_far_counts(home, monkeypatch):
    seen = []

    def session_tail(user_id, device, before, _limit):
        seen.append((user_id, device, before))
        return []

    monkeypatch.setattr(home.store, "session_tail", session_tail)
    home.client.post("/v1/rewrite", json={"request": "x", "user_id": "u", "device_id": "d"})
    user_id, device, before = seen[0]
    assert (user_id, device) == ("u", "d")
    assert before > NOW


def test_a_turn_is_on_disk_when_it_is_answered_and_sent_again_it_is_stored_once(home):
    sent = {"turn_id": "new", "started": "2026-01-31T08:00:00Z", "request": "lamp on", "user_id": "u"}
    assert home.client.post("/v1/turns", json=sent).json() == {"new": 1, "known": 0}
    assert home.store.turn("new").started == 1_769_846_400_000
    assert home.client.post("/v1/turns", json=sent).json() == {"new": 0, "known": 1}


def test_of_a_list_the_good_ones_are_stored_and_the_bad_ones_named(home):
    good = [{"turn_id": f"n{i}", "started": NOW, "request": "lamp on"} for i in range(3)]
    mixed = [good[0], {"turn_id": "x", "request": "no time"}, good[1], 7, good[2]]
    answer = home.client.post("/v1/turns", json=mixed)
    found = answer.json()
    assert (answer.status_code, found["new"], found["known"]) == (200, 3, 0)
    assert [each["index"] for each in found["bad"]] == [1, 3]
    assert '"started" is missing' in found["bad"][0]["detail"]
    assert all(home.store.turn(each["turn_id"]) is not None for each in good)
    # Sending the same again is safe: it says the same of the bad ones and stores nothing twice.
    again = home.client.post("/v1/turns", json=mixed).json()
    assert (again["new"], again["known"], again["bad"]) == (0, 3, found["bad"])


def test_where_no_turn_is_good_nothing_is_acknowledged(home, problem):
    before = home.store.count()
    found = problem(home.client.post("/v1/turns", json=[{"turn_id": "x"}, None]), 422)
    assert [each["index"] for each in found["bad"]] == [0, 1]
    problem(home.client.post("/v1/turns", json={"turn_id": "x"}), 422)
    assert home.client.post("/v1/turns", json=[]).json() == {"new": 0, "known": 0}
    assert home.store.count() == before


@pytest.mark.parametrize("path", ["/v1/rewrite", "/v1/turns", "/v1/feedback", "/v1/teach"])
@pytest.mark.parametrize(
    ("body", "status"),
    [(b"", 400), (b"{", 400), (b"\xff", 400), (b"7", 422), (b"null", 422), (b'{"a":' * 5000, 400), (b"{}", 422)],
)
def test_what_is_no_record_is_a_problem(home, problem, path, body, status):
    problem(home.client.post(path, content=body, headers={"Content-Type": "application/json"}), status)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda part: st.lists(part, max_size=3) | st.dictionaries(st.text(max_size=5), part, max_size=3),
    max_leaves=8,
)
FIELDS = st.dictionaries(st.sampled_from(Turn.__struct_fields__), JSON, max_size=5)


def test_whatever_is_sent_gets_a_decision_or_a_problem(home):
    @settings(max_examples=150, deadline=None)
    @given(FIELDS)
    def sent(fields):
        answer = home.client.post(
            "/v1/rewrite",
            content=msgspec.json.encode({"request": "lamp on", **fields}),
            headers={"Content-Type": "application/json"},
        )
        assert answer.status_code in {200, 422}
        assert answer.status_code == 422 or msgspec.json.decode(answer.content, type=Decision)

    sent()


def test_feedback_is_kept_once_and_merged_into_its_turn(home, problem):
    home.client.post("/v1/turns", json={"turn_id": "f", "started": NOW, "request": "lamp on"})
    sent = {"turn_id": "f", "kind": "thumbs", "value": 0, "at": NOW + 5}
    assert home.client.post("/v1/feedback", json=sent).json() == {"new": True}
    assert home.client.post("/v1/feedback", json=sent).json() == {"new": False}
    assert [(each.kind, each.value) for each in home.store.turn("f").feedback] == [("thumbs", 0)]
    assert "value" in problem(home.client.post("/v1/feedback", json={**sent, "value": 2}), 422)["detail"]
    assert "turn_id" in problem(home.client.post("/v1/feedback", json={**sent, "turn_id": " "}), 422)["detail"]
    problem(home.client.post("/v1/feedback", json={**sent, "at": -(10**18)}), 422)


@pytest.mark.parametrize(
    ("words", "language", "answer", "reply"),
    [("Yes, please", "en", "yes", None), ("no", "en", "no", "All right."), ("nein danke", "de", "no", "In Ordnung.")],
)
def test_an_answer_to_the_callers_question_is_no_request(home, words, language, answer, reply):
    sent = {"request": words, "language": language}
    found = home.client.post("/v1/rewrite", json=sent, params={"asked": "true", "converse": "true"}).json()
    assert (found["answer"], found["reply"], found["text"]) == (answer, reply, words)
    assert "answer" not in home.client.post("/v1/rewrite", json=sent).json()


def test_another_request_is_decided_on_though_a_question_waits(home):
    found = home.client.post("/v1/rewrite", json={"request": ASKED}, params={"asked": "true"}).json()
    assert found["text"] == ANSWER
    assert "answer" not in found


def test_a_question_is_in_the_language_of_the_request(home):
    home.learner.teach("sesam", means="öffne die haustür", user="ann")
    sent = {"request": "sesam", "user_id": "ann", "language": "de"}
    found = home.client.post("/v1/rewrite", json=sent).json()
    assert (found["ask"], found["confirmation"]) == ("öffne die haustür", "Meintest du: öffne die haustür?")
    assert "confirmation" not in home.client.post("/v1/rewrite", json={"request": ASKED}).json()
