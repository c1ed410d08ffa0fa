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
    """Least P(intent) where a request may have several intents; otherwise the likeliest intent is taken."""
    closed: float = 0.5
    """Least P(slot and value) of closed slots, whose values need not be in the words."""
    outside: float = 0.0
    """Added to the logit of "no slot" at each token: below 0, more words are taken for slots."""
    carried: float = 0.5
    """Least P(carried over) of another row's mention."""


class DecodedSlot(msgspec.Struct, frozen=True, kw_only=True):
    """One slot of a hypothesis, with its source."""

    name: str
    """Name of the slot in the training data."""
    value: str
    """The words as said, or a value from the training data."""
    probability: float
    """Probability that the slot has this value."""
    source: Source
    """In the request's words; implied by them; or carried over from another row of the session."""


def intents_of(logits: Array, names: FrameNames, thresholds: Thresholds) -> tuple[tuple[str, ...], float]:
    """Return a row's intents in alphabetical order, with their probability.

    Args:
        logits: of the row, shape (intents,).
        names: the labels of the network.
        thresholds: of the decisions.
    """
    if not names.intents:
        return (), 0.0
    if not names.several:
        p = _shares(logits)
        best = int(p.argmax())
        return (names.intents[best],), float(p[best])
    p = _chances(logits)
    yes = p >= thresholds.intent
    sure = np.where(yes, p, 1 - p)
    return tuple(name for name, there in zip(names.intents, yes, strict=True) if there), float(sure.min())


def mentions_of(rows: TextRows, said: Mapping[str, Array], names: FrameNames, thresholds: Thresholds) -> list[Mention]:
    """Return the slots that the rows of a part of a session state themselves, in order of rows.

    Args:
        rows: the part.
        said: `closed` (rows, closed) and `tags` (tokens, tags), as the network gives them.
        names: the labels of the network.
        thresholds: of the decisions.
    """
    tags = said["tags"].astype(np.float64)
    tags[:, 0] += thresholds.outside
    p = _shares(tags)
    best = p.argmax(-1)
    closed = _chances(said["closed"])
    slots = []
    for at, row in enumerate(rows.rows):
        stated: list[Mention] = []
        for number in np.flatnonzero(closed[at, : len(names.closed)] >= thresholds.closed):
            name, value = names.closed[number]
            stated.append(Mention(at, name, value, None, float(closed[at, number])))
        begin, tokens = rows.begins[at], rows.tokens[at]
        count = len(rows.words[at])
        own = best[begin : begin + count]
        if own.any():
            likeliest = p[begin : begin + count].max(-1)
            for span, first, end in tag_spans(tokens, own.tolist(), names.slots):
                words = row.text[span.first : span.end]
                # A closed value already covers its words: a span beside it would repeat the slot.
                if all(mention.slot != span.slot for mention in stated if mention.tokens is None):
                    stated.append(Mention(at, span.slot, words, (first, end), float(likeliest[first:end].min())))
        slots += stated
    return slots


def carried_slots(logits: Array, names: FrameNames, thresholds: Thresholds) -> list[tuple[int, str, float]]:
    """Return the mentions that a row carries over: index, slot and probability; the likeliest first.

    Args:
        logits: of the row, shape (mentions, 1 + slots); NaN for a mention that it may not carry over.
        names: the labels of the network.
        thresholds: of the decisions.
    """
    p = _shares(logits)
    taken = 1 - p[:, 0]
    chosen = [int(at) for at in np.flatnonzero(taken >= thresholds.carried)]
    chosen.sort(key=lambda at: (-taken[at], -at))
    return [(at, names.slots[int(p[at, 1:].argmax())], float(taken[at])) for at in chosen]


def slots_of(
    own: Sequence[Mention], carried: Sequence[tuple[Mention, str, float]], *, several: bool
) -> tuple[DecodedSlot, ...]:
    """Join a request's own slots with the carried ones, each slot and value once.

    Args:
        own: its own mentions.
        carried: mentions of other rows, the slot that takes each up, and how probably; the likeliest first.
        several: whether a slot may have several values in one request.
    """
    slots: dict[tuple[str, str], DecodedSlot] = {}
    for mention in own:
        source: Source = "implied" if mention.tokens is None else "said"
        key = (mention.slot, same_text(mention.value))
        slots.setdefault(
            key, DecodedSlot(name=mention.slot, value=mention.value, probability=mention.probability, source=source)
        )
    stated = {name for name, _ in slots}
    for mention, slot, probability in carried:
        key = (slot, same_text(mention.value))
        if key in slots or (slot in stated and not several):
            continue
        stated.add(slot)
        slots[key] = DecodedSlot(name=slot, value=mention.value, probability=probability, source="carried")
    return tuple(slots.values())


def _shares(logits: Array) -> npt.NDArray[np.float64]:
    """Return the softmax over the last axis."""
    exact = logits.astype(np.float64)
    grown = np.exp(exact - exact.max(-1, keepdims=True))
    return np.asarray(grown / grown.sum(-1, keepdims=True))


def _chances(logits: Array) -> npt.NDArray[np.float64]:
    """Return the probability of each class that may be there beside others."""
    return np.asarray(1 / (1 + np.exp(-np.clip(logits.astype(np.float64), -50, 50))))
