"""The outcome of speech recognition for one delivery of one request, recorded once and replayed often."""

from typing import Literal

import msgspec

__all__ = ["CONDITIONS", "VOICES", "Condition", "Delivery", "Loudness", "Pace", "SpeechOutcome", "Voice"]

Voice = Literal["slt", "hts", "rms", "awb", "kal16", "espeak"]
"""Voices: flite slt, festival hts (us_slt), flite rms, flite awb, flite kal16, espeak-ng en-us."""

Condition = Literal["clean", "quiet", "lively", "noisy"]
"""The room's noise, by its distance below a voice of normal loudness: none, 20 dB, 15 dB, 10 dB signal to noise."""

Pace = Literal["normal", "slow"]
"""The pace: the voice's own, or 0.8 times as fast, as in a careful repeat."""

Loudness = Literal["normal", "loud"]
"""The loudness: normalised, or 6 dB louder over the same noise."""

VOICES: tuple[Voice, ...] = ("slt", "hts", "rms", "awb", "kal16", "espeak")
"""All voices."""

CONDITIONS: tuple[Condition, ...] = ("clean", "quiet", "lively", "noisy")
"""All conditions, the easiest first."""


class Delivery(msgspec.Struct, frozen=True, order=True, gc=False):
    """One way of saying one request; the key of a recorded outcome.

    >>> Delivery("turn on the lamp", "slt", "quiet") < Delivery("turn on the lamp", "slt", "quiet", take=1)
    True
    """

    request: str
    """The words: lower case, no punctuation except the apostrophe, numbers in words."""
    voice: Voice
    """The voice."""
    condition: Condition
    """The room's noise."""
    pace: Pace = "normal"
    """The pace."""
    loudness: Loudness = "normal"
    """The loudness."""
    take: int = 0
    """Number of the take, from 0; each take has another stretch of noise."""


class SpeechOutcome(Delivery, frozen=True, kw_only=True, order=False, gc=False):
    """A delivery with the outcome of its recognition; the fields are the columns of `outcomes.parquet`.

    >>> SpeechOutcome(
    ...     request="lock the front door",
    ...     voice="awb",
    ...     condition="quiet",
    ...     nbest=(("block the front door", 0.62), ("lock the front door", 0.31)),
    ...     duration_ms=1_400,
    ...     asr_ms=130,
    ... ).best
    'block the front door'
    """

    nbest: tuple[tuple[str, float], ...]
    """Distinct transcripts with confidence in [0, 1], best first, in lower case without punctuation except the
    apostrophe; empty when nothing was heard. In Parquet two columns of lists: `nbest_text` (strings) and
    `nbest_confidence` (32-bit floats)."""
    duration_ms: int
    """Duration of the speech, in milliseconds."""
    asr_ms: int
    """Duration of recognition, in milliseconds, by a fixed cost model, so that recordings are reproducible."""
    no_speech: float = 0.0
    """The recogniser's probability that nobody spoke, in [0, 1]."""
    level_db: float = 0.0
    """Loudness of the recording, decibels below full scale (0 is the loudest)."""
    snr_db: float = 99.0
    """Signal-to-noise ratio in decibels, as voice activity detection measures it; 99 without noise."""
    wake: float = 1.0
    """The wake-word model's best probability for the preceding wake word, in [0, 1]."""

    @property
    def best(self) -> str:
        """The best transcript; empty when nothing was heard."""
        return self.nbest[0][0] if self.nbest else ""

    @property
    def delivery(self) -> Delivery:
        """The delivery alone, as a key."""
        return Delivery(self.request, self.voice, self.condition, self.pace, self.loudness, self.take)
