"""Example for the sound judge: one recording, and whether it was misheard."""

from typing import Any

import msgspec
import numpy.typing as npt

__all__ = ["SoundExample"]


class SoundExample(msgspec.Struct, frozen=True, kw_only=True):
    """One recording with the recogniser's confidence and the true outcome."""

    mel: npt.NDArray[Any]
    """Output of `log_mel`, shape (frames, 40)."""
    misheard: bool
    """Whether the transcript is wrong."""
    confidence: float | None = None
    """Confidence of the recogniser, in [0, 1]; None if it reports none."""
    sentence: str = ""
    """The sentence or an id of it; examples of one sentence stay in one fold."""
    voice: str = ""
    """Id of the voice, where known; examples of one voice stay in one fold."""
