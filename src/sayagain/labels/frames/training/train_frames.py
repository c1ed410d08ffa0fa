"""Training of a frame labeller: train it, export it, set its thresholds on sessions outside the training data."""

from collections.abc import Sequence
from pathlib import Path

import msgspec
import torch
from torch import Tensor, nn

from sayagain.labels.frames.decoding import Thresholds
from sayagain.labels.frames.frame import Frame, FrameNames, TurnFrames, tag_names
from sayagain.labels.frames.labeller import FrameLabeller, open_frames
from sayagain.labels.frames.mentions import mention_shapes
from sayagain.labels.frames.rows import TextRows, row_shapes
from sayagain.labels.frames.score import f1, hits_of, score
from sayagain.labels.frames.training.examples import FrameExample, collate_frames, frame_example, frame_losses
from sayagain.labels.frames.training.network import WIDTH, FrameNetwork
from sayagain.models import Array, Card, Encoder, ModelManifest, Progress
from sayagain.models.training import TrainSettings, export, train

__all__ = ["FRAMES", "set_thresholds", "train_frames", "write_frames"]

FRAMES = TrainSettings(
    epochs=8, batch=8, rate=3e-3, warm_up=0.1, decay=0.02, patience=None, seed=1, weights={"tags": 4.0}
)
"""Default settings; `batch` counts sessions."""


def train_frames(
    sessions: Sequence[TurnFrames],
    parts: Sequence[TextRows],
    names: FrameNames,
    *,
    later: bool = False,
    settings: TrainSettings = FRAMES,
    progress: Progress | None = None,
    checkpoint: Path | None = None,
) -> FrameNetwork:
    """Train a frame network.

    Args:
        sessions: sessions with frames.
        parts: parts of these sessions, from `read_rows`. If each request is a part of its own, a batch has as many
            parts as its sessions have requests, so the number of steps stays the same.
        names: label set of the network.
        later: whether a row attends to later rows.
        settings: settings of the training.
        progress: called after each step.
        checkpoint: see `sayagain.models.training.train`.
    """
    examples = [
        frame_example(rows, frames, names, later=later)
        for rows, frames in zip(parts, _frames(sessions, parts), strict=True)
    ]
    part_settings = msgspec.structs.replace(
        settings, batch=max(1, round(settings.batch * len(examples) / len(sessions)))
    )

    def batch(batch_examples: Sequence[FrameExample]) -> dict[str, Array]:
        return collate_frames(batch_examples, names)

    size = parts[0].vectors.shape[-1]
    return train(
        lambda: FrameNetwork(names, size=size, later=later),
        examples,
        collate=batch,
        loss=frame_losses,
        settings=part_settings,
        progress=progress,
        checkpoint=checkpoint,
    ).network


def _frames(sessions: Sequence[TurnFrames], parts: Sequence[TextRows]) -> list[tuple[Frame | None, ...]]:
    """Return the frames of each part's session; a part with turn 0 begins the next session."""
    remaining = iter(sessions)
    frames_by_part: list[tuple[Frame | None, ...]] = []
    for rows in parts:
        frames_by_part.append(next(remaining).frames if rows.rows[0].turn == 0 else frames_by_part[-1])
    return frames_by_part


def set_thresholds(labeller: FrameLabeller, sessions: Sequence[TurnFrames], *, alone: bool = False) -> Thresholds:
    """Return the thresholds with the highest F1, tuned one after the other.

    Args:
        labeller: a labeller trained on other sessions.
        sessions: sessions to tune on.
        alone: whether to label each request without context.
    """
    parts = labeller.read([frames.session for frames in sessions], alone=alone)
    outputs = labeller.run_reader(parts)
    truths = [
        (hits_of(frame, turn.heard) if frame is not None else None)
        for frames in sessions
        for turn, frame in zip(frames.session.turns, frames.frames, strict=True)
    ]
    thresholds = Thresholds()
    steps: list[tuple[str, int, tuple[float, ...]]] = [
        ("intent", 0, (0.3, 0.4, 0.5, 0.6)),
        ("closed", 1, (0.3, 0.4, 0.5, 0.6)),
        ("outside", 1, (-1.0, -0.5, 0.0, 0.5)),
        ("carried", 2, (0.3, 0.4, 0.5, 0.6)),
    ]
    for name, kind, values in steps:
        results = []
        for value in values:
            limits = msgspec.structs.replace(thresholds, **{name: value})
            labels = labeller.decide(parts, outputs, limits)
            pairs = [(label, truth) for label, truth in zip(labels, truths, strict=True) if truth is not None]
            counts = score([label for label, _ in pairs], [truth for _, truth in pairs])
            results.append((float(f1(counts[kind])), -abs(value - 0.5 * (name != "outside")), value))
        thresholds = msgspec.structs.replace(thresholds, **{name: max(results)[2]})
    return thresholds


