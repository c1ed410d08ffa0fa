"""The example: words that were heard, and the reading that they should have had; what an assistant is trained on."""

from typing import Annotated

import msgspec

from sayagain.turns import Hypothesis

__all__ = ["Example"]


class Example(msgspec.Struct, frozen=True, kw_only=True):
    """Words and what they mean, gathered over the users who said them.

    >>> Example(text="kill the lamp", reading=Hypothesis(intent="HassTurnOff"), probability=0.9).works
    """

    text: str
    """The words as heard, normalised."""
    reading: Hypothesis
    """What they mean, in the assistant's own intents and slots; of intent `said` where only words are known."""
    here: bool = False
    """Whether it goes for the room that it is said in, whichever that is."""
    works: str | None = None
    """Words that the assistant reads so, where some are known."""
    probability: Annotated[float, msgspec.Meta(ge=0, le=1)]
    """That the reading is right."""
    times: float = 1
    """How often the words were heard."""
    users: int = 1
    """From how many users."""
    provenance: str = ""
    """Which signs it rests on, in plain words."""
    understood: bool = False
    """Whether the assistant reads the words so already; given only where such were asked for."""
