"""The tokenizer: texts to token ids, with each token's place in the text."""

from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt

from sayagain.errors import CorruptModel
from sayagain.extras import require

__all__ = ["Integers", "Tokenizer", "Tokens"]

Integers = npt.NDArray[np.int64]


class Tokens(msgspec.Struct, frozen=True, kw_only=True):
    """A text, or a pair of texts, as tokens; the first stands for the whole (`[CLS]`), the last ends it (`[SEP]`)."""

    ids: Integers
    """Id of each token, shape (tokens,)."""
    types: Integers
    """0 for the first text and 1 for the second, shape (tokens,)."""
    offsets: Integers
    """First character and one past the last of each token, shape (tokens, 2); 0, 0 for special tokens."""


class Tokenizer:
    """Reads texts, and pairs of texts, as one encoder does.

    Args:
        path: a `tokenizer.json`.
        max_tokens: what is longer is cut off, of a pair the longer text first.

    Raises:
        CorruptModel: the file is no tokenizer.
    """

    def __init__(self, path: Path, *, max_tokens: int) -> None:
        library = require("tokenizers", "models")
        try:
            self._tokenizer = library.Tokenizer.from_file(str(path))
        except Exception as error:  # noqa: BLE001  (that is the class it raises)
            raise CorruptModel(f"{path}: is no tokenizer ({error})") from None
        # The file may hold the settings that a model was published with; padding is done where batches are made.
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(max_tokens)

    def encode(self, texts: Sequence[str | tuple[str, str]]) -> list[Tokens]:
        """Return the tokens of each text or pair."""
        # A lone surrogate, as broken logs have them, would stop the tokenizer.
        clean = [_clean(text) if isinstance(text, str) else (_clean(text[0]), _clean(text[1])) for text in texts]
        return [
            Tokens(
                ids=np.array(found.ids, np.int64),
                types=np.array(found.type_ids, np.int64),
                offsets=np.array(found.offsets, np.int64).reshape(-1, 2),
            )
            for found in self._tokenizer.encode_batch(clean)
        ]


def _clean(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")
