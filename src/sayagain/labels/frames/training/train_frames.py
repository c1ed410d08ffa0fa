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
        sessions: with their frames.
        parts: of these sessions, as `read_rows` returns them. Where each request is a
            part of its own, a batch holds as many parts as its sessions have, so the number of steps stays the same.
        names: what is told apart.
        later: whether a row sees the rows after it.
        settings: of the trainer.
        progress: told after each step.
        checkpoint: see `sayagain.models.training.train`.
    """
    examples = [
        frame_example(rows, frames, names, later=later)
        for rows, frames in zip(parts, _frames(sessions, parts), strict=True)
    ]
    together = msgspec.structs.replace(settings, batch=max(1, round(settings.batch * len(examples) / len(sessions))))

    def batch(chosen: Sequence[FrameExample]) -> dict[str, Array]:
        return collate_frames(chosen, names)

    size = parts[0].vectors.shape[-1]
    trained = train(
        lambda: FrameNetwork(names, size=size, later=later),
        examples,
        collate=batch,
        loss=frame_losses,
        settings=together,
        progress=progress,
        checkpoint=checkpoint,
    )
    network = trained.network
    assert isinstance(network, FrameNetwork)
    return network


def _frames(sessions: Sequence[TurnFrames], parts: Sequence[TextRows]) -> list[tuple[Frame | None, ...]]:
    """Return the frames of the session that each part is of: a part with its first turn begins the next session."""
    left = iter(sessions)
    found: list[tuple[Frame | None, ...]] = []
    for rows in parts:
        found.append(next(left).frames if rows.rows[0].turn == 0 else found[-1])
    return found


def set_thresholds(labeller: FrameLabeller, sessions: Sequence[TurnFrames], *, alone: bool = False) -> Thresholds:
    """Return the thresholds at which F1 is highest, one kind after the other.

    Args:
        labeller: trained on other sessions.
        sessions: to set them on.
        alone: whether each request is read for itself.
    """
    parts = labeller.read([one.session for one in sessions], alone=alone)
    said = labeller.say(parts)
    flat = [
        (hits_of(frame, turn.heard) if frame is not None else None)
        for one in sessions
        for turn, frame in zip(one.session.turns, one.frames, strict=True)
    ]
    best = Thresholds()
    steps: list[tuple[str, int, tuple[float, ...]]] = [
        ("intent", 0, (0.3, 0.4, 0.5, 0.6)),
        ("closed", 1, (0.3, 0.4, 0.5, 0.6)),
        ("outside", 1, (-1.0, -0.5, 0.0, 0.5)),
        ("carried", 2, (0.3, 0.4, 0.5, 0.6)),
    ]
    for name, kind, values in steps:
        tried = []
        for value in values:
            limits = msgspec.structs.replace(best, **{name: value})
            labels = labeller.decide(parts, said, limits)
            pairs = [(label, right) for label, right in zip(labels, flat, strict=True) if right is not None]
            counts = score([label for label, _ in pairs], [right for _, right in pairs])
            tried.append((float(f1(counts[kind])), -abs(value - 0.5 * (name != "outside")), value))
        best = msgspec.structs.replace(best, **{name: max(tried)[2]})
    return best


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
        network: trained.
        folder: where it will be.
        examples: parts of sessions with their frames, of unlike lengths, on which the export is compared; at least
            two of them with mentions.
        encoder: whose vectors it takes.
        data: the training data, in words.
        card: what people should know.
        seed: of its training.
        thresholds: from where on something is said to be there.
        metrics: how well it does.
        threads: how many one run of what is opened may use.

    Raises:
        ModelError: the export would answer differently.
    """
    names = network.names
    fed = [
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
    export(network.reader, folder / "reader", [{name: each[name] for name in inputs} for each in fed], reader, card)
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
    export(network.carrier, folder / "carrier", _carried(network.reader, fed), carrier, card)
    return open_frames(encoder=encoder, folder=folder, threads=threads)


def _carried(reader: nn.Module, fed: Sequence[dict[str, Array]]) -> list[dict[str, Tensor | Array]]:
    """Make inputs of the carrier from what the reader sees in examples; those without mentions are left out."""
    found: list[dict[str, Tensor | Array]] = []
    reader.eval()
    for each in fed:
        if not each["mentions"].shape[1]:
            continue
        with torch.inference_mode():
            seen = reader(*(torch.from_numpy(each[name]) for name in row_shapes(0)))[-1]
        places = seen[:, each["at"][0]]
        found.append({"rows": seen, "places": places, **{name: each[name] for name in ("mentions", "slots", "beside")}})
    return found
