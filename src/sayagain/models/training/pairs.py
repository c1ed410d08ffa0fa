"""Models of text pairs: a bi-encoder, a cross-encoder, and a scorer of two embeddings."""

import torch
from torch import Tensor, nn

from sayagain.models.training.heads import Mlp
from sayagain.models.training.text_encoder import TextEncoder

__all__ = ["BiEncoder", "CrossEncoder", "PairScorer"]


class PairScorer(nn.Module):
    """A score for two vectors, from both, their difference and their product (Conneau et al. 2017, "InferSent").

    Args:
        size: length of a vector.
        outputs: number of outputs.
        hidden: size of the hidden layer.
    """

    def __init__(self, size: int, outputs: int = 1, hidden: int = 128) -> None:
        super().__init__()
        self.head = Mlp(4 * size, outputs, (hidden,))

    def forward(self, first: Tensor, second: Tensor) -> Tensor:
        """Return logits, shape (..., outputs), for two vectors of shape (..., size)."""
        logits: Tensor = self.head(torch.cat([first, second, (first - second).abs(), first * second], -1))
        return logits


class CrossEncoder(nn.Module):
    """A cross-encoder: scores a pair, or classifies a text (Nogueira and Cho 2019, "Passage re-ranking with BERT").

    Args:
        encoder: text encoder, which is trained too.
        outputs: number of outputs.
    """

    def __init__(self, encoder: TextEncoder, outputs: int = 1) -> None:
        super().__init__()
        self.encoder = encoder
        self.head = Mlp(encoder.size, outputs)

    def forward(self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor | None = None) -> Tensor:
        """Return logits, shape (batch, outputs)."""
        logits: Tensor = self.head(self.encoder.pooled(input_ids, attention_mask, token_type_ids))
        return logits


class BiEncoder(nn.Module):
    """A bi-encoder: embeds each text alone, matching texts close together (Karpukhin et al. 2020, "DPR").

    Train it with `in_batch_negatives`; `export_encoder` exports it as an encoder.

    Args:
        encoder: text encoder of both sides, which is trained.
    """

    def __init__(self, encoder: TextEncoder) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor | None = None) -> Tensor:
        """Return one vector of length 1 for each text, shape (batch, size)."""
        return self.encoder.pooled(input_ids, attention_mask, token_type_ids)
