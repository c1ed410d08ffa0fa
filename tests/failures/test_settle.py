import pytest

from sayagain.failures import FAILURE_POINTS, Isolation
from sayagain.failures.settle import settle
from sayagain.labels import Judgement


def isolation(p_defect, stage="correct"):
    probabilities = dict(zip(FAILURE_POINTS, (1 - p_defect, 0.0, 0.2 * p_defect, 0.8 * p_defect, 0, 0), strict=True))
    return Isolation(turn_id="t", stage=stage, probabilities=probabilities)


def judged(p):
    return Judgement(turn_id="t", p_defect=p, defect=p >= 0.5)


@pytest.mark.parametrize(
    ("isolator", "judge", "stage"),
    [
        (0.9, 0.9, "nlu"),
        (0.1, 0.1, "correct"),
        # The surer one has its way.
        (0.4, 0.9, "nlu"),
        (0.9, 0.3, "nlu"),
        (0.6, 0.1, "correct"),
        (0.05, 0.5, "correct"),
        # Nobody can be so sure that the other does not count.
        (0.0, 0.99, "nlu"),
    ],
)
def test_two_opinions_are_pooled_on_whether_and_the_isolator_says_where(isolator, judge, stage):
    settled = settle(isolation(isolator), judged(judge))
    assert (settled.stage == "correct") == (stage == "correct")
    assert min(isolator, judge) - 0.03 <= settled.p_defect <= max(isolator, judge) + 0.03
    assert sum(settled.probabilities.values()) == pytest.approx(1)
    if isolator:
        assert settled.stage == stage
        assert settled.probabilities["nlu"] == pytest.approx(0.8 * settled.p_defect)


def test_without_a_judgement_the_isolator_decides():
    opinion = isolation(0.4)
    assert settle(opinion, None) is opinion


def test_an_isolator_that_sees_no_failure_shares_it_out_evenly():
    settled = settle(isolation(0.0), judged(1.0))
    assert settled.probabilities["asr"] == pytest.approx(settled.p_defect / 5)


def test_on_a_log_that_the_isolator_does_not_fit_the_judge_says_whether_and_the_isolator_where():
    settled = settle(isolation(0.99), judged(0.3), believed=False)
    assert (settled.stage, settled.p_defect) == ("correct", pytest.approx(0.3))
    settled = settle(isolation(0.01), judged(0.9), believed=False)
    assert (settled.stage, settled.p_defect) == ("nlu", pytest.approx(0.9))
    assert settled.probabilities["nlu"] == pytest.approx(0.72)
