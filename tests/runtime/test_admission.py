"""Proposals of another source than a release: withdrawals, holdout, blocklist and live evidence hold for them."""

import msgspec
import pytest

from sayagain import Learner
from sayagain.languages import language_codes
from sayagain.learner.rewrite_review import approve_rewrite
from sayagain.runtime import COLD_START, DO_NOTHING, Proposal, does_nothing, words_for_nothing
from sayagain.runtime.admission import is_proposal_id, proposal_id
from sayagain.runtime.decider import words_id
from sayagain.turns import AppliedRewrite, FeedbackReport, Response, Turn

DONE = Response(text="Done", type="action_done")
MADE = Proposal(text="lamp off", probability=0.9, why="they sound alike")
ASKED = Proposal(text="lamp off", probability=0.5, asks=True, why="it may be")
HARMFUL = msgspec.structs.replace(MADE, may_hold_out=False, otherwise=DO_NOTHING)
ID = proposal_id("lamp of", "lamp off")


def turn(number=0, **fields):
    return Turn(
        turn_id=f"t{number}", started=1_000_000 * (number + 1), request="lamp of", device_id="kitchen", **fields
    )


@pytest.fixture
def path(tmp_path):
    return tmp_path / "home.db"


@pytest.fixture
def learner(path):
    with Learner(path, holdout=0.0) as opened:
        yield opened


def live(learner, number, *, proposal=MADE, objects=False, answer=None, **fields):
    """Decide on a request as an agent does, log what came of it, and object to it or not; return the decision."""
    request = turn(number, **fields)
    decision = learner.rewrite(request, proposal=proposal)
    logged = msgspec.structs.replace(request, request=decision.text, applied_rewrite=decision.applied, response=DONE)
    if answer is not None:
        report = FeedbackReport(kind="helped", value=float(answer), at=request.started + 1)
        logged = msgspec.structs.replace(logged, feedback=(report,))
    learner.observe(logged)
    if objects:
        undo = msgspec.structs.replace(request, turn_id=f"u{number}", started=request.started + 4_000)
        learner.observe(msgspec.structs.replace(undo, request="undo that", response=DONE))
    return decision


def test_a_proposal_is_logged_under_its_own_layer(learner):
    decision = learner.rewrite(turn(), proposal=MADE)
    assert (decision.text, decision.layer, decision.rewrite_id) == ("lamp off", COLD_START, ID)
    assert (decision.probability, decision.propensity, decision.why) == (0.9, 1.0, "they sound alike")
    asked = learner.converse(turn(), proposal=ASKED)
    assert (asked.text, asked.ask, asked.layer, asked.rewrite_id) == ("lamp of", "lamp off", "leave", ID)


@pytest.mark.parametrize("proposal", [MADE, ASKED])
def test_what_was_withdrawn_is_neither_made_nor_asked_about_until_it_is_restored(learner, proposal):
    learner.withdraw(ID, "the lamp is gone")
    decision = learner.rewrite(turn(), proposal=proposal)
    assert (decision.changed, decision.ask, decision.text) == (False, None, "lamp of")
    assert decision.why == "left as it is: “lamp off” was withdrawn: the lamp is gone"
    learner.restore(ID)
    decision = learner.rewrite(turn(), proposal=proposal)
    assert "lamp off" in {decision.text, decision.ask}


def test_what_was_withdrawn_of_a_release_is_not_proposed_either(learner):
    learner.withdraw(words_id("lamp of", "lamp off"), "the lamp is gone")
    assert not learner.rewrite(turn(), proposal=MADE).changed


def test_who_objected_to_the_same_words_of_a_release_is_asked_first(learner):
    learnt = words_id("lamp of", "lamp off")
    request = turn(0, user_id="ann")
    applied = AppliedRewrite(id=learnt, source="lamp of", target="lamp off", layer="table", release=1)
    learner.observe(msgspec.structs.replace(request, request="lamp off", applied_rewrite=applied, response=DONE))
    undo = msgspec.structs.replace(request, turn_id="u", started=request.started + 4_000, request="undo that")
    learner.observe(undo)
    for user, ask in (("ann", "lamp off"), ("bob", None)):
        decision = learner.rewrite(turn(1, user_id=user), proposal=MADE)
        assert (decision.ask, decision.rewrite_id) == (ask, ID)


def test_what_would_do_harm_as_it_is_comes_to_nothing_where_the_proposal_is_refused(learner):
    learner.withdraw(ID, "the lamp is gone")
    decision = learner.rewrite(turn(), proposal=HARMFUL)
    assert (decision.text, decision.layer, decision.rewrite_id) == (DO_NOTHING, COLD_START, None)


def test_blocked_words_hold_for_proposals(path):
    with Learner(path, blocked=["off"]) as learner:
        decision = learner.rewrite(turn(), proposal=MADE)
    assert (decision.changed, decision.why) == (
        False,
        'left as it is: “lamp off” was refused: "off" is on the blocklist',
    )


