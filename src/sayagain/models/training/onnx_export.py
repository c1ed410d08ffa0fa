"""Export of a trained network to ONNX, with manifest and card; refused where the outputs differ."""

import inspect
import io
import os
import secrets
import shutil
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import torch
from torch import Tensor, nn

from sayagain.errors import ModelError
from sayagain.extras import require
from sayagain.models.card import Card, card_text
from sayagain.models.manifest import GRAPH, MANIFEST, TOKENIZER, ModelManifest, Shape, file_digest
from sayagain.models.onnx_session import Array, OnnxSession
from sayagain.models.training.likeness import EXACT, Likeness, likeness
from sayagain.models.training.pairs import BiEncoder
from sayagain.models.training.rounding import round_weights
from sayagain.models.training.text_encoder import TextEncoder

__all__ = ["Export", "export", "export_encoder"]

_OPSET = 17
_COSINE = 0.99


class Export(msgspec.Struct, frozen=True, kw_only=True):
    """The result of an export."""

    manifest: ModelManifest
    """The manifest in the folder."""
    likeness: Likeness
    """The worst difference from the trained network, over all outputs of all examples."""


def export(
    network: nn.Module,
    folder: Path,
    examples: Sequence[Mapping[str, Tensor | Array]],
    manifest: ModelManifest,
    card: Card,
    *,
    tokenizer: Path | None = None,
) -> Export:
    """Write a model: network, manifest and card; it replaces an older one in the folder only when all checks pass.

    Args:
        network: trained; its `forward` takes the inputs by their names and returns the outputs in order.
        folder: where the model will be.
        examples: batches of inputs by name, at least two, of unlike lengths: what the export is compared on.
        manifest: all but `files`, which is filled in. `weights` chooses: `float32` is exact, `int8` a quarter of
            the size, with matrices rounded by channel.
        card: what people should know of it.
        tokenizer: copied beside it, for a network that reads words.

    Returns:
        The likeness of the exported network to the trained one.

    Raises:
        ModelError: exact weights differ by more than 1e-4 or choose otherwise; 8 bits turn an output by more than a
            cosine of .99.
    """
    takes = list(inspect.signature(network.forward).parameters)
    if not set(manifest.inputs) <= set(takes):
        raise ModelError(
            f"{manifest.name}: the network takes {', '.join(takes)}, the manifest says {', '.join(manifest.inputs)}"
        )
    fed = [{name: torch.as_tensor(example[name]) for name in manifest.inputs} for example in examples]
    lengths = {tuple(each.shape[1:] for each in example.values()) for example in fed}
    if len(lengths) < 2 and any(isinstance(axis, str) for shape in manifest.inputs.values() for axis in shape[1:]):
        raise ModelError(f"{manifest.name}: give examples of unlike lengths; one does not tell whether others work")
    # Trace with the longest example: the exporter turns a length of 1 into a constant.
    fed.sort(key=lambda example: -sum(each.numel() for each in example.values()))
    network = network.to("cpu").eval()
    draft = folder.parent / f".{folder.name}-{secrets.token_hex(4)}"
    draft.mkdir(parents=True)
    try:
        _write_graph(network, fed[0], manifest, draft / GRAPH)
        found = _compare(network, fed, manifest, draft / GRAPH)
        if tokenizer is not None:
            shutil.copyfile(tokenizer, draft / TOKENIZER)
        names = sorted(each.name for each in draft.iterdir())
        manifest = msgspec.structs.replace(manifest, files={name: file_digest(draft / name) for name in names})
        text = msgspec.json.format(msgspec.json.encode(manifest, order="sorted"))
        (draft / MANIFEST).write_bytes(text + b"\n")
        (draft / "card.md").write_text(card_text(manifest, card, (draft / GRAPH).stat().st_size), encoding="utf-8")
        _publish(draft, folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return Export(manifest=manifest, likeness=found)


def export_encoder(
    network: TextEncoder | BiEncoder, folder: Path, texts: Sequence[str], manifest: ModelManifest, card: Card
) -> Export:
    """Write an encoder, which `load_encoder(folder)` runs with no torch.

    Args:
        network: trained or loaded.
        folder: where it will be.
        texts: on which the export is compared; a few dozen, of unlike lengths.
        manifest: name, data, metrics and so on; inputs, outputs and the settings of the encoder are filled in.
        card: what people should know of it.

    Raises:
        ModelError: as `export`.
    """
    encoder = network.encoder if isinstance(network, BiEncoder) else network
    inputs: dict[str, Shape] = dict.fromkeys(("input_ids", "attention_mask"), ("batch", "tokens"))
    if encoder.two_texts:
        inputs["token_type_ids"] = ("batch", "tokens")
    filled = msgspec.structs.replace(
        manifest,
        inputs=inputs,
        outputs={"vectors": ("batch", "tokens", encoder.size)},
        pooling=encoder.pooling,
        max_tokens=encoder.max_tokens,
    )
    examples = [
        {"input_ids": each.ids[None], "attention_mask": each.ids[None] * 0 + 1, "token_type_ids": each.types[None]}
        for each in encoder.tokenizer.encode(texts)
    ]
    return export(encoder, folder, examples, filled, card, tokenizer=encoder.tokenizer_file)


def _write_graph(network: nn.Module, example: dict[str, Tensor], manifest: ModelManifest, path: Path) -> None:
    # Trace with a batch of two: the exporter turns a batch of 1 into a constant.
    traced = {name: torch.cat([each, each]) for name, each in example.items()}
    axes = {**manifest.inputs, **manifest.outputs}
    moving = {
        name: {at: axis for at, axis in enumerate(shape) if isinstance(axis, str)} for name, shape in axes.items()
    }
    buffer = io.BytesIO()
    with warnings.catch_warnings(), torch.inference_mode():
        # This exporter is the older of torch's two; the newer one fixes lengths that should vary.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            network,
            (),
            buffer,
            kwargs=traced,
            input_names=list(traced),
            output_names=list(manifest.outputs),
            dynamic_axes=moving,
            opset_version=_OPSET,
            dynamo=False,
        )
    network.eval()
    onnx = require("onnx", "train")
    model = onnx.load_model_from_string(buffer.getvalue())
    for node in model.graph.node:
        # The exporter writes paths of this machine into it.
        node.ClearField("doc_string")
    if manifest.weights == "int8":
        round_weights(model)
    path.write_bytes(model.SerializeToString(deterministic=True))


