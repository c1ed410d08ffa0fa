"""What users report on purpose is the strongest evidence: the judge and the labels follow it."""

import msgspec
import pytest

from sayagain.labels import UNKNOWN, infer_labels
from sayagain.learning.learn import learn
from sayagain.turns import FeedbackReport, Session


def rated(turn, value, kind="thumbs"):
    return msgspec.structs.replace(turn, feedback=(FeedbackReport(kind=kind, value=value),))


@pytest.mark.parametrize("kind", ["thumbs", "helped", "rating"])
def test_turns_that_users_rated_badly_are_defects_and_those_rated_well_are_not(worlds, kind):
    log = [
        rated(turn, float(number % 2), kind) if turn.request == "turn on the lamp" else turn
        for number, turn in enumerate(worlds.misheard(users=12))
    ]
    judged = {judgement.turn_id: judgement for judgement in learn(log).judgements}
    bad = [judged[turn.turn_id] for turn in log if turn.feedback and turn.feedback[0].value == 0]
    good = [judged[turn.turn_id] for turn in log if turn.feedback and turn.feedback[0].value == 1]
    assert bad
    assert good
    assert all(judgement.p_defect > 0.9 and judgement.defect for judgement in bad)
    assert all(judgement.p_defect < 0.1 and not judgement.defect for judgement in good)


def test_a_rating_is_a_label(worlds):
    turn = worlds.answered("t", "turn on the lamp", 0)
    well, badly = (infer_labels(Session(session_id="s", turns=(rated(turn, value),)))[0] for value in (1.0, 0.0))
    assert (well.hypothesis, badly.hypothesis) == (turn.understood, UNKNOWN)


def test_a_log_of_one_session_leaves_nothing_to_compare_the_judges_on(worlds):
    log = [msgspec.structs.replace(turn, session_id="s") for turn in worlds.misheard(users=40)]
    assert learn(log).manifest.judging.get("agreement_learnt") is None
