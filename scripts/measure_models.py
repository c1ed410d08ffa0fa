"""Measure the encoders: similarity to the published weights, size and speed; and the time of a training step.

Run after `make test-train` has installed torch: python scripts/measure_models.py. Times depend on what else the machine
does; the figures in docs/models.md are what this printed.
"""

import logging
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import pyarrow.parquet as pq
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic

from sayagain.household import recorded_speech as recorded
from sayagain.models import Card, Checkpoint, Encoder, ModelManifest, find_checkpoint
from sayagain.models.training import (
    CrossEncoder,
    Mlp,
    SequenceTransformer,
    TextEncoder,
    cross_entropy,
    export_encoder,
    load_text_encoder,
)

TEXTS = 600
THREADS = (1, 2)
STEPS = 8

OUTCOMES = Path(recorded.__file__).parent / "outcomes.parquet"


def main() -> None:
    """Print all figures."""
    all_texts = sorted({text for text in pq.read_table(OUTCOMES, columns=["request"])["request"].to_pylist() if text})
    texts = [all_texts[index] for index in np.random.default_rng(1).permutation(len(all_texts))[:TEXTS]]
    print(f"{len(texts)} requests of the household; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    minilm = load_text_encoder()
    with tempfile.TemporaryDirectory() as folder:
        exact = find_checkpoint(_export(minilm, Path(folder) / "float32", texts[:40]))
        rounded = find_checkpoint(_export(minilm, Path(folder) / "int8", texts[:40], weights="int8"))
        # Not offered: it quantizes activations too.
        dynamic = msgspec.structs.replace(exact, graph=Path(folder) / "dynamic.onnx")
        logging.disable(logging.WARNING)
        quantize_dynamic(exact.graph, dynamic.graph, per_channel=True, weight_type=QuantType.QInt8)
        expected = Encoder(exact).vectors(texts)
        _print_run("float32, own export", exact, texts, expected)
        _print_run("int8, own export", rounded, texts, expected)
        _print_run("minilm, the default", find_checkpoint(), texts, expected)
        _print_run("int8 by quantize_dynamic, not offered", dynamic, texts, expected)
    _step("head: transformer of 2 layers over 32 dialogues of 8 turns, frozen vectors, 1 thread", 1, _head())
    _step("encoder trained too: 32 texts of 16 tokens, 2 threads", 2, _fine_tuned(minilm, 16))
    _step("encoder trained too: 32 texts of 64 tokens, 2 threads", 2, _fine_tuned(minilm, 64))


def _export(network: TextEncoder, folder: Path, texts: list[str], weights: str = "float32") -> Path:
    manifest = ModelManifest(name="minilm", files={}, inputs={}, outputs={}, data="As published.")
    manifest = msgspec.structs.replace(manifest, weights=weights)
    export_encoder(network, folder, texts, manifest, Card(does="Encodes.", limits="English."))
    return folder


def _print_run(name: str, checkpoint: Checkpoint, texts: list[str], expected: np.ndarray) -> None:
    vectors = Encoder(checkpoint).vectors(texts)
    cosines = (vectors * expected).sum(1)
    single_vectors = np.concatenate([Encoder(checkpoint).vectors([text]) for text in texts[:20]])
    print(
        f"{name}: {checkpoint.graph.stat().st_size / 1e6:.1f} MB, cosine least {cosines.min():.4f}, mean"
        f" {cosines.mean():.4f}; same bits alone as in company: {bool((single_vectors == vectors[:20]).all())}"
    )
    for threads in THREADS:
        encoder = Encoder(checkpoint, threads=threads)
        encoder.vectors(texts[:8])
        batched = max(len(texts) / _seconds(encoder, [texts]) for _ in range(3))
        single = max(100 / _seconds(encoder, [[text] for text in texts[:100]]) for _ in range(3))
        print(f"  {threads} threads: {batched:.0f} sentences/s batched, {single:.0f} one by one")


def _seconds(encoder: Encoder, calls: list[list[str]]) -> float:
    began = time.perf_counter()
    for texts in calls:
        encoder.vectors(texts)
    return time.perf_counter() - began


def _head() -> Callable[[], torch.Tensor]:
    layers = torch.nn.ModuleList([Mlp(3 * 384, 64), SequenceTransformer(64), Mlp(64, 2)])
    items, mask = torch.randn(32, 8, 3 * 384), torch.ones(32, 8, dtype=torch.bool)
    labels = torch.randint(0, 2, (32, 8))
    optimizer = torch.optim.AdamW(layers.parameters())

    def step() -> torch.Tensor:
        optimizer.zero_grad()
        loss = cross_entropy(layers[2](layers[1](layers[0](items), mask)), labels)
        loss.backward()
        optimizer.step()
        return loss

    return step


def _fine_tuned(minilm: TextEncoder, tokens: int) -> Callable[[], torch.Tensor]:
    network = CrossEncoder(minilm, 2).train()
    ids = torch.from_numpy(np.random.default_rng(1).integers(1_000, 20_000, (32, tokens)))
    mask = torch.ones_like(ids)
    labels = torch.randint(0, 2, (32,))
    optimizer = torch.optim.AdamW(network.parameters(), lr=2e-5)

    def step() -> torch.Tensor:
        optimizer.zero_grad()
        loss = cross_entropy(network(ids, mask), labels)
        loss.backward()
        optimizer.step()
        return loss

    return step


def _step(name: str, threads: int, step: Callable[[], torch.Tensor]) -> None:
    torch.set_num_threads(threads)
    step()
    times = []
    for _ in range(STEPS):
        began = time.perf_counter()
        step()
        times.append(time.perf_counter() - began)
    print(f"a step of training, {name}: median {1e3 * float(np.median(times)):.0f} ms, least {1e3 * min(times):.0f} ms")


if __name__ == "__main__":
    main()