def _compare(
    network: nn.Module, examples: Sequence[dict[str, Tensor]], manifest: ModelManifest, graph: Path
) -> Likeness:
    """Run both on all examples.

    Raises:
        ModelError: they are too unlike.
    """
    session = OnnxSession(graph)
    least = Likeness(difference=0.0, cosine=1.0, agreement=1.0)
    for example in examples:
        with torch.inference_mode():
            given: Any = network(**example)
        wanted = given if isinstance(given, tuple | list) else (given,)
        seen = session.run({name: each.numpy() for name, each in example.items()})
        for name, each in zip(manifest.outputs, wanted, strict=True):
            found = likeness(each.numpy(), seen[name], pooling=manifest.pooling)
            exact = found.difference <= EXACT and found.agreement == 1
            if manifest.weights == "float32" and not exact:
                raise ModelError(
                    f"{manifest.name}: the exported {name} differs by {found.difference:.2g} and chooses alike in"
                    f" {found.agreement:.0%}; {EXACT:g} and 100% are wanted"
                )
            if manifest.weights == "int8" and not found.cosine >= _COSINE:
                raise ModelError(
                    f"{manifest.name}: 8 bits turn {name} to a cosine of {found.cosine:.3f}, {_COSINE} is the least"
                    " allowed; export it as float32"
                )
            least = Likeness(
                difference=max(least.difference, found.difference),
                cosine=min(least.cosine, found.cosine),
                agreement=min(least.agreement, found.agreement),
            )
    return least


def _publish(draft: Path, folder: Path) -> None:
    for path in draft.iterdir():
        with path.open("rb") as written:
            os.fsync(written.fileno())
    old = folder.parent / f"{draft.name}-old"
    if folder.exists():
        folder.rename(old)
    draft.rename(folder)
    shutil.rmtree(old, ignore_errors=True)
