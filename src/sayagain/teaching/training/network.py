"""The tagger network: words of a sentence in, a tag for each word and whether the sentence teaches out."""

import torch
from torch import Tensor, nn

from sayagain.models.training import Mlp, SequenceTransformer
from sayagain.models.training.heads import NEVER
from sayagain.teaching.lesson_tagger import EDGES, FEATURES, TAGS

__all__ = ["TaggerNetwork"]

_WIDTH = 128


class TaggerNetwork(nn.Module):
    """Embeddings of words in; logits of tags and of the sentence out.

    Args:
        size: size of an embedding.
        dropout: dropout rate.
    """

    def __init__(self, size: int = 384, dropout: float = 0.3) -> None:
        super().__init__()
        self.even = nn.LayerNorm(size)
        self.drop = nn.Dropout(dropout)
        self.narrow = nn.Linear(size + len(FEATURES), _WIDTH)
        self.near = nn.Conv1d(_WIDTH, _WIDTH, 3, padding=1)
        self.sentence = SequenceTransformer(_WIDTH, layers=2, dropout=dropout)
        self.tags = Mlp(_WIDTH, len(TAGS), (_WIDTH // 2,), dropout)
        self.edges = Mlp(_WIDTH, len(EDGES), (_WIDTH // 2,), dropout)
        self.lesson = Mlp(2 * _WIDTH, 2, (_WIDTH // 2,), dropout)

    def forward(self, words: Tensor, known: Tensor, mask: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return logits of tags, shape (batch, words, 3), of edges, (batch, words, 4), and of lessons, (batch, 2).

        Args:
            words: embeddings, shape (batch, words, size).
            known: what a language knows of each, shape (batch, words, features).
            mask: True for real words, shape (batch, words).
        """
        present = mask.bool().unsqueeze(-1)
        x = torch.cat([self.drop(self.even(words)), known], -1)
        x = nn.functional.gelu(self.narrow(x)) * present
        x = (x + nn.functional.gelu(self.near(x.transpose(1, 2)).transpose(1, 2))) * present
        # The inputs of a transformer block are as small as the marks of places that are added to them.
        x = self.sentence(x / _WIDTH**0.5 * 4, mask)
        weights = present.to(x.dtype)
        mean = (x * weights).sum(1) / weights.sum(1).clamp(min=1)
        maximum = (x + NEVER * (1 - weights)).max(1).values
        edges = self.edges(x).masked_fill(~present, NEVER)
        return self.tags(x), edges, self.lesson(torch.cat([mean, maximum], -1))
