"""The meaning of words: a hypothesis without its implicit area, so that a request means the same in every room."""

from typing import NamedTuple

from sayagain.labels.curation.implicit_area import without_implicit_area
from sayagain.turns import Hypothesis

__all__ = ["Meaning", "meaning_of"]


class Meaning(NamedTuple):
    """A hypothesis without its implicit area."""

    hypothesis: Hypothesis
    """The hypothesis; without the area slot if that was implicit."""
    here: bool
    """Whether an implicit area was left out: the hypothesis then applies to the room of the device."""

    @property
    def key(self) -> str:
        """Equal keys mean equal meanings."""
        return f"here {self.hypothesis.key}" if self.here else self.hypothesis.key


def meaning_of(hypothesis: Hypothesis, area: str | None, words: str) -> Meaning:
    """Return the meaning of a hypothesis.

    Args:
        hypothesis: the hypothesis as the assistant reports it.
        area: area of the device, by name or id; None if unknown.
        words: the request that the hypothesis interprets.

    >>> from sayagain.turns import Slot
    >>> pause = Hypothesis(intent="Pause", slots=(Slot("area", "den"),))
    >>> meaning_of(pause, "den", "pause").key, meaning_of(pause, "kitchen", "pause").key
    ('here Pause|', 'Pause|area=den')
    """
    placeless = without_implicit_area(hypothesis, area, words)
    return Meaning(hypothesis, here=False) if placeless is None else Meaning(placeless, here=True)
