"""The manifest of a model: inputs, outputs, training data, and the checksums of its files.

A model is a folder: `model.onnx`, `manifest.json`, `tokenizer.json` if it takes texts, and `card.md` for people. Like a
release it holds no clock time, so the same data, settings and seed give the same bytes.
"""

import hashlib
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from sayagain.errors import CorruptModel, ModelError

__all__ = ["GRAPH", "MANIFEST", "TOKENIZER", "ModelManifest", "Shape", "check_file", "file_digest", "read_manifest"]

FORMAT = 1
"""Format version; it changes when the meaning of a file changes, and older versions refuse newer formats."""

GRAPH = "model.onnx"
"""The network."""
MANIFEST = "manifest.json"
"""The file that holds the manifest."""
TOKENIZER = "tokenizer.json"
"""The tokenizer, in the format of Hugging Face's `tokenizers`."""

Shape = tuple[str | int, ...]
"""The axes of an array: a number for a fixed length, a name for a variable one. The first is always `batch`."""


class ModelManifest(msgspec.Struct, frozen=True, kw_only=True):
    """The manifest."""

    format: int = FORMAT
    """Version of the folder's layout."""
    name: str
    """Name of the model."""
    files: dict[str, str]
    """SHA-256 by file name."""
    inputs: dict[str, Shape]
    """Axes of each input. Axes with the same name have the same length within an item, not between items."""
    outputs: dict[str, Shape]
    """Axes of each output."""
    weights: Literal["float32", "int8", "float64"] = "float32"
    """Storage type: of the matrices of a network, which computes in 32 bits either way; `float64` of boosted trees."""
    encoder: str | None = None
    """Digest of the encoder whose embeddings the model takes; None if it takes none."""
    pooling: Literal["mean", "first"] | None = None
    """Pooling of an encoder's token embeddings; None for other models."""
    max_tokens: Annotated[int, msgspec.Meta(gt=2)] | None = None
    """Most tokens of a text; None for a model that takes no texts."""
    labels: dict[str, tuple[str, ...]] = {}
    """Names along the last axis of each output."""
    fields: dict[str, tuple[str, ...]] = {}
    """Names along the last axis of each input: callers select fields by name, so an older model never sees a field that
    was added after its training."""
    categories: dict[str, tuple[str, ...]] = {}
    """Known values of each categorical field, in the order of `Categories`."""
    metrics: dict[str, float] = {}
    """Metrics, by name."""
    seed: int | None = None
    """Seed of all randomness in training."""
    data: str
    """The training data, in words."""


class _Layout(msgspec.Struct):
    """The fields that identify a manifest as ours; read before the rest."""

    format: int


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file, as hexadecimal digits."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def read_manifest(folder: Path, model_file: str = GRAPH) -> ModelManifest:
    """Read the manifest of the model in `folder` and check the checksums of its files.

    Args:
        folder: folder of the model.
        model_file: name of the file that the manifest must name.

    Raises:
        ModelError: there is no model, or its format is newer.
        CorruptModel: a file is missing or has another checksum.
    """
    try:
        text = (folder / MANIFEST).read_bytes()
    except OSError:
        raise ModelError(
            f"{folder} holds no model: there is no {MANIFEST}; sayagain.models.training writes one"
        ) from None
    try:
        layout = msgspec.json.decode(text, type=_Layout).format
        if layout > FORMAT:
            raise ModelError(f"{folder}: the model has format {layout}, this version reads {FORMAT}; upgrade sayagain")
        manifest = msgspec.json.decode(text, type=ModelManifest)
    except msgspec.MsgspecError as error:
        raise CorruptModel(f"{folder / MANIFEST}: cannot be read ({error})") from None
    if model_file not in manifest.files:
        raise CorruptModel(f"{folder / MANIFEST}: names no {model_file}")
    for name, expected in manifest.files.items():
        check_file(folder / name, expected)
    return manifest


def check_file(path: Path, expected: str) -> None:
    """Compare the SHA-256 of a file with the expected one.

    Raises:
        CorruptModel: the file is missing or differs.
    """
    try:
        digest = file_digest(path)
    except OSError as error:
        raise CorruptModel(f"{path}: cannot be read ({error.strerror}); install or make the model again") from None
    if digest != expected:
        raise CorruptModel(f"{path}: has SHA-256 {digest[:12]}…, expected {expected[:12]}…; install or make it again")
