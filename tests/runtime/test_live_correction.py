"""A rewrite that users object to is asked about, then withdrawn, while the service runs."""

import msgspec
import pytest

from sayagain import Learner
from sayagain.errors import InputError
from sayagain.learning.learn import LearnSettings, learn
from sayagain.releases.release import write_release
from sayagain.turns import Action, AppliedRewrite, FeedbackReport, Response, Turn

NOW = 1_767_225_600_000
MINUTE = 60_000
HOUR = 60 * MINUTE
ASKED, ANSWER = "turn of the lamp", "turn off the lamp"
DONE = Response(text="Turned off the lamp", type="action_done")


@pytest.fixture
def home(tmp_path, worlds):
    """A learner whose release rewrites `ASKED`; learnt from many users, or as if from one home."""

    def opened(*, people=40):
        learner = Learner(tmp_path / "home.db")
        learnt = learn(worlds.misheard(users=40), LearnSettings(holdout=0.0))
        counts = {**learnt.manifest.counts, "users": people}
        release = write_release(learner.releases, msgspec.structs.replace(learnt.manifest, counts=counts), learnt.files)
        learner.store.set_release_in_use(release.number)
        return learner

    return opened


def say(learner, at, *, user=None):
    """Say `ASKED`, have it done, and return the decision and the turn's id."""
    turn = Turn(turn_id=f"t{at}", started=NOW + at, request=ASKED, user_id=user, device_id="d")
    decision = learner.rewrite(turn)
    done = msgspec.structs.replace(turn, request=decision.text, response=DONE, actions=(Action(target="light.lamp"),))
    learner.observe(done, decision)
    return decision, turn.turn_id


def object_to(learner, at, *, user=None):
    learner.observe(
        Turn(turn_id=f"o{at}", started=NOW + at, request="that's not what I meant", user_id=user, device_id="d")
    )


def test_in_one_home_a_single_objection_makes_it_a_question(home):
    with home(people=1) as learner:
        assert say(learner, 0)[0].text == ANSWER
        object_to(learner, 5_000)
        decision, _ = say(learner, HOUR)
        assert (decision.text, decision.ask, decision.changed) == (ASKED, ANSWER, False)
        assert "the user objected" in decision.why


def test_a_second_objection_withdraws_it_and_it_can_be_restored(home):
    with home(people=1) as learner:
        decision, _ = say(learner, 0)
        object_to(learner, 5_000)
        _, asked = say(learner, HOUR)
        learner.feedback(asked, FeedbackReport(kind="helped", value=0.0))
        assert [one.rewrite_id for one in learner.withdrawals()] == [decision.rewrite_id]
        later, _ = say(learner, 2 * HOUR)
        assert (later.changed, later.ask, "withdrawn" in later.why) == (False, None, True)
        assert any("withdrawn" in sentence for sentence in learner.explain("t0").sentences)
        learner.restore(decision.rewrite_id)
        assert say(learner, 3 * HOUR)[0].text == ANSWER
        with pytest.raises(InputError, match="is not withdrawn"):
            learner.restore(decision.rewrite_id)


def test_late_thumbs_down_counts_against_the_rewrite(home):
    with home(people=1) as learner:
        _, turn_id = say(learner, 0)
        learner.feedback(turn_id, FeedbackReport(kind="thumbs", value=0.0))
        assert say(learner, HOUR)[0].ask == ANSWER


def test_late_feedback_does_not_undo_an_objection_that_was_already_heard(home):
    with home(people=1) as learner:
        decision, turn_id = say(learner, 0)
        object_to(learner, 5_000)
        learner.feedback(turn_id, FeedbackReport(kind="rating", value=0.5))
        (kept,) = learner.store.outcomes(decision.rewrite_id)
        assert kept.complaint is not None
        assert say(learner, HOUR)[0].ask == ANSWER


def test_one_users_objection_binds_that_user_alone_where_many_share_the_rewrite(home):
    with home() as learner:
        say(learner, 0, user="ann")
        object_to(learner, 5_000, user="ann")
        assert say(learner, HOUR, user="ann")[0].ask == ANSWER
        assert say(learner, HOUR, user="bob")[0].text == ANSWER
        assert learner.withdrawals() == []


def test_many_users_objections_withdraw_it_from_everybody(home):
    with home() as learner:
        for number in range(12):
            say(learner, number * HOUR, user=f"u{number}")
            object_to(learner, number * HOUR + 5_000, user=f"u{number}")
        assert len(learner.withdrawals()) == 1
        assert say(learner, 50 * HOUR, user="somebody")[0].changed is False


def test_one_users_many_objections_withdraw_it_from_nobody_else(home):
    with home() as learner:
        for number in range(5):
            say(learner, number * HOUR, user=f"u{number}")
        forged = say(learner, 10 * HOUR, user="mallory")[0].applied
        for number in range(60):
            learner.observe(
                Turn(
                    turn_id=f"forged{number}",
                    started=NOW + number * HOUR,
                    request=ANSWER,
                    user_id="mallory",
                    device_id="d",
                    response=DONE,
                    applied_rewrite=forged,
                    feedback=(FeedbackReport(kind="thumbs", value=0.0),),
                )
            )
        assert learner.withdrawals() == []
        assert say(learner, 99 * HOUR, user="somebody")[0].text == ANSWER


@pytest.mark.parametrize(("asked", "withdrawn"), [("words never heard", False), ("turn on the lamp", True)])
def test_words_that_worked_before_they_were_rewritten_are_given_back_sooner(asked, withdrawn, home):
    """Half of the users object; that is withdrawn at once only where the words alone did better."""
    applied = AppliedRewrite(id="r", source=asked, target=ANSWER, layer="table", release=1)
    with home() as learner:
        for number in range(6):
            at, user = number * HOUR, f"u{number}"
            turn = Turn(turn_id=f"t{at}", started=NOW + at, request=ANSWER, user_id=user, device_id="d", response=DONE)
            learner.observe(msgspec.structs.replace(turn, applied_rewrite=applied))
            if number % 2:
                object_to(learner, at + 5_000, user=user)
        assert bool(learner.withdrawals()) == withdrawn


def test_an_unknown_speakers_objection_counts_however_many_others_are_heard_after_it(home):
    with home() as learner:
        say(learner, 0)
        object_to(learner, 5_000)
        for number in range(1, 40):
            say(learner, number * HOUR, user=f"u{number}")
        assert say(learner, 50 * HOUR)[0].ask == ANSWER


def test_what_is_left_in_peace_goes_on(home):
    with home(people=1) as learner:
        assert {say(learner, number * HOUR)[0].text for number in range(20)} == {ANSWER}
        (line,) = [one for one in learner.rewrites() if one.heard == ASKED]
        assert (round(line.live.good), round(line.live.bad), line.live.complaints) == (18, 2, 0)


def test_forgetting_a_user_forgets_the_objections(home):
    with home() as learner:
        decision, _ = say(learner, 0, user="ann")
        object_to(learner, 5_000, user="ann")
        learner.forget("ann")
        assert learner.store.outcomes(decision.rewrite_id) == []
