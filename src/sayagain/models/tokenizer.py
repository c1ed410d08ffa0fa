"""The tokenizer: texts to token ids with offsets."""

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
    """A text, or a pair of texts, as tokens, from `[CLS]` to `[SEP]`."""

    ids: Integers
    """Id of each token, shape (tokens,)."""
    types: Integers
    """0 for the first text and 1 for the second, shape (tokens,)."""
    offsets: Integers
    """First character and one past the last of each token, shape (tokens, 2); 0, 0 for special tokens."""

    @property
    def inputs(self) -> dict[str, Integers]:
        """Inputs of a BERT-like network, by name, each of shape (tokens,)."""
        return {"input_ids": self.ids, "attention_mask": np.ones_like(self.ids), "token_type_ids": self.types}


class Tokenizer:
    """Tokenizes texts and pairs of texts for one encoder.

    Args:
        path: path of a `tokenizer.json`.
        max_tokens: most tokens; longer input is truncated, in a pair the longer text first.

    Raises:
        CorruptModel: the file is no tokenizer.
    """

    def __init__(self, path: Path, *, max_tokens: int) -> None:
        library = require("tokenizers", "models")
        try:
            self._tokenizer = library.Tokenizer.from_file(str(path))
        except Exception as error:  # noqa: BLE001  (the library raises plain exceptions)
            raise CorruptModel(f"{path}: is no tokenizer ({error})") from None
        # The file may hold padding settings of the published model; `pad` makes the batches instead.
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(max_tokens)

    def encode(self, texts: Sequence[str | tuple[str, str]]) -> list[Tokens]:
        """Return the tokens of each text or pair."""
        # A lone surrogate, as in broken logs, would raise an error in the tokenizer.
        clean = [_clean(text) if isinstance(text, str) else (_clean(text[0]), _clean(text[1])) for text in texts]
        return [
            Tokens(
                ids=np.array(encoding.ids, np.int64),
                types=np.array(encoding.type_ids, np.int64),
                offsets=np.array(encoding.offsets, np.int64).reshape(-1, 2),
            )
            for encoding in self._tokenizer.encode_batch(clean)
        ]


def _clean(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")
