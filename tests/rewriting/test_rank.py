import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayagain.errors import ReleaseError
from sayagain.labels import UNKNOWN, Label
from sayagain.rewriting import rank
from sayagain.rewriting.candidates import Candidate
from sayagain.rewriting.features import CONTEXT, CONTEXT_SHARE, NAMES, SHARE
from sayagain.rewriting.rank import Ranker, fit_ranker, targets
from sayagain.turns import NOTHING, AppliedRewrite, Hypothesis, Nlu, Turn

ON, OFF = Hypothesis(intent="on"), Hypothesis(intent="off")
CANDIDATES = [
    Candidate(text="lamp on", hypothesis=ON, layer="leave", rank=0),
    Candidate(text="lamp on", hypothesis=NOTHING, layer="none"),
    Candidate(text="lamp off", hypothesis=OFF, layer="table"),
]


def turn(hypothesis=ON, **fields):
    return Turn(turn_id="t", started=0, request="lamp on", nlu=Nlu(ranking=(hypothesis,)), **fields)


def label(hypothesis, probability=0.8, weight=1.0):
    return Label(turn_id="t", hypothesis=hypothesis, provenance="x", probability=probability, weight=weight)


@pytest.mark.parametrize(
    ("given_label", "y", "weight"),
    [
        (None, [0, 0, 0], 0),
        (label(OFF), [0.2 / 3, 0.2 / 3, 0.8], 1),
        (label(ON, weight=0.5), [0.8, 0.2 / 3, 0.2 / 3], 0.5),
        (label(Hypothesis(intent="other")), [0, 0, 0], 0),
        (label(UNKNOWN, probability=0.85, weight=0.5), [0.05, 0.85, 0.05], 0.5),
    ],
)
def test_a_label_says_what_is_right_and_how_much_that_teaches(given_label, y, weight):
    found, taught = targets(turn(), CANDIDATES, given_label)
    assert found.tolist() == pytest.approx(y)
    assert taught == weight


def test_what_was_done_rightly_is_right_to_leave_whatever_was_expected_of_it():
    expected_nothing = [Candidate(text="lamp on", hypothesis=NOTHING, layer="leave", rank=0), CANDIDATES[2]]
    assert targets(turn(), expected_nothing, label(ON))[0].tolist() == pytest.approx([0.8, 0.1])
    applied = AppliedRewrite(id="r", source="lamb on", target="lamp on", layer="table")
    assert targets(turn(applied_rewrite=applied), expected_nothing, label(ON))[1] == 0


STARTS = st.lists(st.integers(1, 4), min_size=1, max_size=5)


@given(STARTS, st.booleans(), st.randoms(use_true_random=False))
def test_the_probabilities_of_one_turns_candidates_sum_to_1_without_any_model(sizes, table, dice):
    starts = [sum(sizes[:k]) for k in range(len(sizes))]
    rows = np.zeros((sum(sizes), len(NAMES)))
    rows[:, CONTEXT_SHARE] = np.nan
    rows[:, SHARE] = [dice.random() for _ in rows]
    p = Ranker("", "").probabilities(rows, starts, table=table)
    assert np.add.reduceat(p, starts) == pytest.approx(np.ones(len(sizes)))
    for low, size in zip(starts, sizes, strict=True):
        order = np.argsort(p[low : low + size])
        assert not table or (np.diff(rows[low : low + size, SHARE][order]) >= -1e-12).all()


def made(n=400):
    """Candidates of which the one is right that was heard often, whatever the assistant preferred."""
    dice = np.random.default_rng(1)
    rows = dice.random((2 * n, len(NAMES)))
    y = np.zeros(2 * n)
    y[::2] = rows[::2, NAMES.index("support")] > rows[1::2, NAMES.index("support")]
    y[1::2] = 1 - y[::2]
    return rows, y, np.ones(2 * n)


