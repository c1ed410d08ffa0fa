"""Decoding of the frame networks' outputs: tags to spans, logits to intents, closed slots and carried slots."""

from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec
import numpy as np
import numpy.typing as npt

from sayagain.labels.frames.frame import FrameNames, same_text
from sayagain.labels.frames.mentions import Mention
from sayagain.labels.frames.rows import TextRows, tag_spans
from sayagain.models import Array

__all__ = ["DecodedSlot", "Thresholds", "carried_slots", "intents_of", "mentions_of", "slots_of"]

Source = Literal["said", "implied", "carried"]


class Thresholds(msgspec.Struct, frozen=True, kw_only=True):
    """Decision thresholds, set on sessions outside the training data."""

    intent: float = 0.5
    """Least P(intent) if a request may have several intents; otherwise the most probable intent is taken."""
    closed: float = 0.5
    """Least P(slot and value) of closed slots, whose values may be absent from the words."""
    outside: float = 0.0
    """Offset on the logit of "no slot" at each token: a negative one tags more words as slots."""
    carried: float = 0.5
    """Least P(carried over) of a mention in another row."""


class DecodedSlot(msgspec.Struct, frozen=True, kw_only=True):
    """One slot of a hypothesis, with its source."""

    name: str
    """Name of the slot in the training data."""
    value: str
    """The words as said, or a value from the training data."""
    probability: float
    """Probability that the slot has this value."""
    source: Source
    """Source of the slot: words of the request, implied by them, or carried over from another row of the session."""


def intents_of(logits: Array, names: FrameNames, thresholds: Thresholds) -> tuple[tuple[str, ...], float]:
    """Return a row's intents in alphabetical order, with their probability.

    Args:
        logits: logits of the row, shape (intents,).
        names: label set of the network.
        thresholds: decision thresholds.
    """
    if not names.intents:
        return (), 0.0
    if not names.several:
        p = _softmax(logits)
        index = int(p.argmax())
        return (names.intents[index],), float(p[index])
    p = _probabilities(logits)
    selected = p >= thresholds.intent
    certainty = np.where(selected, p, 1 - p)
    return tuple(name for name, is_selected in zip(names.intents, selected, strict=True) if is_selected), float(
        certainty.min()
    )


def mentions_of(
    rows: TextRows, outputs: Mapping[str, Array], names: FrameNames, thresholds: Thresholds
) -> list[Mention]:
    """Return the slots that the rows of a part state themselves, in order of rows.

    Args:
        rows: part of a session.
        outputs: outputs `closed` (rows, closed) and `tags` (tokens, tags) of the network.
        names: label set of the network.
        thresholds: decision thresholds.
    """
    tags = outputs["tags"].astype(np.float64)
    tags[:, 0] += thresholds.outside
    p = _softmax(tags)
    best_tags = p.argmax(-1)
    closed = _probabilities(outputs["closed"])
    slots = []
    for index, row in enumerate(rows.rows):
        row_mentions: list[Mention] = []
        for number in np.flatnonzero(closed[index, : len(names.closed)] >= thresholds.closed):
            name, value = names.closed[number]
            row_mentions.append(Mention(index, name, value, None, float(closed[index, number])))
        begin, tokens = rows.begins[index], rows.tokens[index]
        count = len(rows.words[index])
        row_tags = best_tags[begin : begin + count]
        if row_tags.any():
            likeliest = p[begin : begin + count].max(-1)
            for span, first_token, end_token in tag_spans(tokens, row_tags.tolist(), names.slots):
                words = row.text[span.first : span.end]
                # A closed value already covers its words: an additional span would repeat the slot.
                if all(mention.slot != span.slot for mention in row_mentions if mention.tokens is None):
                    row_mentions.append(
                        Mention(
                            index,
                            span.slot,
                            words,
                            (first_token, end_token),
                            float(likeliest[first_token:end_token].min()),
                        )
                    )
        slots += row_mentions
    return slots


def carried_slots(logits: Array, names: FrameNames, thresholds: Thresholds) -> list[tuple[int, str, float]]:
    """Return the mentions that a row carries over: index, slot and probability; most probable first.

    Args:
        logits: logits of the row, shape (mentions, 1 + slots); NaN for a mention that it may not carry over.
        names: label set of the network.
        thresholds: decision thresholds.
    """
    p = _softmax(logits)
    p_carried = 1 - p[:, 0]
    indices = [int(index) for index in np.flatnonzero(p_carried >= thresholds.carried)]
    indices.sort(key=lambda index: (-p_carried[index], -index))
    return [(index, names.slots[int(p[index, 1:].argmax())], float(p_carried[index])) for index in indices]


def slots_of(
    own: Sequence[Mention], carried: Sequence[tuple[Mention, str, float]], *, several: bool
) -> tuple[DecodedSlot, ...]:
    """Join a request's own slots with the carried ones, each slot and value once.

    Args:
        own: mentions of the request itself.
        carried: mentions of other rows, each with its slot in the request and its probability; most probable first.
        several: whether a slot may have several values in one request.
    """
    slots: dict[tuple[str, str], DecodedSlot] = {}
    for mention in own:
        source: Source = "implied" if mention.tokens is None else "said"
        key = (mention.slot, same_text(mention.value))
        slots.setdefault(
            key, DecodedSlot(name=mention.slot, value=mention.value, probability=mention.probability, source=source)
        )
    slot_names = {name for name, _ in slots}
    for mention, slot, probability in carried:
        key = (slot, same_text(mention.value))
        if key in slots or (slot in slot_names and not several):
            continue
        slot_names.add(slot)
        slots[key] = DecodedSlot(name=slot, value=mention.value, probability=probability, source="carried")
    return tuple(slots.values())


def _softmax(logits: Array) -> npt.NDArray[np.float64]:
    """Return the softmax over the last axis."""
    float_logits = logits.astype(np.float64)
    exponentials = np.exp(float_logits - float_logits.max(-1, keepdims=True))
    return np.asarray(exponentials / exponentials.sum(-1, keepdims=True))


def _probabilities(logits: Array) -> npt.NDArray[np.float64]:
    """Return the sigmoid: the probability of each independent class."""
    return np.asarray(1 / (1 + np.exp(-np.clip(logits.astype(np.float64), -50, 50))))
