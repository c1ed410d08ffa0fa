"""A small transformer over a sequence of items, such as the turns of a dialogue.

Vaswani et al. 2017, "Attention is all you need", with the norm before each block (Xiong et al. 2020). The code avoids
torch's own layer, whose fast path cannot be exported with variable lengths.
"""

import math

import torch
from torch import Tensor, nn

from sayagain.errors import InputError
from sayagain.models.training.heads import NEVER

__all__ = ["SequenceTransformer"]


class SequenceTransformer(nn.Module):
    """Vectors of items in, contextual vectors out.

    Args:
        size: length of a vector; a multiple of `heads`.
        layers: number of blocks.
        heads: attention heads of each block.
        longest: most items of a sequence.
        backward_only: whether each item attends only to itself and earlier items, as an online judge needs.
        dropout: dropout rate.

    Raises:
        InputError: `size` is no multiple of `heads`.
    """

    def __init__(
        self,
        size: int,
        *,
        layers: int = 2,
        heads: int = 4,
        longest: int = 256,
        backward_only: bool = False,
        dropout: float = 0.1,
    ) -> None:
        super().__init__()
        if size % heads:
            raise InputError(f"size {size} is no multiple of {heads} heads")
        self.longest = longest
        self.backward_only = backward_only
        self.register_buffer("positions", _sinusoids(longest, size), persistent=False)
        self.start = nn.Dropout(dropout)
        self.blocks = nn.ModuleList([_Block(size, heads, dropout) for _ in range(layers)])
        self.norm = nn.LayerNorm(size)

    def forward(self, items: Tensor, mask: Tensor) -> Tensor:
        """Return vectors, shape (batch, items, size).

        Args:
            items: shape (batch, items, size).
            mask: True for real items, shape (batch, items).

        Raises:
            InputError: a sequence is longer than `longest`.
        """
        count = items.shape[1]
        if not torch.jit.is_tracing() and count > self.longest:
            raise InputError(f"a sequence has {count} items, the network takes {self.longest}; cut it into parts")
        visible = mask.bool()[:, None, None, :]
        if self.backward_only:
            positions = torch.arange(count, device=items.device)
            visible = visible & (positions[None, :] <= positions[:, None])[None, None]
        x: Tensor = self.start(items + self.positions[:count])
        for block in self.blocks:
            x = block(x, visible)
        vectors: Tensor = self.norm(x)
        return vectors


class _Block(nn.Module):
    def __init__(self, size: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.heads = heads
        self.width = size // heads
        self.before_attention = nn.LayerNorm(size)
        self.asks_keys_values = nn.Linear(size, 3 * size)
        self.attended = nn.Linear(size, size)
        self.before_feed = nn.LayerNorm(size)
        self.feed = nn.Sequential(nn.Linear(size, 2 * size), nn.GELU(), nn.Dropout(dropout), nn.Linear(2 * size, size))
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, visible: Tensor) -> Tensor:
        batch, count = x.shape[0], x.shape[1]
        parts = self.asks_keys_values(self.before_attention(x)).view(batch, count, 3, self.heads, self.width)
        queries, keys, values = (parts[:, :, part].transpose(1, 2) for part in range(3))
        scores = queries @ keys.transpose(2, 3) / math.sqrt(self.width)
        weights = torch.softmax(scores.masked_fill(~visible, NEVER), -1)
        attended = (self.dropout(weights) @ values).transpose(1, 2).reshape(batch, count, self.heads * self.width)
        x = x + self.dropout(self.attended(attended))
        vectors: Tensor = x + self.dropout(self.feed(self.before_feed(x)))
        return vectors


def _sinusoids(longest: int, size: int) -> Tensor:
    positions = torch.arange(longest).unsqueeze(1)
    frequencies = torch.exp(torch.arange(0, size, 2) * (-math.log(10_000.0) / size))
    table = torch.zeros(longest, size)
    table[:, 0::2] = torch.sin(positions * frequencies)
    table[:, 1::2] = torch.cos(positions * frequencies)[:, : size // 2]
    # Text embeddings have length 1; unscaled position vectors would outweigh them.
    return table / math.sqrt(size)
