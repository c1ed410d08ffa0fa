import numpy as np
import pytest
import torch

from sayagain.models import Categories
from sayagain.models.training import FieldVectors

pytestmark = pytest.mark.train

NUMBERS = np.array([[1.0, np.nan, 5.0], [3.0, np.nan, 5.0], [np.nan, np.nan, 5.0]])


def test_numbers_are_scaled_by_what_was_there_and_say_whether_they_were():
    vectors = FieldVectors(numbers=NUMBERS)(torch.zeros(3, 0, dtype=torch.long), torch.tensor(NUMBERS).float())
    values, missing = vectors[:, :3], vectors[:, 3:]
    assert values.tolist() == [[-1, 0, 0], [1, 0, 0], [0, 0, 0]]
    assert missing.tolist() == [[0, 1, 0], [0, 1, 0], [1, 1, 0]]


def test_a_number_far_outside_is_held():
    vectors = FieldVectors(numbers=NUMBERS)(torch.zeros(1, 0, dtype=torch.long), torch.tensor([[1e9, 0.0, -1e9]]))
    assert vectors[0, 0] == 8
    assert vectors[0, 2] == -8


def test_nothing_flows_back_through_what_is_missing():
    numbers = torch.tensor([[float("nan"), 2.0]], requires_grad=True)
    FieldVectors(numbers=2)(torch.zeros(1, 0, dtype=torch.long), numbers).sum().backward()
    assert numbers.grad.isfinite().all()


def test_categories_are_embedded_beside_them():
    records = [{"domain": "light", "kind": None}, {"domain": "music", "kind": "done"}]
    fields = Categories.of(records)
    network = FieldVectors(fields.sizes, width=4, numbers=1)
    vectors = network(torch.from_numpy(fields.codes(records)), torch.tensor([[0.5], [0.5]]))
    assert vectors.shape == (2, network.size) == (2, 10)
    assert (vectors[0, :8] != vectors[1, :8]).all()
    assert (vectors[0, 8:] == vectors[1, 8:]).all()


def test_a_number_that_training_never_had_says_nothing():
    numbers = np.array([[1.0, np.nan], [2.0, np.nan], [3.0, np.nan]])
    fields = FieldVectors(numbers=numbers)
    codes = torch.zeros(1, 0, dtype=torch.long)
    missing, present = (fields(codes, torch.tensor([[2.0, value]])) for value in (float("nan"), 5.0))
    assert torch.equal(missing, present)
    other = fields(codes, torch.tensor([[3.0, 5.0]]))
    assert not torch.equal(present, other)
