"""The dialogue network: an encoder of turns, a transformer over them, and heads.

Hierarchical as in Deng et al. 2022 (USDA) and in Sarikaya's keynote (SIGIR 2022): words to one vector per turn, turns
to contextual vectors. Attention is bidirectional (offline) or backward only (online).
"""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from sayagain.models.training import FieldVectors, Mlp, SequenceTransformer

__all__ = ["DialogueNetwork"]


class DialogueNetwork(nn.Module):
    """Sessions in; logits of each head for each turn out.

    Args:
        heads: number of classes of each head, by name, in the order of the outputs.
        sizes: number of codes of each categorical field.
        numbers: numeric fields of the training turns, shape (turns, fields), NaN where missing.
        size: size of a text's embedding.
        online: whether a turn attends to earlier turns only.
        width: size of a turn's vector.
        layers: number of transformer blocks.
        dropout: dropout rate.
    """

    def __init__(
        self,
        heads: Mapping[str, int],
        *,
        sizes: Sequence[int],
        numbers: npt.NDArray[np.floating],
        size: int = 384,
        online: bool = False,
        width: int = 128,
        layers: int = 2,
        dropout: float = 0.3,
    ) -> None:
        super().__init__()
        self.online = online
        self.outputs = tuple(heads)
        self.fields = FieldVectors(sizes, numbers=numbers)
        self.words = nn.Linear(size * (3 if online else 4), width)
        self.beside = nn.Linear(self.fields.size + (4 if online else 5), width)
        self.joined = nn.Sequential(nn.LayerNorm(width), nn.GELU(), nn.Dropout(dropout), nn.Linear(width, width))
        self.turns = SequenceTransformer(width, layers=layers, backward_only=online, dropout=dropout)
        self.heads = nn.ModuleDict({name: Mlp(2 * width, count, (64,), dropout) for name, count in heads.items()})
        self.dropout = nn.Dropout(dropout)

    def forward(
        self, requests: Tensor, responses: Tensor, codes: Tensor, numbers: Tensor, mask: Tensor
    ) -> tuple[Tensor, ...]:
        """Return the logits of each head of `outputs`, each of shape (batch, turns, classes).

        Args:
            requests: embeddings of the requests, shape (batch, turns, size).
            responses: embeddings of the responses, same shape.
            codes: codes of the categorical fields, shape (batch, turns, categories).
            numbers: numeric fields, shape (batch, turns, fields), NaN where missing.
            mask: True for real turns, shape (batch, turns).
        """
        nothing = torch.zeros_like(responses[:, :1])
        previous_responses = torch.cat([nothing, responses[:, :-1]], 1)
        previous_requests = torch.cat([nothing, requests[:, :-1]], 1)
        texts = [requests, responses, previous_responses]
        products = [
            requests * previous_requests,
            requests * responses,
            responses * previous_responses,
            requests * previous_responses,
        ]
        if not self.online:
            next_requests = torch.cat([requests[:, 1:], nothing], 1)
            texts.append(next_requests)
            products.append(requests * next_requests)
        similarities = torch.cat([product.sum(-1, keepdim=True) for product in products], -1)
        # An embedding of length 1 has small values; a factor of 3 brings them to the scale of the fields.
        words = self.words(self.dropout(3 * torch.cat(texts, -1)))
        field_vectors = self.beside(torch.cat([self.fields(codes, numbers), similarities], -1))
        turn = self.joined(words + field_vectors)
        contextual = torch.cat([self.turns(turn, mask), turn], -1)
        return tuple(self.heads[name](contextual) for name in self.outputs)
