"""The frame of a turn: its intents and slots; and the label set of a network."""

import re
from collections import Counter
from collections.abc import Iterable

import msgspec

from sayagain.text import normalise
from sayagain.turns import Session

__all__ = ["Frame", "FrameNames", "TextSpan", "TurnFrames", "locate", "same_text", "tag_names"]


class TextSpan(msgspec.Struct, frozen=True, order=True):
    """A slot whose value stands in the words of a text."""

    slot: str
    """The slot's name."""
    first: int
    """Its first character."""
    end: int
    """One past its last."""


def locate(slot: str, value: str, text: str) -> TextSpan | None:
    """Find a slot's value in a text, as whole words and in any case; None where it is not.

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
    """The true intents and slots of one turn, as far as they are known."""

    intents: tuple[str, ...] = ()
    """The request's intents; several where the assistant labels several in one request."""
    spans: tuple[TextSpan, ...] = ()
    """Slots in the words of the request."""
    closed: tuple[tuple[str, str], ...] = ()
    """Slots that the request states in other words than their value: name, value."""
    answer_spans: tuple[TextSpan, ...] = ()
    """Slots in the words of the response, which a later turn may take up."""
    answer_closed: tuple[tuple[str, str], ...] = ()
    """Slots that the response states in other words."""
    holds: tuple[tuple[str, tuple[str, ...]], ...] | None = None
    """All slots that hold in this turn, also those said in another turn: name and the ways to write the value; None
    where that is not known."""


class TurnFrames(msgspec.Struct, frozen=True):
    """A session with the frames of its turns."""

    session: Session
    """With the words of requests and responses."""
    frames: tuple[Frame | None, ...]
    """The frame of each turn; None where it is unknown."""


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
    """Slots with values that need not be in the words."""
    slots: tuple[str, ...]
    """Names of slots."""
    several: bool
    """Whether a request may have several intents."""

    @classmethod
    def of(cls, frames: Iterable[Frame], *, several: bool, rare: int = 4) -> "FrameNames":
        """Collect the names that occur.

        Args:
            frames: of the training turns.
            several: see the field.
            rare: intents and closed slots that occur less often cannot be learnt and are left out.
        """
        intents: Counter[str] = Counter()
        closed: Counter[tuple[str, str]] = Counter()
        slots: set[str] = set()
        for frame in frames:
            intents.update(frame.intents)
            closed.update([*frame.closed, *frame.answer_closed])
            slots.update(span.slot for span in (*frame.spans, *frame.answer_spans))
            slots.update(name for name, _ in frame.holds or ())
        kept = tuple(sorted(each for each, count in closed.items() if count >= rare))
        slots.update(name for name, _ in kept)
        return cls(
            intents=tuple(sorted(each for each, count in intents.items() if count >= rare)),
            closed=kept,
            slots=tuple(sorted(slots)),
            several=several,
        )


def tag_names(slots: Iterable[str]) -> tuple[str, ...]:
    """Return the tags of tokens: none, then for each slot its beginning and its inside (Ramshaw & Marcus 1995).

    >>> tag_names(["area"])
    ('O', 'B-area', 'I-area')
    """
    return ("O", *(f"{kind}-{slot}" for slot in slots for kind in "BI"))


def same_text(value: str) -> str:
    """Return a slot's value in the form in which values are compared.

    >>> same_text("Living_Room ") == same_text("living room")
    True
    """
    return normalise(value.replace("_", " "))