def write_frames(
    network: FrameNetwork,
    folder: Path,
    examples: Sequence[tuple[TextRows, Sequence[Frame | None]]],
    encoder: Encoder,
    *,
    data: str,
    card: Card,
    seed: int,
    thresholds: Thresholds | None = None,
    metrics: dict[str, float] | None = None,
    threads: int = 1,
) -> FrameLabeller:
    """Export a labeller as `reader` and `carrier` below a folder, and open it.

    Args:
        network: trained network.
        folder: folder of the labeller.
        examples: parts of sessions with frames, of different lengths, to compare the export on; at least two with
            mentions.
        encoder: encoder of the embeddings.
        data: the training data, in words.
        card: the model card.
        seed: seed of the training.
        thresholds: decision thresholds; None for the defaults.
        metrics: metrics for the manifest.
        threads: most threads of one run of the opened labeller.

    Raises:
        ModelError: the export differs from the network.
    """
    names = network.names
    batches = [
        collate_frames([frame_example(rows, frames, names, later=network.later)], names) for rows, frames in examples
    ]
    pairs = [pair for rows, _ in examples for pair in zip(rows.rows, rows.words, strict=True)]
    inputs = row_shapes(encoder.size)
    figures = {
        f"threshold_{name}": float(value) for name, value in msgspec.structs.asdict(thresholds or Thresholds()).items()
    }
    answers = any(len(words) and not row.asked for row, words in pairs)
    figures |= {
        "answers": float(answers),
        "several": float(names.several),
        "later": float(network.later),
        **(metrics or {}),
    }
    reader = ModelManifest(
        name="labeller of frames, reader",
        files={},
        inputs=inputs,
        outputs={
            "intent": ("batch", "rows", max(len(names.intents), 1)),
            "closed": ("batch", "rows", max(len(names.closed), 1)),
            "tags": ("batch", "tokens", len(tag_names(names.slots))),
            "seen": ("batch", "rows", 2 * WIDTH),
        },
        encoder=encoder.digest,
        labels={
            "intent": names.intents,
            "closed": tuple(f"{name}={value}" for name, value in names.closed),
            "tags": tag_names(names.slots),
        },
        metrics=figures,
        seed=seed,
        data=data,
    )
    export(
        network.reader, folder / "reader", [{name: batch[name] for name in inputs} for batch in batches], reader, card
    )
    carrier = ModelManifest(
        name="labeller of frames, carrier",
        files={},
        inputs=mention_shapes(encoder.size, 2 * WIDTH),
        outputs={"taken": ("batch", "rows", "mentions", 1 + len(names.slots))},
        encoder=encoder.digest,
        labels={"taken": ("", *names.slots)},
        seed=seed,
        data=data,
    )
    export(network.carrier, folder / "carrier", _carrier_inputs(network.reader, batches), carrier, card)
    return open_frames(encoder=encoder, folder=folder, threads=threads)


def _carrier_inputs(reader: nn.Module, batches: Sequence[dict[str, Array]]) -> list[dict[str, Tensor | Array]]:
    """Make inputs of the carrier from the reader's row vectors; batches without mentions are left out."""
    carrier_inputs: list[dict[str, Tensor | Array]] = []
    reader.eval()
    for batch in batches:
        if not batch["mentions"].shape[1]:
            continue
        with torch.inference_mode():
            row_vectors = reader(*(torch.from_numpy(batch[name]) for name in row_shapes(0)))[-1]
        places = row_vectors[:, batch["at"][0]]
        carrier_inputs.append(
            {"rows": row_vectors, "places": places, **{name: batch[name] for name in ("mentions", "slots", "beside")}}
        )
    return carrier_inputs
