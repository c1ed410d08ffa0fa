"""The text encoder: texts to embeddings with onnxruntime, without torch.

A batch holds texts with the same number of tokens, so nothing is padded. That is faster, and an embedding is bit for
bit the same whatever the rest of its batch and the number of threads, so training is reproducible. Each thread runs
its own batch, which is faster than all threads on one batch.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
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
    """The tokens with their offsets in the text."""
    whole: Vectors
    """Embedding of the whole text, length 1, shape (size,): bit for bit as `Encoder.vectors` returns it."""


class Encoder:
    """Encodes texts as embeddings; any number of threads may share it.

    Args:
        checkpoint: the checked files.
        threads: most threads of one call.
        cache: cache of embeddings between runs; None for no cache.
        remember: most embeddings that are kept in memory between calls.
    """

    def __init__(
        self, checkpoint: Checkpoint, *, threads: int = 1, cache: VectorCache | None = None, remember: int = 0
    ) -> None:
        self.checkpoint = checkpoint
        self.tokenizer = Tokenizer(checkpoint.tokenizer, max_tokens=checkpoint.max_tokens)
        self.threads = threads
        self._session = OnnxSession(checkpoint.graph)
        self._cache = cache
        self._size: int | None = None
        self._remember = remember
        self._remembered: dict[str, Vectors] = {}

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

        Equal texts are encoded once. None gives zeros.
        """
        distinct = list(dict.fromkeys(text for text in texts if text is not None))
        # Read once: another thread may replace it.
        remembered = self._remembered
        vectors = {text: remembered[text] for text in distinct if text in remembered}
        if self._cache is not None:
            vectors |= self._cache.get(self.digest, [text for text in distinct if text not in vectors])
        uncached = [text for text in distinct if text not in vectors]
        for start in range(0, len(uncached), _BLOCK):
            block = uncached[start : start + _BLOCK]
            computed = dict(zip(block, self._pooled(block), strict=True))
            if self._cache is not None:
                self._cache.put(self.digest, computed)
            vectors.update(computed)
            if progress is not None:
                progress("encoding texts", start + len(block), len(uncached))
        if self._remember:
            kept = vectors if len(remembered) + len(vectors) > self._remember else {**remembered, **vectors}
            self._remembered = dict(islice(kept.items(), self._remember))
        table = np.zeros((len(texts), self.size), np.float32)
        for row, text in enumerate(texts):
            if text is not None:
                table[row] = vectors[text]
        return table

    def tokens(self, texts: Sequence[str | tuple[str, str]]) -> list[TokenVectors]:
        """Return the token embeddings of each text; in a pair, tokens attend to both texts."""
        encoded = self.tokenizer.encode(texts)
        results: list[TokenVectors | None] = [None] * len(texts)
        for rows, vectors in self._batches(encoded):
            for row, token_vectors, pooled in zip(rows, vectors, self._wholes(vectors), strict=True):
                # Copy, so that a reference to one text does not keep its whole batch in memory.
                results[row] = TokenVectors(vectors=token_vectors.copy(), tokens=encoded[row], whole=pooled.copy())
        return [result for result in results if result is not None]

    def _pooled(self, texts: Sequence[str]) -> Vectors:
        table = np.zeros((len(texts), self.size), np.float32)
        for rows, vectors in self._batches(self.tokenizer.encode(texts)):
            table[rows] = self._wholes(vectors)
        return table

    def _wholes(self, vectors: Vectors) -> Vectors:
        """Pool each text's token embeddings into one of length 1."""
        pooled = vectors.mean(1) if self.checkpoint.pooling == "mean" else vectors[:, 0]
        lengths = np.linalg.norm(pooled, axis=1, keepdims=True)
        return np.asarray(pooled / np.maximum(lengths, 1e-12), np.float32)

    def _batches(self, encoded: Sequence[Tokens]) -> Iterator[tuple[list[int], Vectors]]:
        """Yield the rows of each batch with their token embeddings."""
        batches = list(_of_one_length(encoded))
        if self.threads == 1 or len(batches) == 1:
            for rows in batches:
                yield rows, self._run([encoded[row] for row in rows])
            return
        with ThreadPoolExecutor(self.threads) as executor:
            # Enough batches that no thread waits, few enough to bound the memory for results.
            for start in range(0, len(batches), 8 * self.threads):
                group = batches[start : start + 8 * self.threads]
                yield from zip(
                    group, executor.map(lambda rows: self._run([encoded[row] for row in rows]), group), strict=True
                )

    def _run(self, batch: Sequence[Tokens]) -> Vectors:
        items = [tokens.inputs for tokens in batch]
        inputs = {name: np.stack([item[name] for item in items]) for name in items[0]}
        return np.asarray(next(iter(self._session.run(inputs).values())), np.float32)


def load_encoder(
    name: str | Path = MINILM, *, threads: int = 1, cache: str | Path | None = None, remember: int = 0
) -> Encoder:
    """Load an encoder.

    Args:
        name: `minilm`, a folder, or `package:MODULE/FOLDER`; see `find_checkpoint`.
        threads: most threads of one call.
        cache: file that caches embeddings between runs, for any number of processes; created if missing.
        remember: most embeddings that are kept in memory between calls; each of MiniLM's takes 1.5 KB.

    Raises:
        MissingExtra: a package is not installed.
        ModelError: there is no such encoder, or its files are damaged.
        SettingError: `cache` is a file of another kind.
    """
    vector_cache = VectorCache(Path(cache)) if cache is not None else None
    return Encoder(find_checkpoint(name), threads=threads, cache=vector_cache, remember=remember)


def _of_one_length(encoded: Sequence[Tokens]) -> Iterator[list[int]]:
    """Yield batches of rows whose texts have the same number of tokens."""
    by_length: dict[int, list[int]] = {}
    for row, tokens in enumerate(encoded):
        by_length.setdefault(len(tokens.ids), []).append(row)
    for length, rows in sorted(by_length.items()):
        batch_size = max(1, _BATCH // length)
        for start in range(0, len(rows), batch_size):
            yield rows[start : start + batch_size]
