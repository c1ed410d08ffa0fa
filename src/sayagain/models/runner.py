"""The runner of exported models: onnxruntime, without torch."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from sayagain.errors import InputError, ModelError
from sayagain.models.categories import Categories
from sayagain.models.encoder import Encoder
from sayagain.models.manifest import GRAPH, TOKENIZER, ModelManifest, read_manifest
from sayagain.models.onnx_session import Array, OnnxSession
from sayagain.models.padding import axis_lengths, pad, unpad
from sayagain.models.tokenizer import Tokenizer

__all__ = ["Model", "open_model"]

_BATCH = 64


class Model:
    """A network with its manifest; any number of threads may share it.

    Args:
        folder: folder of the model.
        manifest: the checked manifest.
        threads: most threads of one run.
    """

    def __init__(self, folder: Path, manifest: ModelManifest, *, threads: int = 1) -> None:
        self.folder = folder
        self.manifest = manifest
        self.categories = Categories(manifest.categories)
        self.tokenizer: Tokenizer | None = None
        if TOKENIZER in manifest.files and manifest.max_tokens is not None:
            self.tokenizer = Tokenizer(folder / TOKENIZER, max_tokens=manifest.max_tokens)
        self._session = OnnxSession(folder / GRAPH, threads=threads)

    def run(self, batch: Mapping[str, Array]) -> dict[str, Array]:
        """Compute all outputs of one batch of items of equal or padded length.

        Raises:
            InputError: an input is missing.
        """
        for name in self.manifest.inputs:
            if name not in batch:
                raise InputError(f"{self.manifest.name}: {name} is missing; it takes {', '.join(self.manifest.inputs)}")
        return self._session.run(batch)

    def run_all(self, items: Sequence[Mapping[str, Array]], *, batch: int = _BATCH) -> list[dict[str, Array]]:
        """Compute all outputs of items of any lengths, in the order of the items.

        A batch holds items of similar length, and each output is cut to the length of its item.

        Args:
            items: inputs of each item, by name, without the axis `batch`.
            batch: items per batch.

        Raises:
            InputError: an item lacks an input, or an input has other axes than the model takes.
        """
        axes = self.manifest.inputs
        lengths = [axis_lengths(item, axes, index) for index, item in enumerate(items)]
        order = sorted(range(len(items)), key=lambda index: tuple(lengths[index].values()))
        results: list[dict[str, Array]] = [{} for _ in items]
        for start in range(0, len(order), batch):
            indices = order[start : start + batch]
            outputs = self.run(pad([items[index] for index in indices], axes))
            for index, result in zip(
                indices, unpad(outputs, self.manifest.outputs, [lengths[index] for index in indices]), strict=True
            ):
                results[index] = result
        return results

    def read(self, texts: Sequence[str | tuple[str, str]]) -> list[dict[str, Array]]:
        """Compute all outputs for texts or pairs of texts, with a model that takes tokens.

        Raises:
            ModelError: the model takes embeddings.
        """
        if self.tokenizer is None:
            raise ModelError(f"{self.manifest.name} reads no words; it takes {', '.join(self.manifest.inputs)}")
        return self.run_all([tokens.inputs for tokens in self.tokenizer.encode(texts)])


def open_model(folder: str | Path, *, encoder: Encoder | None = None, threads: int = 1) -> Model:
    """Open the model in `folder` and check the checksums of its files.

    Args:
        folder: folder of the model.
        encoder: encoder of its inputs; a model trained with another encoder is refused.
        threads: most threads of one run.

    Raises:
        MissingExtra: onnxruntime is not installed.
        ModelError: there is no model, its format is newer, or it was trained with another encoder.
        CorruptModel: a file is missing or has another checksum.
    """
    manifest = read_manifest(Path(folder))
    if encoder is not None and manifest.encoder is not None and manifest.encoder != encoder.digest:
        raise ModelError(
            f"{folder}: {manifest.name} was trained with encoder {manifest.encoder[:12]}…, "
            f"but this one is {encoder.digest[:12]}…; load the encoder that it was trained with, or train it again"
        )
    return Model(Path(folder), manifest, threads=threads)
