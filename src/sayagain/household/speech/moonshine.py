"""Moonshine: a small fast recogniser without n-best and confidences."""

from collections.abc import Sequence
from pathlib import Path

from sayagain.extras import require
from sayagain.household.speech.audio import RATE, Audio
from sayagain.household.speech.transcript import Transcript, rank

__all__ = ["Moonshine"]


class Moonshine:
    """Moonshine tiny, with the weights of the package moonshine-voice 0.1.0.

    Raises:
        MissingExtra: moonshine-voice is not installed.
    """

    def __init__(self) -> None:
        moonshine = require("moonshine_voice", "voice")
        weights = Path(str(moonshine.__file__)).parent / "assets" / "tiny-en"
        self._transcriber = moonshine.Transcriber(str(weights), moonshine.ModelArch.TINY)

    def recognise(self, audios: Sequence[Audio]) -> list[Transcript]:
        """Return one transcript for each stretch of audio, with confidence 1, since Moonshine reports none."""
        return [self._transcribe(audio) for audio in audios]

    def _transcribe(self, audio: Audio) -> Transcript:
        result = self._transcriber.transcribe_without_streaming(audio.tolist(), RATE)
        text = " ".join(line.text for line in result.lines)
        return Transcript(nbest=rank([(text, 1.0)]), tokens=len(text.split()))
