"""Output heads over one vector, or over one vector for each token."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

__all__ = ["NEVER", "Mlp", "SpanHead", "TokenTagger", "pooled"]

NEVER = -1e4
"""Logit of masked positions: far below any other, yet finite, so that a fully masked row gives no NaN."""


class Mlp(nn.Module):
    """A classifier or regressor over vectors; linear without a hidden layer.

    Args:
        size: length of a vector.
        outputs: number of outputs.
        hidden: sizes of the hidden layers.
        dropout: dropout rate of each hidden layer.
    """

    def __init__(self, size: int, outputs: int, hidden: Sequence[int] = (), dropout: float = 0.1) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for width in hidden:
            layers += [nn.Linear(size, width), nn.GELU(), nn.Dropout(dropout)]
            size = width
        self.layers = nn.Sequential(*layers, nn.Linear(size, outputs))

    def forward(self, vectors: Tensor) -> Tensor:
        """Return logits, shape (..., outputs), for vectors of shape (..., size)."""
        logits: Tensor = self.layers(vectors)
        return logits


class SpanHead(nn.Module):
    """A span head: logits of a span's first and last token; token 0 stands for no span.

    Devlin et al. 2019, "BERT", section 4.3 (SQuAD 2.0).

    Args:
        size: length of a token's vector.
        hidden: sizes of the hidden layers.
    """

    def __init__(self, size: int, hidden: Sequence[int] = ()) -> None:
        super().__init__()
        self.edges = Mlp(size, 2, hidden)

    def forward(self, tokens: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """Return logits of the start and of the end, each of shape (batch, tokens).

        Args:
            tokens: shape (batch, tokens, size).
            mask: True where a span may begin or end, shape (batch, tokens); True at the first token.
        """
        logits = self.edges(tokens).masked_fill(~mask.bool().unsqueeze(-1), NEVER)
        return logits[..., 0], logits[..., 1]


class TokenTagger(nn.Module):
    """A tagger: one tag for each token, for slots in the B, I, O scheme.

    Args:
        size: length of a token's vector.
        tags: number of tags.
        hidden: sizes of the hidden layers.
    """

    def __init__(self, size: int, tags: int, hidden: Sequence[int] = ()) -> None:
        super().__init__()
        self.tags = Mlp(size, tags, hidden)

    def forward(self, tokens: Tensor) -> Tensor:
        """Return logits, shape (batch, tokens, tags), for tokens of shape (batch, tokens, size)."""
        logits: Tensor = self.tags(tokens)
        return logits


def pooled(tokens: Tensor, mask: Tensor, pooling: str) -> Tensor:
    """Pool token vectors into one vector.

    Args:
        tokens: shape (batch, tokens, size).
        mask: 1 or True for real tokens, shape (batch, tokens).
        pooling: `mean` of the real tokens, or the `first`.
    """
    if pooling == "first":
        return tokens[:, 0]
    weights = mask.to(tokens.dtype).unsqueeze(-1)
    return (tokens * weights).sum(1) / torch.clamp(weights.sum(1), min=1e-9)
