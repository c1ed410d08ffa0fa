"""Pocketsphinx: an older recogniser, small and weak in noise, with n-best and word confidences."""

import itertools
from collections.abc import Sequence

from sayagain.extras import require
from sayagain.household.speech.audio import RATE, Audio, to_pcm
from sayagain.household.speech.transcript import Transcript, rank

__all__ = ["Sphinx"]

_CANDIDATES = 20


class Sphinx:
    """Pocketsphinx with its own English model.

    Raises:
        MissingExtra: pocketsphinx is not installed.
    """

    def __init__(self) -> None:
        self._pocketsphinx = require("pocketsphinx", "voice")

    def recognise(self, audios: Sequence[Audio]) -> list[Transcript]:
        """Return one transcript for each stretch of audio.

        The confidence of the best text is the mean over its words. Pocketsphinx reports none for the other texts; they
        get shares of it that fall with their rank.
        """
        return [self._transcribe(audio) for audio in audios]

    def _transcribe(self, audio: Audio) -> Transcript:
        # A decoder adapts to earlier audio; a new one gives the same text for the same audio.
        decoder = self._pocketsphinx.Decoder(samprate=RATE, loglevel="FATAL")
        decoder.start_utt()
        decoder.process_raw(to_pcm(audio), full_utt=True)
        decoder.end_utt()
        best = decoder.hyp()
        if best is None or not best.hypstr:
            return Transcript()
        words = [segment for segment in decoder.seg() if not segment.word.startswith(("<", "["))]
        confidence = sum(min(1.0, float(word.prob)) for word in words) / len(words) if words else 0.0
        others = [other.hypstr for other in itertools.islice(decoder.nbest(), _CANDIDATES) if other is not None]
        texts = [str(best.hypstr), *(str(other) for other in others if other)]
        return Transcript(
            nbest=rank((text, confidence / (1 + index)) for index, text in enumerate(texts)), tokens=len(words)
        )
