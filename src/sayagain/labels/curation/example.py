"""The training example for an assistant: normalised words with the NLU hypothesis that they should have."""

from typing import Annotated

import msgspec

from sayagain.turns import Hypothesis

__all__ = ["Example"]


class Example(msgspec.Struct, frozen=True, kw_only=True):
    """Words with their meaning, merged over the users who said them.

    >>> Example(text="kill the lamp", hypothesis=Hypothesis(intent="HassTurnOff"), probability=0.9).works
    """

    text: str
    """The words as heard, normalised."""
    language: str | None = None
    """Language of the words (ISO 639), where the log states one."""
    tag: str | None = None
    """The commonest language tag of these turns, for example `pt-BR`."""
    hypothesis: Hypothesis = msgspec.field(name="reading")
    """The meaning in the assistant's own intents and slots; intent `said` if only other words are known."""
    here: bool = False
    """Whether the meaning applies to the room of the device, whichever that is."""
    works: str | None = None
    """Words that the assistant understands with this hypothesis; None if there are none."""
    probability: Annotated[float, msgspec.Meta(ge=0, le=1)]
    """Probability that the hypothesis is right."""
    times: float = 1
    """Number of turns with these words."""
    users: int = 1
    """Number of users who said them."""
    provenance: str = ""
    """Names of the signs that support the meaning."""
    understood: bool = False
    """Whether the assistant already understands the words with this hypothesis."""
