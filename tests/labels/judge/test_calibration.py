import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.isotonic import IsotonicRegression

from sayagain.labels.judge.calibration import ENOUGH, calibration, temperature

probabilities = st.integers(1, 60).flatmap(
    lambda n: st.tuples(
        arrays(np.float64, n, elements=st.sampled_from(np.linspace(0, 1, 11).tolist())), arrays(np.bool_, n)
    )
)


@given(probabilities)
def test_the_staircase_is_that_of_isotonic_regression(predictions):
    p, truth = predictions
    calibrate = calibration(p, truth, ["tv"] * len(p))
    oracle = IsotonicRegression().fit(p, truth.astype(float))
    np.testing.assert_allclose(calibrate(p, ["tv"] * len(p)), oracle.predict(p), atol=1e-9)


@given(probabilities)
def test_more_likely_stays_more_likely(predictions):
    p, truth = predictions
    calibrated = calibration(p, truth, ["tv"] * len(p))(np.sort(p), ["tv"] * len(p))
    assert (np.diff(calibrated) >= 0).all()


def test_a_domain_with_enough_turns_has_a_staircase_of_its_own_and_others_share_one():
    p = np.full(2 * ENOUGH, 0.5)
    truth = np.arange(2 * ENOUGH) < ENOUGH
    domains = ["light"] * ENOUGH + ["tv"] * (ENOUGH - 1) + ["door"]
    calibrate = calibration(p, truth, domains)
    assert calibrate(np.array([0.5, 0.5, 0.5]), ["light", "tv", "never seen"]).tolist() == [1.0, 0.5, 0.5]


def test_a_head_that_is_too_sure_is_cooled_and_one_too_timid_is_warmed():
    rng = np.random.default_rng(1)
    logits = rng.normal(size=(4000, 2))
    p = 1 / (1 + np.exp(logits[:, 0] - logits[:, 1]))
    classes = (rng.random(4000) < p).astype(int)
    assert 2.5 < temperature(3 * logits, classes) < 3.6
    assert 0.25 < temperature(logits / 3, classes) < 0.42


def test_without_labels_nothing_is_scaled():
    assert temperature(np.zeros((0, 2)), np.zeros(0, int)) == 1.0
