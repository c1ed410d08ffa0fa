"""What can be done in the console, and that the rest of the product sees it."""

import html
import re

from .conftest import ASKED, form_token


def undo(client, answer):
    """Press the button that undoes what was just done."""
    page = client.get(f"/console/{answer.headers['location']}").text
    notice = page.partition('class="notice"')[2].partition("</form>")[0]
    target = re.search(r'action="(\w+)"', notice)[1]
    fields = {name: html.unescape(value) for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', notice)}
    return client.post(f"/console/{target}", data=fields, follow_redirects=False)


def test_feedback_is_kept_with_the_turn(console, post):
    assert post("session", action="fine", turn="m0").status_code == 303
    post("session", action="correct", turn="m1", words="turn off the lamp")
    assert [(report.kind, report.value) for report in console.store.turn("m0").feedback] == [("helped", 1.0)]
    (correction,) = console.store.turn("m1").feedback
    assert (correction.kind, correction.text) == ("correction", "turn off the lamp")
    assert "turn off the lamp" in console.client.get("/console/session?turn=m1").text


def test_what_a_person_says_failed_counts_against_the_rewrite(console, post):
    before = console.store.outcome_totals(console.rewrite_id)[console.rewrite_id]
    post("session", action="failed", turn="r3")
    after = console.store.outcome_totals(console.rewrite_id)[console.rewrite_id]
    assert after.bad > before.bad
    assert after.complaints == before.complaints + 1


def test_a_rewrite_is_withdrawn_at_once_and_allowed_again(console, post):
    assert console.learner.rewrite(ASKED).changed
    answer = post("rewrite", action="withdraw", id=console.rewrite_id, reason="it is <wrong>")
    assert not console.learner.rewrite(ASKED).changed
    page = console.client.get(f"/console/{answer.headers['location']}").text
    assert "it is &lt;wrong&gt;" in page
    listed = console.client.get("/console/rewrites.json?status=withdrawn").json()["rows"]["entries"]
    assert [row["line"]["heard"] for row in listed] == [ASKED]
    undo(console.client, answer)
    assert console.learner.rewrite(ASKED).changed
    assert post("rewrite", action="withdraw", id="none").status_code == 422


def test_a_lesson_is_taught_changed_forgotten_and_brought_back(console, post):
    answer = post("taught", action="teach", user="ann", phrase="bed time", means="turn off the lamp")
    assert console.learner.rewrite("bed time", user="ann").text == "turn off the lamp"
    undo(console.client, answer)
    assert not console.learner.rewrite("bed time", user="ann").changed
    post("taught", action="teach", user="ann", phrase="bed time", means="turn on the lamp")
    answer = post("taught", action="forget", user="ann", phrase="bed time")
    assert [lesson.phrase for lesson in console.learner.taught("ann")] == ["study mode <hr>"]
    undo(console.client, answer)
    assert console.learner.rewrite("bed time", user="ann").text == "turn on the lamp"


def test_what_a_lesson_may_not_mean_is_said(post):
    answer = post("taught", action="teach", user="ann", phrase="a", means="a")
    assert answer.status_code == 422
    assert 'class="lead"' in answer.text


def test_a_release_is_promoted_past_the_gate_and_rolled_back(console, post):
    answer = post("releases", action="promote", number="2")
    assert "gate_refused" in answer.headers["location"]
    assert console.store.release_in_use() == 1
    answer = post("releases", action="promote", number="2", force="yes")
    assert console.store.release_in_use() == 2
    answer = undo(console.client, answer)
    assert console.store.release_in_use() == 1
    undo(console.client, answer)
    assert console.store.release_in_use() == 2
    assert console.store.promotions()[-1].note == "a rollback was undone"
    assert post("releases", action="promote", number="9").status_code == 422
    assert post("releases", action="return", number="9").status_code == 422


def test_two_releases_are_compared(console):
    changes = console.client.get("/console/difference.json?before=1&after=2").json()["changes"]["entries"]
    assert ("gone", ASKED) in [(change["kind"], change["before"]["heard"]) for change in changes if change["before"]]


def test_a_person_is_forgotten_after_their_name_is_repeated(console, post):
    answer = post("privacy", action="forget", user="ann", confirm="an")
    assert "not_confirmed" in answer.headers["location"]
    assert console.client.get("/console/download.json?user=ann").json()["turns"]
    answer = post("privacy", action="forget", user="ann", confirm="ann")
    assert "user_forgotten" in answer.headers["location"]
    assert list(console.store.turns(user_id="ann")) == []
    assert "ann" not in dict(console.client.get("/console/privacy.json").json()["users"])


def test_a_request_is_tried_without_being_logged(console):
    count = console.store.count()
    document = console.client.get(f"/console/try.json?q={ASKED}&release=2").json()
    assert document["trial"]["decision"]["text"] == "turn off the lamp"
    assert document["other"]["decision"]["text"] == ASKED
    chosen = document["trial"]["candidates"][0]
    assert (chosen["text"], chosen["refused"]) == ("turn off the lamp", None)
    assert chosen["features"]["heard_before"] > 0
    assert abs(sum(one["probability"] for one in document["trial"]["candidates"]) - 1) < 1e-6
    assert console.store.count() == count


def test_an_undo_that_nobody_signed_is_not_offered(console):
    page = console.client.get("/console/taught?notice=forgotten&undo=e30.00")
    assert "Forgotten." in page.text
    assert page.text.partition('class="notice"')[2].partition("</div>")[0].count("<form") == 0
    assert form_token(page)


def test_only_the_session_that_acted_can_undo_from_the_address(console, post):
    answer = post("taught", action="teach", user="ann", phrase="bed time", means="turn off the lamp")
    address = f"/console/{answer.headers['location']}"
    assert "Undo" in console.client.get(address).text
    console.client.cookies.clear()
    assert "Undo" not in console.client.get(address).text
