import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sayagain.feedback import detect
from sayagain.labels import infer_labels
from sayagain.learning.batch import Batch, stack
from sayagain.learning.count import count
from sayagain.learning.judge import UNLIKELY, Judge, best_threshold, evidence, learn_judge
from sayagain.rewriting.candidates import Candidate
from sayagain.rewriting.features import NAMES
from sayagain.rewriting.lexicon import fold
from sayagain.turns import NOTHING, Hypothesis, fitting_unit, sessions


@pytest.fixture(scope="module")
def seen(worlds):
    log = sessions(worlds.noisy(users=40))
    labelled = [(session, infer_labels(session)) for session in log]
    batch = stack(labelled, count(labelled).view, "read")
    users = [fitting_unit(session) for session in log for _ in session.turns]
    return batch, users, evidence(batch, [detect(session) for session in log], log), log


def test_what_was_read_as_nothing_or_in_part_is_called_a_defect_more_often(seen):
    batch, users, rows, log = seen
    judge, p = learn_judge(batch, users, rows, seed=1)
    assert ((p >= 0) & (p <= 1)).all()
    turns = [turn for session in log for turn in session.turns]
    nothing = np.array([turn.understood.empty for turn in turns])
    assert p[nothing].mean() > p[~nothing].mean() + 0.2
    assert (p[nothing] >= judge.threshold).mean() > 0.9
    assert judge.threshold == best_threshold(p)


@settings(max_examples=60)
@given(st.lists(st.floats(0.01, 1), min_size=1, max_size=12))
def test_no_other_threshold_has_a_larger_expected_f1(p):
    p = np.array(p)

    def f1(threshold):
        flagged = p >= threshold
        return 2 * p[flagged].sum() / (flagged.sum() + p.sum())

    allowed = [UNLIKELY, *(threshold for threshold in p if threshold >= UNLIKELY)]
    assert best_threshold(p) >= UNLIKELY
    assert f1(best_threshold(p)) == pytest.approx(max(f1(threshold) for threshold in allowed))


def test_in_a_log_without_defects_nothing_is_called_one():
    assert not (np.array([0.2, 0.1, 0.1]) >= best_threshold(np.array([0.2, 0.1, 0.1]))).any()


def test_the_first_opinion_of_a_user_is_not_taught_by_that_users_labels(seen):
    batch, users, rows, _ = seen
    mine = np.array([fold(user) == 0 for user in users])
    of_row = np.repeat(mine, np.diff([*batch.starts, len(batch.rows)]))
    spoilt = Batch(
        rows=batch.rows,
        y=np.where(of_row, 1 - batch.y, batch.y),
        weights=batch.weights,
        starts=batch.starts,
        candidates=batch.candidates,
    )
    # Without anything seen afterwards, the second opinion is one number for all turns.
    _, p = learn_judge(batch, users, np.zeros((len(rows), 1)), seed=1)
    _, q = learn_judge(spoilt, users, np.zeros((len(rows), 1)), seed=1)
    assert np.ptp((p - q)[mine]) < 1e-9
    assert np.ptp((p - q)[~mine]) > 1e-3


def test_turns_that_came_later_are_judged_alike(seen):
    batch, users, rows, _ = seen
    judge, p = learn_judge(batch, users, rows, seed=1)
    again = judge.probabilities(batch, rows)
    assert np.corrcoef(p, again)[0, 1] > 0.8


def small(*parts):
    """Turns with one candidate beside what was read: the reading, P(it is right) by its label, the label's weight."""
    return Batch(
        rows=np.zeros((2 * len(parts), len(NAMES))),
        y=np.array([p for _, right, _ in parts for p in (right, 1 - right)]),
        weights=np.array([w for *_, weight in parts for w in (weight, weight)]),
        starts=list(range(0, 2 * len(parts), 2)),
        candidates=[
            [Candidate(text="x", hypothesis=each, layer="leave") for each in (hypothesis, Hypothesis(intent="other"))]
            for hypothesis, *_ in parts
        ],
    )


def test_with_too_few_turns_for_models_the_labels_speak():
    on = Hypothesis(intent="on")
    batch = small((on, 0.8, 1), (on, 0.1, 1), (on, 0.1, 0), (NOTHING, 0.1, 0), (on, 0.3, 0.5))
    judge, p = learn_judge(batch, list("abcde"), np.zeros((5, 3)), seed=1)
    assert judge == Judge(ranker=("", ""), model="", threshold=0.5)
    assert p.tolist() == pytest.approx([0.2, 0.9, 0.2, 0.8, 0.45])
    assert judge.probabilities(batch, np.zeros((5, 3))).tolist() == pytest.approx(p.tolist())
