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
    """Write a model: network, manifest and card; it replaces an older one in the folder only if all checks pass.

    Args:
        network: trained network; its `forward` takes the inputs by name and returns the outputs in order.
        folder: folder of the model.
        examples: at least two batches of inputs by name, of different lengths, to compare the export on.
        manifest: the manifest without `files`, which is filled in. `weights` sets the format: `float32` is exact,
            `int8` a quarter of the size, with matrices quantized by channel.
        card: the model card.
        tokenizer: tokenizer file to copy into the folder, for a network that takes tokens.

    Returns:
        The manifest and the difference between the exported network and the trained one.

    Raises:
        ModelError: exact weights differ by more than 1e-4 or have another argmax; with 8 bits the cosine of an output
            is below .99.
    """
    accepted = list(inspect.signature(network.forward).parameters)
    if not set(manifest.inputs) <= set(accepted):
        raise ModelError(
            f"{manifest.name}: the network takes {', '.join(accepted)}, the manifest says {', '.join(manifest.inputs)}"
        )
    inputs = [{name: torch.as_tensor(example[name]) for name in manifest.inputs} for example in examples]
    lengths = {tuple(array.shape[1:] for array in example.values()) for example in inputs}
    if len(lengths) < 2 and any(isinstance(axis, str) for shape in manifest.inputs.values() for axis in shape[1:]):
        raise ModelError(f"{manifest.name}: give examples of unlike lengths; one does not tell whether others work")
    # Trace with the longest example: the exporter turns a length of 1 into a constant.
    inputs.sort(key=lambda example: -sum(tensor.numel() for tensor in example.values()))
    network = network.to("cpu").eval()
    draft = folder.parent / f".{folder.name}-{secrets.token_hex(4)}"
    draft.mkdir(parents=True)
    try:
        _write_graph(network, inputs[0], manifest, draft / GRAPH)
        worst = _compare(network, inputs, manifest, draft / GRAPH)
        if tokenizer is not None:
            shutil.copyfile(tokenizer, draft / TOKENIZER)
        names = sorted(path.name for path in draft.iterdir())
        manifest = msgspec.structs.replace(manifest, files={name: file_digest(draft / name) for name in names})
        text = msgspec.json.format(msgspec.json.encode(manifest, order="sorted"))
        (draft / MANIFEST).write_bytes(text + b"\n")
        (draft / "card.md").write_text(card_text(manifest, card, (draft / GRAPH).stat().st_size), encoding="utf-8")
        _publish(draft, folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return Export(manifest=manifest, likeness=worst)


def export_encoder(
    network: TextEncoder | BiEncoder, folder: Path, texts: Sequence[str], manifest: ModelManifest, card: Card
) -> Export:
    """Write an encoder, which `load_encoder(folder)` runs without torch.

    Args:
        network: trained or loaded network.
        folder: folder of the encoder.
        texts: a few dozen texts of different lengths to compare the export on.
        manifest: name, data, metrics and so on; inputs, outputs and the settings of the encoder are filled in.
        card: the model card.

    Raises:
        ModelError: as `export`.
    """
    encoder = network.encoder if isinstance(network, BiEncoder) else network
    inputs: dict[str, Shape] = dict.fromkeys(("input_ids", "attention_mask"), ("batch", "tokens"))
    if encoder.two_texts:
        inputs["token_type_ids"] = ("batch", "tokens")
    encoder_manifest = msgspec.structs.replace(
        manifest,
        inputs=inputs,
        outputs={"vectors": ("batch", "tokens", encoder.size)},
        pooling=encoder.pooling,
        max_tokens=encoder.max_tokens,
    )
    examples = [
        {name: array[None] for name, array in tokens.inputs.items()} for tokens in encoder.tokenizer.encode(texts)
    ]
    return export(encoder, folder, examples, encoder_manifest, card, tokenizer=encoder.tokenizer_file)


def _write_graph(network: nn.Module, example: dict[str, Tensor], manifest: ModelManifest, path: Path) -> None:
    # Trace with a batch of two: the exporter turns a batch of 1 into a constant.
    traced = {name: torch.cat([tensor, tensor]) for name, tensor in example.items()}
    axes = {**manifest.inputs, **manifest.outputs}
    dynamic_axes = {
        name: {index: axis for index, axis in enumerate(shape) if isinstance(axis, str)} for name, shape in axes.items()
    }
    buffer = io.BytesIO()
    with warnings.catch_warnings(), torch.inference_mode():
        # The older of torch's two exporters: the newer one makes variable lengths constant.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            network,
            (),
            buffer,
            kwargs=traced,
            input_names=list(traced),
            output_names=list(manifest.outputs),
            dynamic_axes=dynamic_axes,
            opset_version=_OPSET,
            dynamo=False,
        )
    network.eval()
    onnx = require("onnx", "train")
    model = onnx.load_model_from_string(buffer.getvalue())
    for node in model.graph.node:
        # The exporter writes local file paths into it.
        node.ClearField("doc_string")
    if manifest.weights == "int8":
        round_weights(model)
    path.write_bytes(model.SerializeToString(deterministic=True))


def _compare(
    network: nn.Module, examples: Sequence[dict[str, Tensor]], manifest: ModelManifest, graph: Path
) -> Likeness:
    """Run both networks on all examples and return the worst difference.

    Raises:
        ModelError: the outputs differ too much.
    """
    session = OnnxSession(graph)
    worst = Likeness(difference=0.0, cosine=1.0, agreement=1.0)
    for example in examples:
        with torch.inference_mode():
            outputs: Any = network(**example)
        references = outputs if isinstance(outputs, tuple | list) else (outputs,)
        exported = session.run({name: tensor.numpy() for name, tensor in example.items()})
        for name, reference in zip(manifest.outputs, references, strict=True):
            comparison = likeness(reference.numpy(), exported[name], pooling=manifest.pooling)
            exact = comparison.difference <= EXACT and comparison.agreement == 1
            if manifest.weights == "float32" and not exact:
                raise ModelError(
                    f"{manifest.name}: the exported {name} differs by {comparison.difference:.2g} and chooses alike in"
                    f" {comparison.agreement:.0%}; {EXACT:g} and 100% are wanted"
                )
            if manifest.weights == "int8" and not comparison.cosine >= _COSINE:
                raise ModelError(
                    f"{manifest.name}: 8 bits turn {name} to a cosine of {comparison.cosine:.3f}, {_COSINE} is the"
                    " least allowed; export it as float32"
                )
            worst = Likeness(
                difference=max(worst.difference, comparison.difference),
                cosine=min(worst.cosine, comparison.cosine),
                agreement=min(worst.agreement, comparison.agreement),
            )
    return worst


def _publish(draft: Path, folder: Path) -> None:
    for path in draft.iterdir():
        with path.open("rb") as file:
            os.fsync(file.fileno())
    old = folder.parent / f"{draft.name}-old"
    if folder.exists():
        folder.rename(old)
    draft.rename(folder)
    shutil.rmtree(old, ignore_errors=True)
