import math

import pytest
import torch
from torch.nn import functional

from sayagain.models.training import MISSING, cross_entropy, in_batch_negatives, span_loss

pytestmark = pytest.mark.train

LOGITS = torch.tensor([[[2.0, 0.0, -1.0], [0.5, 0.5, 0.0]], [[0.0, 3.0, 1.0], [1.0, 1.0, 1.0]]])


def test_it_is_torchs_own_where_every_label_is_there():
    labels = torch.tensor([[0, 1], [2, 0]])
    weights = torch.tensor([1.0, 2.0, 0.5])
    flat = (LOGITS.reshape(-1, 3), labels.reshape(-1))
    assert cross_entropy(LOGITS, labels).item() == pytest.approx(functional.cross_entropy(*flat).item())
    weighted = cross_entropy(LOGITS, labels, class_weights=weights).item()
    assert weighted == pytest.approx(functional.cross_entropy(*flat, weight=weights).item())


def test_an_item_without_a_label_has_no_gradient():
    labels, label = torch.tensor([[0, MISSING], [MISSING, MISSING]]), torch.tensor([0])
    assert cross_entropy(LOGITS, labels).item() == pytest.approx(cross_entropy(LOGITS[0, :1], label).item())
    logits = LOGITS.clone().requires_grad_()
    cross_entropy(logits, labels).backward()
    assert logits.grad[0, 0].any()
    assert not logits.grad[1].any()


def test_no_label_at_all_is_a_loss_of_nothing_that_can_still_be_brought_down():
    logits = LOGITS.clone().requires_grad_()
    loss = cross_entropy(logits, torch.full((2, 2), MISSING))
    loss.backward()
    assert loss.item() == 0
    assert not logits.grad.any()


def test_a_sure_probability_is_a_label_and_nan_is_none():
    hard = torch.tensor([[0, MISSING], [2, 1]])
    soft = functional.one_hot(hard.clamp(min=0), 3).float()
    soft[0, 1] = math.nan
    assert cross_entropy(LOGITS, soft).item() == pytest.approx(cross_entropy(LOGITS, hard).item())
    half = torch.tensor([[[0.5, 0.5, 0.0]]])
    mean = (cross_entropy(LOGITS[:1, :1], torch.tensor([[0]])) + cross_entropy(LOGITS[:1, :1], torch.tensor([[1]]))) / 2
    assert cross_entropy(LOGITS[:1, :1], half).item() == pytest.approx(mean.item())


def test_a_weight_of_two_is_the_item_twice():
    labels = torch.tensor([0, 1])
    twice = cross_entropy(LOGITS[[0, 0, 1], 0], torch.tensor([0, 0, 1])).item()
    assert cross_entropy(LOGITS[:, 0], labels, weights=torch.tensor([2.0, 1.0])).item() == pytest.approx(twice)


def test_an_unknown_span_adds_no_loss():
    start = torch.randn(2, 5)
    known = span_loss(start[:1], start[:1], torch.tensor([1]), torch.tensor([3])).item()
    both = span_loss(start, start, torch.tensor([1, MISSING]), torch.tensor([3, MISSING])).item()
    assert both == pytest.approx(known)


def test_partners_that_are_alike_cost_little_and_hard_negatives_cost_more():
    vectors = functional.normalize(torch.eye(4) + 0.1, dim=-1)
    right = in_batch_negatives(vectors, vectors).item()
    wrong = in_batch_negatives(vectors, vectors.flip(0)).item()
    harder = in_batch_negatives(vectors, torch.cat([vectors, vectors])).item()
    assert right < 0.01 < harder < wrong
