"""Training examples of the frame networks: rows of a session with labels."""

from collections.abc import Sequence

import msgspec
import numpy as np
import torch
from torch import Tensor, nn

from sayagain.labels.frames.frame import Frame, FrameNames, same_text, tag_names
from sayagain.labels.frames.mentions import BESIDE, Mention, mention_arrays, takes_up
from sayagain.labels.frames.rows import APART, TextRows, row_arrays, row_shapes, token_tags
from sayagain.labels.frames.training.network import FrameNetwork
from sayagain.models import Array, Shape, pad
from sayagain.models.training import Batch, cross_entropy

__all__ = ["FrameExample", "collate_frames", "frame_example", "frame_losses", "mention_targets"]


class FrameExample(msgspec.Struct, frozen=True):
    """A part of a session and its labels as arrays."""

    rows: TextRows
    """The rows; the arrays are made only for a batch, because they are large."""
    labels: dict[str, Array]
    """Labels and their weights, by name."""


def mention_targets(rows: TextRows, frames: Sequence[Frame | None], names: FrameNames) -> list[Mention]:
    """Return the true mentions of each row; slots that the network does not know are skipped.

    Args:
        rows: part of a session.
        frames: frame of each turn of the session.
        names: label set of the network.
    """
    mentions = []
    for index, row in enumerate(rows.rows):
        frame = frames[row.turn]
        if frame is None:
            continue
        for name, value in frame.closed if row.asked else frame.answer_closed:
            if name in names.slots:
                mentions.append(Mention(index, name, value, None))
        for span in frame.spans if row.asked else frame.answer_spans:
            tokens = rows.tokens[index].offsets
            inside = np.flatnonzero((tokens[:, 0] < span.end) & (tokens[:, 1] > span.first))
            if len(inside) and span.slot in names.slots:
                words = row.text[span.first : span.end]
                mentions.append(Mention(index, span.slot, words, (int(inside[0]), int(inside[-1]) + 1)))
    return mentions


def frame_example(rows: TextRows, frames: Sequence[Frame | None], names: FrameNames, *, later: bool) -> FrameExample:
    """Combine a part of a session with its labels.

    Args:
        rows: part of a session.
        frames: frame of each turn of the session; None for a turn without a label.
        names: label set of the network.
        later: whether a row may carry over mentions of later rows.
    """
    numbers = {name: index for index, name in enumerate(names.slots)}
    count = len(rows.rows)
    size = rows.begins[-1] + len(rows.words[-1]) + APART
    labels: dict[str, Array] = {
        "label intent": np.zeros((count, len(names.intents)), np.float32),
        "weight intent": np.zeros(count, np.float32),
        "label closed": np.zeros((count, len(names.closed)), np.float32),
        "weight closed": np.zeros(count, np.float32),
        "label tags": np.zeros(size, np.int64),
        "weight tags": np.zeros(size, np.float32),
    }
    intents = {name: index for index, name in enumerate(names.intents)}
    closed = {pair: index for index, pair in enumerate(names.closed)}
    for index, row in enumerate(rows.rows):
        frame = frames[row.turn]
        if frame is None:
            continue
        intent_indices = [intents[intent] for intent in frame.intents if intent in intents] if row.asked else []
        labels["label intent"][index, intent_indices] = 1
        labels["weight intent"][index] = float(row.asked and (names.several or bool(intent_indices)))
        closed_slots = frame.closed if row.asked else frame.answer_closed
        labels["label closed"][index, [closed[pair] for pair in closed_slots if pair in closed]] = 1
        labels["weight closed"][index] = 1
        token_slice = slice(rows.begins[index], rows.begins[index] + len(rows.words[index]))
        labels["label tags"][token_slice] = token_tags(
            rows.tokens[index], frame.spans if row.asked else frame.answer_spans, numbers
        )
        labels["weight tags"][token_slice] = 1
    mentions = mention_targets(rows, frames, names)
    labels |= mention_arrays(rows, mentions, numbers)
    labels["label taken"] = _carry_targets(rows, frames, mentions, numbers)
    known_rows = np.array([(f := frames[row.turn]) is not None and f.holds is not None for row in rows.rows])
    may_carry = takes_up(rows, mentions, later=later)
    labels["weight taken"] = (may_carry & known_rows[:, None]).astype(np.float32).reshape(count, len(mentions))
    return FrameExample(rows, labels)


