"""Training examples of the frame networks: rows of a session with their labels."""

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
    """Its words; a batch makes arrays of them when it needs them, since they are large."""
    labels: dict[str, Array]
    """By name: labels, and the weight of each."""


def mention_targets(rows: TextRows, frames: Sequence[Frame | None], names: FrameNames) -> list[Mention]:
    """Return what each row states, by the truth; slots that the network does not know are passed over.

    Args:
        rows: a part of a session.
        frames: of each turn of the session.
        names: what is told apart.
    """
    found = []
    for at, row in enumerate(rows.rows):
        frame = frames[row.turn]
        if frame is None:
            continue
        for name, value in frame.closed if row.asked else frame.answer_closed:
            if name in names.slots:
                found.append(Mention(at, name, value, None))
        for span in frame.spans if row.asked else frame.answer_spans:
            tokens = rows.tokens[at].offsets
            inside = np.flatnonzero((tokens[:, 0] < span.end) & (tokens[:, 1] > span.first))
            if len(inside) and span.slot in names.slots:
                words = row.text[span.first : span.end]
                found.append(Mention(at, span.slot, words, (int(inside[0]), int(inside[-1]) + 1)))
    return found


def frame_example(rows: TextRows, frames: Sequence[Frame | None], names: FrameNames, *, later: bool) -> FrameExample:
    """Put labels beside a part of a session.

    Args:
        rows: the part.
        frames: of each turn of the session; None where a turn has no label.
        names: what is told apart.
        later: whether a row may take up what is said only later.
    """
    numbers = {name: at for at, name in enumerate(names.slots)}
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
    intents = {name: at for at, name in enumerate(names.intents)}
    closed = {pair: at for at, pair in enumerate(names.closed)}
    for at, row in enumerate(rows.rows):
        frame = frames[row.turn]
        if frame is None:
            continue
        known = [intents[each] for each in frame.intents if each in intents] if row.asked else []
        labels["label intent"][at, known] = 1
        labels["weight intent"][at] = float(row.asked and (names.several or bool(known)))
        stated = frame.closed if row.asked else frame.answer_closed
        labels["label closed"][at, [closed[pair] for pair in stated if pair in closed]] = 1
        labels["weight closed"][at] = 1
        here = slice(rows.begins[at], rows.begins[at] + len(rows.words[at]))
        labels["label tags"][here] = token_tags(
            rows.tokens[at], frame.spans if row.asked else frame.answer_spans, numbers
        )
        labels["weight tags"][here] = 1
    mentions = mention_targets(rows, frames, names)
    labels |= mention_arrays(rows, mentions, numbers)
    labels["label taken"] = _taken(rows, frames, mentions, numbers)
    known_rows = np.array([(f := frames[row.turn]) is not None and f.holds is not None for row in rows.rows])
    open_to = takes_up(rows, mentions, later=later)
    labels["weight taken"] = (open_to & known_rows[:, None]).astype(np.float32).reshape(count, len(mentions))
    return FrameExample(rows, labels)


def _taken(
    rows: TextRows, frames: Sequence[Frame | None], mentions: Sequence[Mention], numbers: dict[str, int]
) -> Array:
    out = np.zeros((len(rows.rows), len(mentions)), np.int64)
    values = [same_text(each.value) for each in mentions]
    for at, row in enumerate(rows.rows):
        frame = frames[row.turn]
        if not row.asked or frame is None or frame.holds is None:
            continue
        holds = {name: {same_text(value) for value in written} for name, written in frame.holds}
        for number, (mention, value) in enumerate(zip(mentions, values, strict=True)):
            if value in holds.get(mention.slot, ()):
                out[at, number] = 1 + numbers[mention.slot]
            else:
                other = [name for name, written in holds.items() if value in written and name in numbers]
                out[at, number] = 1 + numbers[other[0]] if other else 0
    return out


def collate_frames(examples: Sequence[FrameExample], names: FrameNames) -> dict[str, Array]:
    """Return one batch; padding has weight 0."""
    items = [{**row_arrays(each.rows), **each.labels} for each in examples]
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


def frame_losses(network: nn.Module, batch: Batch) -> dict[str, Tensor]:
    """Return the losses of intents, closed slots, tags and what is taken up."""
    assert isinstance(network, FrameNetwork)
    names = network.names
    intent, closed, tags, seen = network.reader(*(batch[name] for name in row_shapes(0)))
    found: dict[str, Tensor] = {}
    if names.intents:
        wanted, weight = batch["label intent"], batch["weight intent"]
        found["intent"] = (
            _each(intent, wanted, weight) if names.several else cross_entropy(intent, wanted, weights=weight)
        )
    if names.closed:
        found["closed"] = _each(closed, batch["label closed"], batch["weight closed"])
    assert tags.shape[-1] == len(tag_names(names.slots))
    found["tags"] = cross_entropy(tags, batch["label tags"], weights=batch["weight tags"])
    if bool((batch["weight taken"] > 0).any()):
        at = batch["at"].unsqueeze(-1).expand(-1, -1, seen.shape[-1])
        places = torch.gather(seen, 1, at)
        taken = network.carrier(seen, places, batch["mentions"], batch["slots"], batch["beside"])
        found["taken"] = cross_entropy(taken, batch["label taken"], weights=batch["weight taken"])
    return found


def _each(logits: Tensor, wanted: Tensor, weight: Tensor) -> Tensor:
    """Return the cross-entropy of yes and no for each class, summed over classes, mean over what has a label."""
    both = nn.functional.binary_cross_entropy_with_logits(logits, wanted, reduction="none").sum(-1)
    return (both * weight).sum() / torch.clamp(weight.sum(), min=1e-9)
