import numpy as np
import pytest

from sayagain.models.training.likeness import likeness

pytestmark = pytest.mark.train


def test_equal_is_equal():
    same = np.random.default_rng(1).normal(size=(3, 4, 5))
    comparison = likeness(same, same)
    assert (comparison.difference, comparison.cosine, comparison.agreement) == (0, pytest.approx(1), 1)


def test_what_a_mask_rules_out_does_not_hide_the_rest():
    reference, output = np.array([[1.0, 2.0, -1e4]]), np.array([[2.0, 1.0, -1e4]])
    comparison = likeness(reference, output)
    assert (comparison.difference, comparison.cosine, comparison.agreement) == (1, pytest.approx(0.8), 0)


def test_a_mask_that_rules_out_otherwise_is_seen():
    reference, output = np.array([[1.0, -1e4], [1.0, -1e4]]), np.array([[1.0, 3.0], [1.0, -1e4]])
    assert likeness(reference, output).agreement == 0.5


def test_of_two_as_high_either_will_do():
    assert likeness(np.array([[1.0, 1.0]]), np.array([[1.0, 1.0 + 1e-7]])).agreement == 1


def test_an_encoder_is_compared_by_its_pooled_vectors():
    reference = np.array([[[1.0, 0.0], [0.0, 1.0]]])
    output = reference[:, ::-1]
    assert likeness(reference, output, pooling="mean").cosine == pytest.approx(1)
    assert likeness(reference, output, pooling="first").cosine == 0


def test_another_shape_is_as_unlike_as_can_be():
    comparison = likeness(np.ones((1, 2)), np.ones((1, 3)))
    assert (comparison.difference, comparison.cosine, comparison.agreement) == (float("inf"), -1, 0)


def test_nothing_is_like_nothing():
    assert likeness(np.zeros((1, 0)), np.zeros((1, 0))).cosine == 1
    assert likeness(np.zeros((1, 2)), np.zeros((1, 2))).cosine == 1
    assert likeness(np.zeros((1, 2)), np.ones((1, 2))).cosine == 0
