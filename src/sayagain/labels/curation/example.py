"""The training example for an assistant: normalised words with the NLU hypothesis that they should have."""

from typing import Annotated

import msgspec

from sayagain.turns import Hypothesis

__all__ = ["Example"]


class Example(msgspec.Struct, frozen=True, kw_only=True):
    """Words with their meaning, merged over the users who said them.

    >>> Example(text="kill the lamp", reading=Hypothesis(intent="HassTurnOff"), probability=0.9).works
    """

    text: str
    """The words as heard, normalised."""
    language: str | None = None
    """Their language (ISO 639), where the log states one."""
    tag: str | None = None
    """The language as most of these turns state it, for example `pt-BR`."""
    reading: Hypothesis
    """Their meaning in the assistant's own intents and slots; intent `said` where only other words are known."""
    here: bool = False
    """Whether the meaning applies to the room of the device, whichever that is."""
    works: str | None = None
    """Words for which the assistant has this hypothesis; None where there are none."""
    probability: Annotated[float, msgspec.Meta(ge=0, le=1)]
    """Probability that the hypothesis is right."""
    times: float = 1
    """Number of turns with these words."""
    users: int = 1
    """Number of users who said them."""
    provenance: str = ""
    """Names of the signs that the meaning rests on."""
    understood: bool = False
    """Whether the assistant has this hypothesis already."""