def test_a_share_is_kept_back_and_logged_with_its_propensity(path):
    with Learner(path, holdout=0.25) as learner:
        decisions = [learner.rewrite(turn(number), proposal=MADE) for number in range(400)]
        kept = [decision for decision in decisions if decision.arm == "holdout"]
        assert 60 < len(kept) < 140
        assert {(one.text, one.propensity, one.changed, one.rewrite_id) for one in kept} == {
            ("lamp of", 0.25, False, ID)
        }
        assert {decision.propensity for decision in decisions if decision.changed} == {0.75}
        assert {learner.rewrite(turn(number), proposal=HARMFUL).arm for number in range(40)} == {None}
        assert {learner.rewrite(turn(number), proposal=ASKED).ask for number in range(40)} == {"lamp off"}


def test_what_goes_wrong_is_asked_about_then_withdrawn_also_after_a_restart(path):
    with Learner(path, holdout=0.0) as learner:
        assert live(learner, 0, objects=True).changed
        second = live(learner, 1, answer=False)
        assert (second.changed, second.ask, second.rewrite_id) == (False, "lamp off", ID)
        assert list(learner.store.withdrawn()) == [ID]
    with Learner(path, holdout=0.0) as learner:
        third = learner.rewrite(turn(2), proposal=MADE)
        assert (third.changed, third.ask) == (False, None)
        assert "was withdrawn: the user objected to it" in third.why
        assert approve_rewrite(learner, ID)
        assert learner.rewrite(turn(3), proposal=MADE).changed


def test_a_question_is_no_longer_asked_after_three_yeses_or_two_noes(learner):
    for number in range(3):
        assert live(learner, number, proposal=ASKED, answer=True).ask == "lamp off"
    confirmed = learner.rewrite(turn(4), proposal=ASKED)
    assert (confirmed.text, confirmed.ask, confirmed.layer) == ("lamp off", None, "confirmed")
    each_time = msgspec.structs.replace(ASKED, ask_each_time=True)
    assert learner.rewrite(turn(5), proposal=each_time).ask == "lamp off"
    fan = msgspec.structs.replace(ASKED, text="fan off", otherwise=DO_NOTHING)
    for number in range(10, 12):
        assert live(learner, number, proposal=fan, answer=False).ask == "fan off"
    declined = learner.rewrite(turn(13), proposal=fan)
    assert (declined.text, declined.ask) == (DO_NOTHING, None)


def test_doing_nothing_is_withdrawn_by_a_person_alone(learner):
    nothing = Proposal(text=DO_NOTHING, probability=1.0, may_hold_out=False, otherwise=DO_NOTHING, why="it says not to")
    for number in range(4):
        assert live(learner, number, proposal=nothing, objects=True).text == DO_NOTHING
    assert learner.store.withdrawn() == {}


def test_one_home_withdraws_a_rewrite_from_itself_alone(learner):
    live(learner, 0, objects=True, home="flat")
    live(learner, 1, answer=False, home="flat")
    assert not learner.rewrite(turn(2, home="flat"), proposal=MADE).changed
    assert learner.rewrite(turn(3, home="hut"), proposal=MADE).changed


def test_what_was_taught_or_kept_back_comes_before_a_proposal(learner):
    learner.teach("lamp of", means="dim the lamp", device="kitchen")
    assert learner.rewrite(turn(), proposal=MADE).text == "dim the lamp"


def test_rewrites_and_explain_tell_of_them_before_there_is_a_release(learner):
    for number in range(3):
        live(learner, number)
    [line] = learner.rewrites()
    assert (line.heard, line.text, line.layer, line.rewrite_id) == ("lamp of", "lamp off", COLD_START, ID)
    assert (line.times, line.live.complaints) == (3, 0)
    said = " ".join(learner.explain("t0").sentences)
    assert "It was rewritten to “lamp off” (layer cold start)." in said
    assert "The cold start would now pass on “lamp off”" in said
    learner.withdraw(ID, "the lamp is gone")
    said = " ".join(learner.explain("t0").sentences)
    assert "It would now be left as it is: “lamp off” was withdrawn: the lamp is gone." in said
    assert "It was withdrawn: the lamp is gone." in said
    [line] = learner.rewrites()
    assert line.why == "it was withdrawn: the lamp is gone"


def test_a_confirmed_question_is_listed(learner):
    request = turn(0)
    asked = learner.rewrite(request, proposal=ASKED)
    applied = msgspec.structs.replace(asked.applied, target=asked.ask, layer=asked.ask_layer)
    report = FeedbackReport(kind="helped", value=1.0, at=request.started)
    learner.observe(
        msgspec.structs.replace(request, request=asked.ask, applied_rewrite=applied, feedback=(report,), response=DONE)
    )
    assert [(line.text, line.rewrite_id) for line in learner.rewrites()] == [("lamp off", ID)]


def test_an_id_tells_that_it_was_proposed():
    assert is_proposal_id(ID)
    assert not is_proposal_id(words_id("lamp of", "lamp off"))
    assert proposal_id("licht as", "licht aus", language="de") != proposal_id("licht as", "licht aus", language="nl")


@pytest.mark.parametrize("code", language_codes())
def test_what_does_nothing_is_said_in_the_language_of_the_turn_and_home_assistant_knows_it(code):
    words = words_for_nothing(code)
    assert does_nothing(words, code)
    assert not does_nothing("lamp on", code)
    hassil = pytest.importorskip("hassil")
    templates = pytest.importorskip("home_assistant_intents").get_intents(code)
    templates["intents"] = {"HassNevermind": templates["intents"]["HassNevermind"]}
    assert hassil.recognize(words, hassil.Intents.from_dict(templates)) is not None