def test_a_ranker_learns_what_is_right_and_is_the_same_whenever_it_is_learnt():
    rows, y, weights = made()
    ranker = fit_ranker(rows, y, weights, seed=1)
    p = ranker.probabilities(rows, list(range(0, len(rows), 2)), table=False)
    assert ((p > 0.5) == (y > 0.5)).mean() > 0.9
    assert fit_ranker(rows, y, weights, seed=1).texts == ranker.texts
    assert fit_ranker(rows, y, weights, seed=2).texts != ranker.texts
    again = Ranker(*ranker.texts)
    assert np.array_equal(again.probabilities(rows, [0]), ranker.probabilities(rows, [0]))


def test_a_feature_that_is_added_is_not_seen_by_a_ranker_that_was_trained_before(monkeypatch):
    rows, y, weights = made()
    ranker = fit_ranker(rows, y, weights, seed=1)
    starts = list(range(0, len(rows), 2))
    before = ranker.probabilities(rows, starts, table=False)
    monkeypatch.setattr(rank, "_COLUMN", {name: place + 1 for name, place in rank._COLUMN.items()})
    wider = np.hstack([np.full((len(rows), 1), np.nan), rows])
    assert np.array_equal(Ranker(*ranker.texts).probabilities(wider, starts, table=False), before)


def test_a_ranker_of_before_features_were_named_goes_by_their_places():
    rows, y, weights = made()
    ranker = fit_ranker(rows, y, weights, seed=1)
    unnamed = [
        text.replace(
            f"feature_names={' '.join(names)}\n",
            f"feature_names={' '.join(map('Column_{}'.format, range(len(names))))}\n",
        )
        for text, names in zip(ranker.texts, (rank._WITH, rank._WITHOUT), strict=True)
    ]
    assert unnamed != list(ranker.texts)
    assert np.array_equal(Ranker(*unnamed).probabilities(rows, [0]), ranker.probabilities(rows, [0]))


def test_a_ranker_of_a_newer_version_is_refused_in_one_sentence():
    ranker = fit_ranker(*made(), seed=1)
    newer = [text.replace(" margin ", " pulse ", 1) for text in ranker.texts]
    with pytest.raises(ReleaseError, match="the ranker takes pulse, which this version lacks; upgrade sayagain"):
        Ranker(*newer)


def test_one_of_the_models_does_not_see_what_the_assistant_preferred():
    rows, _, weights = made()
    best = NAMES.index("is_best")
    rows[:, best] = [1, 0] * (len(rows) // 2)
    ranker = fit_ranker(rows, rows[:, best], weights, seed=1)
    unsure = Ranker("", ranker.texts[1]).probabilities(rows, list(range(0, len(rows), 2)), table=False)
    sure = Ranker(ranker.texts[0], "").probabilities(rows, list(range(0, len(rows), 2)), table=False)
    assert sure[::2].mean() > 0.7
    assert sure[::2].mean() > unsure[::2].mean() + 0.15


def test_what_no_label_speaks_of_teaches_nothing():
    rows, y, weights = made()
    noise = np.vstack([rows, rows])
    ranker = fit_ranker(noise, np.concatenate([y, 1 - y]), np.concatenate([weights, np.zeros(len(weights))]), seed=1)
    assert ranker.texts == fit_ranker(rows, y, weights, seed=1).texts


def test_too_little_to_learn_from_leaves_the_table():
    rows, y, weights = made(20)
    assert fit_ranker(rows, y, weights, seed=1).texts == ("", "")


@pytest.mark.parametrize("ambiguous", [False, True])
def test_a_log_without_ambiguous_requests_teaches_nothing_of_context(ambiguous):
    dice = np.random.default_rng(3)
    rows = dice.random((400, len(NAMES)))
    if not ambiguous:
        rows[:, [NAMES.index(name) for name in CONTEXT]] = np.nan
    ranker = fit_ranker(rows, dice.random(400), np.ones(400), seed=1, rounds=5)
    assert all(("context_share" in text) is ambiguous for text in ranker.texts)
