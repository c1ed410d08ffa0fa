import pytest
import torch

from sayagain.models.training import Mlp, SpanHead, TokenTagger
from sayagain.models.training.heads import pooled

pytestmark = pytest.mark.train


def test_shapes_are_as_they_say():
    tokens, mask = torch.randn(3, 5, 8), torch.ones(3, 5, dtype=torch.bool)
    assert Mlp(8, 2, (16, 4))(tokens).shape == (3, 5, 2)
    assert TokenTagger(8, 7)(tokens).shape == (3, 5, 7)
    assert [logits.shape for logits in SpanHead(8)(tokens, mask)] == [(3, 5), (3, 5)]


def test_a_span_never_begins_or_ends_where_the_mask_says_no():
    mask = torch.tensor([[True, False, True, True], [True, False, False, False]])
    start, end = SpanHead(8)(torch.randn(2, 4, 8) * 50, mask)
    for logits in (start, end):
        assert mask[0, logits[0].argmax()]
        assert logits[1].argmax() == 0
        assert torch.softmax(logits, -1)[~mask].max() < 1e-9


def test_padding_does_not_change_a_pooled_vector():
    tokens = torch.randn(1, 6, 8)
    mask = torch.tensor([[1, 1, 1, 0, 0, 0]])
    for pooling in ("mean", "first"):
        short = pooled(tokens[:, :3], mask[:, :3], pooling)
        assert torch.allclose(pooled(tokens, mask, pooling), short)
