"""A small transformer over a sequence of items, such as the turns of a dialogue.

Vaswani et al. 2017, "Attention is all you need", with the norm before each block (Xiong et al. 2020). Written out
instead of torch's own layer, whose fast path cannot be exported with lengths that vary.
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
        layers: how many blocks.
        heads: of attention in each.
        longest: how many items a sequence may have.
        backward_only: each item sees itself and those before it, never a later one: for a judge that works online.
        dropout: share that is left out while learning.

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
        seen = mask.bool()[:, None, None, :]
        if self.backward_only:
            at = torch.arange(count, device=items.device)
            seen = seen & (at[None, :] <= at[:, None])[None, None]
        x: Tensor = self.start(items + self.positions[:count])
        for block in self.blocks:
            x = block(x, seen)
        out: Tensor = self.norm(x)
        return out


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

    def forward(self, x: Tensor, seen: Tensor) -> Tensor:
        batch, count = x.shape[0], x.shape[1]
        parts = self.asks_keys_values(self.before_attention(x)).view(batch, count, 3, self.heads, self.width)
        asks, keys, values = (parts[:, :, part].transpose(1, 2) for part in range(3))
        scores = asks @ keys.transpose(2, 3) / math.sqrt(self.width)
        share = torch.softmax(scores.masked_fill(~seen, NEVER), -1)
        mixed = (self.dropout(share) @ values).transpose(1, 2).reshape(batch, count, self.heads * self.width)
        x = x + self.dropout(self.attended(mixed))
        out: Tensor = x + self.dropout(self.feed(self.before_feed(x)))
        return out


def _sinusoids(longest: int, size: int) -> Tensor:
    at = torch.arange(longest).unsqueeze(1)
    pace = torch.exp(torch.arange(0, size, 2) * (-math.log(10_000.0) / size))
    table = torch.zeros(longest, size)
    table[:, 0::2] = torch.sin(at * pace)
    table[:, 1::2] = torch.cos(at * pace)[:, : size // 2]
    # Text embeddings have length 1; unscaled positions would outweigh the words.
    return table / math.sqrt(size)
