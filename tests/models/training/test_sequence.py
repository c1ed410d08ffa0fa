import pytest
import torch

from sayagain.errors import InputError
from sayagain.models.training import SequenceTransformer

pytestmark = pytest.mark.train


@pytest.fixture(autouse=True)
def _seeded():
    torch.manual_seed(1)


def changed(network, index, turns=6):
    """Return which outputs change if item `index` changes."""
    network.eval()
    items, mask = torch.randn(1, turns, 16), torch.ones(1, turns, dtype=torch.bool)
    changed_items = items.clone()
    changed_items[0, index] += torch.randn(16)
    with torch.inference_mode():
        differences = (network(items, mask) - network(changed_items, mask)).abs().amax(-1)[0]
    return (differences > 1e-6).tolist()


def test_each_item_sees_every_other():
    assert changed(SequenceTransformer(16), 3) == [True] * 6


def test_backward_only_no_item_sees_a_later_one():
    assert changed(SequenceTransformer(16, backward_only=True), 3) == [False] * 3 + [True] * 3


@pytest.mark.parametrize("backward_only", [False, True])
def test_padding_is_not_seen(backward_only):
    network = SequenceTransformer(16, backward_only=backward_only).eval()
    items = torch.randn(2, 7, 16)
    mask = torch.ones(2, 7, dtype=torch.bool)
    mask[1, 4:] = False
    with torch.inference_mode():
        assert torch.allclose(network(items, mask)[1, :4], network(items[1:, :4], mask[1:, :4])[0], atol=1e-5)


def test_the_order_matters():
    network = SequenceTransformer(16).eval()
    items, mask = torch.randn(1, 4, 16), torch.ones(1, 4, dtype=torch.bool)
    with torch.inference_mode():
        outputs, reversed_outputs = network(items, mask), network(items.flip(1), mask).flip(1)
    assert (outputs - reversed_outputs).abs().max() > 1e-3


def test_a_row_that_is_masked_altogether_is_no_nan():
    network = SequenceTransformer(16)
    assert network(torch.randn(1, 3, 16), torch.zeros(1, 3, dtype=torch.bool)).isfinite().all()


def test_bad_sizes_are_refused():
    with pytest.raises(InputError, match="size 10 is no multiple of 4 heads"):
        SequenceTransformer(10)
    with pytest.raises(InputError, match="a sequence has 3 items, the network takes 2"):
        SequenceTransformer(16, longest=2)(torch.randn(1, 3, 16), torch.ones(1, 3, dtype=torch.bool))