def _carry_targets(
    rows: TextRows, frames: Sequence[Frame | None], mentions: Sequence[Mention], numbers: dict[str, int]
) -> Array:
    targets = np.zeros((len(rows.rows), len(mentions)), np.int64)
    values = [same_text(mention.value) for mention in mentions]
    for index, row in enumerate(rows.rows):
        frame = frames[row.turn]
        if not row.asked or frame is None or frame.holds is None:
            continue
        holds = {name: {same_text(value) for value in spellings} for name, spellings in frame.holds}
        for number, (mention, value) in enumerate(zip(mentions, values, strict=True)):
            if value in holds.get(mention.slot, ()):
                targets[index, number] = 1 + numbers[mention.slot]
            else:
                other_slots = [name for name, spellings in holds.items() if value in spellings and name in numbers]
                targets[index, number] = 1 + numbers[other_slots[0]] if other_slots else 0
    return targets


def collate_frames(examples: Sequence[FrameExample], names: FrameNames) -> dict[str, Array]:
    """Return one batch; padding has weight 0."""
    items = [{**row_arrays(example.rows), **example.labels} for example in examples]
    size = items[0]["vectors"].shape[-1]
    shapes: dict[str, Shape] = {
        **row_shapes(size),
        "mentions": ("batch", "mentions", size),
        "slots": ("batch", "mentions"),
        "at": ("batch", "mentions"),
        "beside": ("batch", "rows", "mentions", BESIDE),
        "label intent": ("batch", "rows", len(names.intents)),
        "weight intent": ("batch", "rows"),
        "label closed": ("batch", "rows", len(names.closed)),
        "weight closed": ("batch", "rows"),
        "label tags": ("batch", "tokens"),
        "weight tags": ("batch", "tokens"),
        "label taken": ("batch", "rows", "mentions"),
        "weight taken": ("batch", "rows", "mentions"),
    }
    return pad(items, shapes)


def frame_losses(network: FrameNetwork, batch: Batch) -> dict[str, Tensor]:
    """Return the losses of intents, closed slots, tags and carried slots."""
    names = network.names
    intent, closed, tags, seen = network.reader(*(batch[name] for name in row_shapes(0)))
    losses: dict[str, Tensor] = {}
    if names.intents:
        targets, weight = batch["label intent"], batch["weight intent"]
        losses["intent"] = (
            _multilabel_loss(intent, targets, weight)
            if names.several
            else cross_entropy(intent, targets, weights=weight)
        )
    if names.closed:
        losses["closed"] = _multilabel_loss(closed, batch["label closed"], batch["weight closed"])
    assert tags.shape[-1] == len(tag_names(names.slots))
    losses["tags"] = cross_entropy(tags, batch["label tags"], weights=batch["weight tags"])
    if bool((batch["weight taken"] > 0).any()):
        gather_index = batch["at"].unsqueeze(-1).expand(-1, -1, seen.shape[-1])
        places = torch.gather(seen, 1, gather_index)
        taken = network.carrier(seen, places, batch["mentions"], batch["slots"], batch["beside"])
        losses["taken"] = cross_entropy(taken, batch["label taken"], weights=batch["weight taken"])
    return losses


def _multilabel_loss(logits: Tensor, targets: Tensor, weight: Tensor) -> Tensor:
    """Return the binary cross-entropy, summed over classes, averaged over labelled rows."""
    class_losses = nn.functional.binary_cross_entropy_with_logits(logits, targets, reduction="none").sum(-1)
    return (class_losses * weight).sum() / torch.clamp(weight.sum(), min=1e-9)
