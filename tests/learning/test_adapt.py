"""An opinion that is off the scale is brought to the log's; it counts where it knows something, and never backwards."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from sayagain.labels.judge.calibration import log_odds
from sayagain.learning.adapt import adapt_judge

TURNS = 2_000


@pytest.fixture(scope="module")
def log():
    """Defects, two opinions that err independently of each other, what is seen of the turns, and whose they are."""
    random = np.random.default_rng(3)
    defect = random.random(TURNS) < 0.25
    odds = np.where(defect, 1.0, -1.0)
    learnt = 1 / (1 + np.exp(-(odds + random.normal(size=TURNS) - 1)))
    other = 1 / (1 + np.exp(-(odds + random.normal(size=TURNS) + 4)))
    seen = np.column_stack([odds + random.normal(size=TURNS), random.normal(size=TURNS)])
    users = [f"user {at % 40}" for at in range(TURNS)]
    return defect, learnt, other, seen, users


def off(defect, p):
    """How far the share of defects lies from what was said, in the mean."""
    return abs(float(p.mean()) - float(defect.mean()))


def test_two_opinions_that_err_apart_are_better_than_each(log):
    defect, learnt, other, seen, users = log
    both = adapt_judge(other, learnt, seen, users, seed=1)
    assert roc_auc_score(defect, both) > max(roc_auc_score(defect, learnt), roc_auc_score(defect, other))


def test_an_opinion_far_too_sure_is_brought_to_the_scale_of_the_log(log):
    defect, learnt, other, seen, users = log
    assert off(defect, other) > 0.4
    assert off(defect, adapt_judge(other, learnt, seen, users, seed=1)) < 0.1


def test_an_opinion_that_runs_backwards_is_left_out(log):
    _, learnt, other, _, users = log
    blind = np.zeros((TURNS, 1))
    p = adapt_judge(1 - other, learnt, blind, users, seed=1)
    assert np.allclose(log_odds(p), log_odds(learnt), atol=0.05)


def test_no_user_s_own_turns_teach_the_student(log):
    """What the shipped judge says of one user's turns alone moves nothing that is said of that user by the student."""
    _, learnt, other, seen, users = log
    mine = np.array([user == "user 7" for user in users])
    changed = other.copy()
    changed[mine] = 1 - changed[mine]
    before = adapt_judge(other, learnt, seen, users, seed=1)
    after = adapt_judge(changed, learnt, seen, users, seed=1)
    # Only the common scale, fitted to all, may move: the order of this user's turns stays.
    moved = (log_odds(after) - log_odds(learnt))[mine]
    stayed = (log_odds(before) - log_odds(learnt))[mine]
    assert (np.argsort(moved, kind="stable") == np.argsort(stayed, kind="stable")).all()


def test_the_same_log_gives_the_same_opinions(log):
    _, learnt, other, seen, users = log
    assert (adapt_judge(other, learnt, seen, users, seed=1) == adapt_judge(other, learnt, seen, users, seed=1)).all()


def test_one_user_and_a_log_of_few_turns(log):
    _, learnt, other, seen, _ = log
    p = adapt_judge(other[:3], learnt[:3], seen[:3], ["u"] * 3, seed=1)
    assert ((p > 0) & (p < 1)).all()
