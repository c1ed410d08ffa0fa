"""The text encoder: texts to embeddings with onnxruntime, without torch.

Texts of one length in tokens are run together, so nothing is padded. That is faster, and makes a vector the same bit
for bit whatever it was computed beside and on however many threads: what is learnt from vectors can be learnt again.
Threads run batches of their own beside each other, which takes less time than all of them at one batch.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt

from sayagain.models.checkpoint import MINILM, Checkpoint, find_checkpoint
from sayagain.models.onnx_session import OnnxSession
from sayagain.models.progress import Progress
from sayagain.models.tokenizer import Tokenizer, Tokens
from sayagain.models.vector_cache import VectorCache

__all__ = ["Encoder", "TokenVectors", "Vectors", "load_encoder"]

Vectors = npt.NDArray[np.float32]

# Tokens of a batch: small enough that activations stay in the CPU cache and every core soon has work.
_BATCH = 512
# Embeddings are written to the cache in chunks of at most this many, so that a killed process loses little.
_BLOCK = 2048


class TokenVectors(msgspec.Struct, frozen=True, kw_only=True):
    """A text with the embeddings of its tokens."""

    vectors: Vectors
    """Shape (tokens, size), as the last layer gives them; the first token stands for the whole text."""
    tokens: Tokens
    """The tokens, and where each stands in the text."""
    whole: Vectors
    """Embedding of the whole text, length 1, shape (size,): bit for bit as `Encoder.vectors` returns it."""


class Encoder:
    """Encodes texts as embeddings; any number of threads may share it.

    Args:
        checkpoint: the files, checked.
        threads: how many one call may use.
        cache: where vectors are kept between runs; None keeps none.
    """

    def __init__(self, checkpoint: Checkpoint, *, threads: int = 1, cache: VectorCache | None = None) -> None:
        self.checkpoint = checkpoint
        self.tokenizer = Tokenizer(checkpoint.tokenizer, max_tokens=checkpoint.max_tokens)
        self.threads = threads
        self._session = OnnxSession(checkpoint.graph)
        self._cache = cache
        self._size: int | None = None

    @property
    def digest(self) -> str:
        """Equal digests mean equal embeddings; a model's manifest holds the digest of its encoder."""
        return self.checkpoint.digest

    @property
    def size(self) -> int:
        """Length of an embedding."""
        if self._size is None:
            self._size = self._run([self.tokenizer.encode(["."])[0]]).shape[-1]
        return self._size

    def vectors(self, texts: Sequence[str | None], *, progress: Progress | None = None) -> Vectors:
        """Return the embedding of each text, of length 1, shape (texts, size).

        A text given twice is encoded once. No text (None) gives zeros.
        """
        distinct = list(dict.fromkeys(text for text in texts if text is not None))
        known = self._cache.get(self.digest, distinct) if self._cache is not None else {}
        missing = [text for text in distinct if text not in known]
        for start in range(0, len(missing), _BLOCK):
            block = missing[start : start + _BLOCK]
            fresh = dict(zip(block, self._pooled(block), strict=True))
            if self._cache is not None:
                self._cache.put(self.digest, fresh)
            known.update(fresh)
            if progress is not None:
                progress("encoding texts", start + len(block), len(missing))
        out = np.zeros((len(texts), self.size), np.float32)
        for row, text in enumerate(texts):
            if text is not None:
                out[row] = known[text]
        return out

    def tokens(self, texts: Sequence[str | tuple[str, str]]) -> list[TokenVectors]:
        """Return the token embeddings of each text; in a pair, tokens attend to both texts."""
        encoded = self.tokenizer.encode(texts)
        out: list[TokenVectors | None] = [None] * len(texts)
        for rows, vectors in self._batches(encoded):
            for row, words, whole in zip(rows, vectors, self._wholes(vectors), strict=True):
                # Copies, so that keeping one text does not keep its whole batch.
                out[row] = TokenVectors(vectors=words.copy(), tokens=encoded[row], whole=whole.copy())
        return [each for each in out if each is not None]

    def _pooled(self, texts: Sequence[str]) -> Vectors:
        out = np.zeros((len(texts), self.size), np.float32)
        for rows, vectors in self._batches(self.tokenizer.encode(texts)):
            out[rows] = self._wholes(vectors)
        return out

    def _wholes(self, vectors: Vectors) -> Vectors:
        """Pool each text's token embeddings into one of length 1."""
        whole = vectors.mean(1) if self.checkpoint.pooling == "mean" else vectors[:, 0]
        lengths = np.linalg.norm(whole, axis=1, keepdims=True)
        return np.asarray(whole / np.maximum(lengths, 1e-12), np.float32)

    def _batches(self, encoded: Sequence[Tokens]) -> Iterator[tuple[list[int], Vectors]]:
        """Yield the rows of each batch with their token embeddings."""
        batches = list(_of_one_length(encoded))
        if self.threads == 1 or len(batches) == 1:
            for rows in batches:
                yield rows, self._run([encoded[row] for row in rows])
            return
        with ThreadPoolExecutor(self.threads) as at_once:
            # Enough batches in flight that no thread waits, few enough that results do not pile up.
            for start in range(0, len(batches), 8 * self.threads):
                chosen = batches[start : start + 8 * self.threads]
                yield from zip(
                    chosen, at_once.map(lambda rows: self._run([encoded[row] for row in rows]), chosen), strict=True
                )

    def _run(self, batch: Sequence[Tokens]) -> Vectors:
        ids = np.stack([each.ids for each in batch])
        types = np.stack([each.types for each in batch])
        inputs = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": types}
        return np.asarray(next(iter(self._session.run(inputs).values())), np.float32)


def load_encoder(name: str | Path = MINILM, *, threads: int = 1, cache: str | Path | None = None) -> Encoder:
    """Load an encoder.

    Args:
        name: `minilm`, a folder, or `package:MODULE/FOLDER`; see `find_checkpoint`.
        threads: how many one call may use.
        cache: a file that keeps vectors between runs, shared by any number of processes; made when missing.

    Raises:
        MissingExtra: a package is not installed.
        ModelError: there is no such encoder, or its files are damaged.
        SettingError: `cache` is a file of another kind.
    """
    kept = VectorCache(Path(cache)) if cache is not None else None
    return Encoder(find_checkpoint(name), threads=threads, cache=kept)


def _of_one_length(encoded: Sequence[Tokens]) -> Iterator[list[int]]:
    """Yield batches of rows whose texts have the same number of tokens."""
    by_length: dict[int, list[int]] = {}
    for row, tokens in enumerate(encoded):
        by_length.setdefault(len(tokens.ids), []).append(row)
    for length, rows in sorted(by_length.items()):
        most = max(1, _BATCH // length)
        for start in range(0, len(rows), most):
            yield rows[start : start + most]
