"""What a network says of a session, as slots: tags to spans, logits to closed slots, mentions taken up or not."""

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
    """From where on something is said to be there; set on sessions that were not taught on."""

    intent: float = 0.5
    """P(intent), where several may be asked for at once; else the likeliest is taken."""
    closed: float = 0.5
    """P(slot and value) of what need not be in the words."""
    outside: float = 0.0
    """Added to the logit of "no slot" at each token: below 0, more words are taken for slots."""
    carried: float = 0.5
    """P(taken up) of what another row said."""


class DecodedSlot(msgspec.Struct, frozen=True, kw_only=True):
    """One slot of a reading and where it comes from."""

    name: str
    """What the data that taught the network calls it."""
    value: str
    """The words as they were said, or a value from the teaching data."""
    probability: float
    """That the slot has this value."""
    source: Source
    """In the request's words; implied by them; or carried over from another row of the session."""


def intents_of(logits: Array, names: FrameNames, thresholds: Thresholds) -> tuple[tuple[str, ...], float]:
    """Return what a row asks for, in order of the alphabet, and how probable that is.

    Args:
        logits: of the row, shape (intents,).
        names: what is told apart.
        thresholds: from where on.
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
    """Return the slots that each row of a part of a session states itself, in order of rows.

    Args:
        rows: the part.
        said: `closed` (rows, closed) and `tags` (tokens, tags), as the network gives them.
        names: what is told apart.
        thresholds: from where on.
    """
    tags = said["tags"].astype(np.float64)
    tags[:, 0] += thresholds.outside
    p = _shares(tags)
    best = p.argmax(-1)
    closed = _chances(said["closed"])
    found = []
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
                # A value that is known stands for its words: both would be one slot twice.
                if all(each.slot != span.slot for each in stated if each.tokens is None):
                    stated.append(Mention(at, span.slot, words, (first, end), float(likeliest[first:end].min())))
        found += stated
    return found


def carried_slots(logits: Array, names: FrameNames, thresholds: Thresholds) -> list[tuple[int, str, float]]:
    """Return what a row takes up: which mention, under which slot, how probably; the likeliest first.

    Args:
        logits: of the row, shape (mentions, 1 + slots); a mention that it may not take up has NaN.
        names: what is told apart.
        thresholds: from where on.
    """
    p = _shares(logits)
    taken = 1 - p[:, 0]
    chosen = [int(at) for at in np.flatnonzero(taken >= thresholds.carried)]
    chosen.sort(key=lambda at: (-taken[at], -at))
    return [(at, names.slots[int(p[at, 1:].argmax())], float(taken[at])) for at in chosen]


def slots_of(
    own: Sequence[Mention], carried: Sequence[tuple[Mention, str, float]], *, several: bool
) -> tuple[DecodedSlot, ...]:
    """Join what a request states itself with what it takes up, each slot and value once.

    Args:
        own: its own mentions.
        carried: mentions of other rows, the slot that takes each up, and how probably; the likeliest first.
        several: whether a slot may have several values in one request.
    """
    found: dict[tuple[str, str], DecodedSlot] = {}
    for each in own:
        source: Source = "implied" if each.tokens is None else "said"
        key = (each.slot, same_text(each.value))
        found.setdefault(
            key, DecodedSlot(name=each.slot, value=each.value, probability=each.probability, source=source)
        )
    stated = {name for name, _ in found}
    for each, slot, probability in carried:
        key = (slot, same_text(each.value))
        if key in found or (slot in stated and not several):
            continue
        stated.add(slot)
        found[key] = DecodedSlot(name=slot, value=each.value, probability=probability, source="carried")
    return tuple(found.values())


def _shares(logits: Array) -> npt.NDArray[np.float64]:
    """Return the softmax over the last axis."""
    exact = logits.astype(np.float64)
    grown = np.exp(exact - exact.max(-1, keepdims=True))
    return np.asarray(grown / grown.sum(-1, keepdims=True))


def _chances(logits: Array) -> npt.NDArray[np.float64]:
    """Return the probability of each class that may be there beside others."""
    return np.asarray(1 / (1 + np.exp(-np.clip(logits.astype(np.float64), -50, 50))))
