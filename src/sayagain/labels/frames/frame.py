"""The frame of a turn: its intents and slots; and the label set of a network."""

import re
from collections import Counter
from collections.abc import Iterable

import msgspec

from sayagain.text import normalise
from sayagain.turns import Session

__all__ = ["Frame", "FrameNames", "TextSpan", "TurnFrames", "locate", "same_text", "tag_names"]


class TextSpan(msgspec.Struct, frozen=True, order=True):
    """A slot whose value is in the words of a text."""

    slot: str
    """The slot's name."""
    first: int
    """Index of the first character."""
    end: int
    """Index after the last character."""


def locate(slot: str, value: str, text: str) -> TextSpan | None:
    """Find a slot's value in a text, as whole words and ignoring case; None if it is absent.

    >>> locate("area", "living_room", "lights in the Living Room")
    TextSpan(slot='area', first=14, end=25)
    >>> locate("area", "art", "start") is None
    True
    """
    words = value.replace("_", " ").split()
    if not words:
        return None
    pattern = r"\s+".join(map(re.escape, words))
    match = re.search(rf"(?<!\w){pattern}(?!\w)", text, re.IGNORECASE)
    return TextSpan(slot, match.start(), match.end()) if match is not None else None


class Frame(msgspec.Struct, frozen=True, kw_only=True):
    """The true intents and slots of one turn, as far as known."""

    intents: tuple[str, ...] = ()
    """Intents of the request; several if the assistant labels several per request."""
    spans: tuple[TextSpan, ...] = ()
    """Slots in the words of the request."""
    closed: tuple[tuple[str, str], ...] = ()
    """Slots whose value is not in the words of the request: name, value."""
    answer_spans: tuple[TextSpan, ...] = ()
    """Slots in the words of the response, which a later turn may carry over."""
    answer_closed: tuple[tuple[str, str], ...] = ()
    """Slots whose value is not in the words of the response."""
    holds: tuple[tuple[str, tuple[str, ...]], ...] | None = None
    """All slots of this turn, including those carried over: name and spellings of the value; None if unknown."""


class TurnFrames(msgspec.Struct, frozen=True):
    """A session with the frames of its turns."""

    session: Session
    """With the words of requests and responses."""
    frames: tuple[Frame | None, ...]
    """The frame of each turn; None if unknown."""


class FrameNames(msgspec.Struct, frozen=True, kw_only=True):
    """The label set of a network.

    >>> frames = [
    ...     Frame(intents=("on",), spans=(TextSpan("name", 8, 12),)),
    ...     Frame(intents=("on",), closed=(("all", "yes"),)),
    ... ]
    >>> FrameNames.of(frames, several=False, rare=1)
    FrameNames(intents=('on',), closed=(('all', 'yes'),), slots=('all', 'name'), several=False)
    """

    intents: tuple[str, ...]
    """Names of intents."""
    closed: tuple[tuple[str, str], ...]
    """Slots with values that may be absent from the words."""
    slots: tuple[str, ...]
    """Names of slots."""
    several: bool
    """Whether a request may have several intents."""

    @classmethod
    def of(cls, frames: Iterable[Frame], *, several: bool, rare: int = 4) -> "FrameNames":
        """Collect the names that occur.

        Args:
            frames: frames of the training turns.
            several: see the field.
            rare: least number of occurrences; rarer intents and closed slots are left out, as too few to train on.
        """
        intents: Counter[str] = Counter()
        closed: Counter[tuple[str, str]] = Counter()
        slots: set[str] = set()
        for frame in frames:
            intents.update(frame.intents)
            closed.update([*frame.closed, *frame.answer_closed])
            slots.update(span.slot for span in (*frame.spans, *frame.answer_spans))
            slots.update(name for name, _ in frame.holds or ())
        frequent_pairs = tuple(sorted(pair for pair, count in closed.items() if count >= rare))
        slots.update(name for name, _ in frequent_pairs)
        return cls(
            intents=tuple(sorted(intent for intent, count in intents.items() if count >= rare)),
            closed=frequent_pairs,
            slots=tuple(sorted(slots)),
            several=several,
        )


def tag_names(slots: Iterable[str]) -> tuple[str, ...]:
    """Return the tags of tokens: none, then beginning and inside of each slot (Ramshaw & Marcus 1995).

    >>> tag_names(["area"])
    ('O', 'B-area', 'I-area')
    """
    return ("O", *(f"{kind}-{slot}" for slot in slots for kind in "BI"))


def same_text(value: str) -> str:
    """Normalise a slot's value for comparison.

    >>> same_text("Living_Room ") == same_text("living room")
    True
    """
    return normalise(value.replace("_", " "))
