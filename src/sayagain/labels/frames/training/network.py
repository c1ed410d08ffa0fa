"""The frame networks: a reader of rows to intents, slots and tags, and a carrier of mentions from row to row.

Token embeddings come from the frozen encoder. A transformer over the rows of a session gives each row its context;
slots are tagged in the words (B, I, O), chosen from closed values, or copied from a mention of another row (as in
TripPy, Heck et al. 2020, with a score for each mention in place of pointers).
"""

import torch
from torch import Tensor, nn

from sayagain.labels.frames.frame import FrameNames, tag_names
from sayagain.labels.frames.mentions import BESIDE
from sayagain.labels.frames.rows import BUCKETS, MARKS
from sayagain.models.training import Mlp, SequenceTransformer

__all__ = ["WIDTH", "FrameCarrier", "FrameNetwork", "FrameReader"]

WIDTH = 128
"""Size of a row's vector."""

_TOKEN = 96
_LOOKS = 4
_FAR = -1e4


class FrameReader(nn.Module):
    """Rows in; logits of intents, closed slots and tags, and the vector of each row out.

    Args:
        names: label set of the network.
        size: size of a text's embedding.
        later: whether a row attends to later rows.
        dropout: dropout rate.
    """

    def __init__(self, names: FrameNames, *, size: int = 384, later: bool = False, dropout: float = 0.2) -> None:
        super().__init__()
        self.even = nn.LayerNorm(size)
        self.words = nn.Linear(size, _TOKEN)
        self.ids = nn.Embedding(BUCKETS, 32)
        # Five tokens, then three: the receptive field reaches no farther than the gap between two rows.
        self.near = nn.Conv1d(_TOKEN + 32 + MARKS, _TOKEN, 5, padding=2)
        self.around = nn.Conv1d(_TOKEN, _TOKEN, 3, padding=1)
        self.token_norm = nn.LayerNorm(_TOKEN)
        self.looks = nn.Linear(_TOKEN, _LOOKS)
        self.own = nn.Linear(size + _LOOKS * _TOKEN, WIDTH)
        self.before = nn.Linear(size, WIDTH)
        self.speaker = nn.Embedding(2, WIDTH)
        self.row_norm = nn.LayerNorm(WIDTH)
        self.session = SequenceTransformer(WIDTH, layers=2, backward_only=not later, dropout=dropout)
        # Without classes, a head has one unused output.
        self.intent = Mlp(2 * WIDTH, max(len(names.intents), 1), (WIDTH,), dropout)
        self.closed = Mlp(2 * WIDTH, max(len(names.closed), 1), (WIDTH,), dropout)
        self.told = nn.Linear(2 * WIDTH, _TOKEN)
        self.tags = Mlp(_TOKEN, len(tag_names(names.slots)), (_TOKEN,), dropout)
        self.dropout = nn.Dropout(dropout)

    def forward(
        self, vectors: Tensor, asked: Tensor, mask: Tensor, words: Tensor, ids: Tensor, marks: Tensor, row: Tensor
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Return logits of intents and of closed slots, each (batch, rows, ...), and of tags (batch, tokens, tags).

        The fourth output is the contextual vector of each row, shape (batch, rows, 2 x `WIDTH`).

        Args:
            vectors: embeddings of whole texts, shape (batch, rows, size).
            asked: 1 for requests, shape (batch, rows).
            mask: True for real rows, shape (batch, rows).
            words: token embeddings, shape (batch, tokens, size).
            ids: hashed ids of the tokens, shape (batch, tokens).
            marks: spelling features, shape (batch, tokens, `MARKS`).
            row: number of the token's row, from 1; 0 for none, shape (batch, tokens).
        """
        is_word = (row > 0).unsqueeze(-1).to(words.dtype)
        # Normalise first: the encoder's last layer gives some tokens much longer vectors than others.
        token = torch.cat([self.words(self.dropout(self.even(words))), self.ids(ids), marks], -1) * is_word
        token = nn.functional.gelu(self.near(self.dropout(token).transpose(1, 2)).transpose(1, 2))
        token = token + nn.functional.gelu(self.around(token.transpose(1, 2)).transpose(1, 2))
        token = self.token_norm(token)
        places = torch.arange(1, vectors.shape[1] + 1, device=row.device)
        member = row.unsqueeze(1) == places.unsqueeze(-1)
        scores = self.looks(token).transpose(1, 2).unsqueeze(2).masked_fill(~member.unsqueeze(1), _FAR)
        # Mask again: a row without tokens would attend to the tokens of all other rows.
        pooled = (torch.softmax(scores, -1) * member.unsqueeze(1)) @ token.unsqueeze(1)
        pooled = pooled.transpose(1, 2).reshape(vectors.shape[0], vectors.shape[1], _LOOKS * _TOKEN)
        # An embedding of length 1 has small values; a factor of 3 brings them to the scale of the other inputs.
        own_vectors = self.own(self.dropout(torch.cat([3 * vectors, pooled], -1)))
        previous_vectors = torch.cat([torch.zeros_like(vectors[:, :1]), vectors[:, :-1]], 1)
        row_vectors = self.row_norm(own_vectors + self.before(3 * self.dropout(previous_vectors)) + self.speaker(asked))
        contextual = torch.cat([self.session(row_vectors, mask), row_vectors], -1)
        token_context = self.told(contextual)
        # One-hot product instead of a look-up: padding belongs to no row and gets zeros.
        context = member.to(words.dtype).transpose(1, 2) @ token_context
        tags = self.tags(token + context)
        return self.intent(contextual), self.closed(contextual), tags, contextual


class FrameCarrier(nn.Module):
    """Rows and mentions in; for each pair logits of "not carried over" and of each slot that carries it over out.

    Args:
        names: label set of the network.
        size: size of a text's embedding.
        dropout: dropout rate.
    """

    def __init__(self, names: FrameNames, *, size: int = 384, dropout: float = 0.2) -> None:
        super().__init__()
        self.rows = nn.Linear(2 * WIDTH, _TOKEN)
        self.places = nn.Linear(2 * WIDTH, _TOKEN)
        self.mentions = nn.Linear(size, _TOKEN)
        self.slots = nn.Embedding(max(len(names.slots), 1), _TOKEN)
        self.beside = nn.Linear(BESIDE, _TOKEN)
        self.norm = nn.LayerNorm(_TOKEN)
        self.taken = Mlp(_TOKEN, len(names.slots) + 1, (_TOKEN,), dropout)
        self.dropout = nn.Dropout(dropout)

    def forward(self, rows: Tensor, places: Tensor, mentions: Tensor, slots: Tensor, beside: Tensor) -> Tensor:
        """Return logits, shape (batch, rows, mentions, 1 + slots).

        Args:
            rows: row vectors of `FrameReader`, shape (batch, rows, 2 x `WIDTH`).
            places: vectors of the mentions' rows, shape (batch, mentions, 2 x `WIDTH`).
            mentions: vectors of the mentions' words, shape (batch, mentions, size).
            slots: numbers of the mentions' slots, shape (batch, mentions).
            beside: features of each pair, shape (batch, rows, mentions, `BESIDE`).
        """
        mention_vectors = self.places(places) + self.mentions(self.dropout(mentions)) + self.slots(slots)
        pair = self.rows(rows).unsqueeze(2) + mention_vectors.unsqueeze(1) + self.beside(beside)
        logits: Tensor = self.taken(nn.functional.gelu(self.norm(pair)))
        return logits


class FrameNetwork(nn.Module):
    """Reader and carrier, trained together.

    Args:
        names: label set of the network.
        size: size of a text's embedding.
        later: whether a row attends to later rows.
    """

    def __init__(self, names: FrameNames, *, size: int = 384, later: bool = False) -> None:
        super().__init__()
        self.names = names
        self.later = later
        self.reader = FrameReader(names, size=size, later=later)
        self.carrier = FrameCarrier(names, size=size)
