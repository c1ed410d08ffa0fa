"""The example: one recording, and whether it was misheard."""

from typing import Any

import msgspec
import numpy.typing as npt

__all__ = ["SoundExample"]


class SoundExample(msgspec.Struct, frozen=True, kw_only=True):
    """One sound, what the recogniser thought of it, and the truth."""

    mel: npt.NDArray[Any]
    """As `log_mel` gives it, shape (frames, 40)."""
    misheard: bool
    """Whether the words are not those that were said."""
    confidence: float | None = None
    """Of the recogniser, in [0, 1], where it told one."""
    sentence: str = ""
    """What was said, or another name of it: examples of one sentence are kept together."""
    voice: str = ""
    """Who spoke, where that is known: examples of one voice are kept together."""
