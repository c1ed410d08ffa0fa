import pytest

from sayagain.failures import FAILURE_POINTS, Isolation
from sayagain.failures.settle import settle
from sayagain.labels import Judgement

OPINION = Isolation(
    turn_id="t",
    stage="correct",
    probabilities=dict(zip(FAILURE_POINTS, (0.5, 0.0, 0.1, 0.3, 0.05, 0.05), strict=True)),
)


@pytest.mark.parametrize(("p", "defect", "stage"), [(0.8, True, "nlu"), (0.4, True, "nlu"), (0.4, False, "correct")])
def test_the_judge_says_whether_and_the_isolator_where(p, defect, stage):
    settled = settle(OPINION, Judgement(turn_id="t", p_defect=p, defect=defect))
    assert settled.stage == stage
    assert settled.p_defect == pytest.approx(p)
    assert settled.probabilities["nlu"] == pytest.approx(0.6 * p)
    assert sum(settled.probabilities.values()) == pytest.approx(1)


def test_without_a_judgement_the_isolator_decides():
    assert settle(OPINION, None) is OPINION


def test_an_isolator_that_sees_no_failure_shares_it_out_evenly():
    sure = Isolation(turn_id="t", stage="correct", probabilities={"correct": 1.0})
    settled = settle(sure, Judgement(turn_id="t", p_defect=0.5, defect=True))
    assert settled.probabilities["asr"] == pytest.approx(0.1)
