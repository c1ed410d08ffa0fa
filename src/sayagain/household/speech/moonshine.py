"""Moonshine: a small fast recogniser that reports words alone, no n-best and no confidence."""

from collections.abc import Sequence
from pathlib import Path

from sayagain.extras import require
from sayagain.household.speech.audio import RATE, Audio
from sayagain.household.speech.transcript import Transcript, rank

__all__ = ["Moonshine"]


class Moonshine:
    """Moonshine tiny, whose weights lie in the package moonshine-voice 0.1.0.

    Raises:
        MissingExtra: when moonshine-voice is not installed.
    """

    def __init__(self) -> None:
        moonshine = require("moonshine_voice", "voice")
        weights = Path(str(moonshine.__file__)).parent / "assets" / "tiny-en"
        self._transcriber = moonshine.Transcriber(str(weights), moonshine.ModelArch.TINY)

    def recognise(self, audios: Sequence[Audio]) -> list[Transcript]:
        """Return one transcript for each stretch of audio; its confidence is 1 for want of any."""
        return [self._transcribe(audio) for audio in audios]

    def _transcribe(self, audio: Audio) -> Transcript:
        result = self._transcriber.transcribe_without_streaming(audio.tolist(), RATE)
        text = " ".join(line.text for line in result.lines)
        return Transcript(nbest=rank([(text, 1.0)]), tokens=len(text.split()))
