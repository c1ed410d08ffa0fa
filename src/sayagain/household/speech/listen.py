"""From audio to transcript by voice activity detection and recognition, for recorded and live speech alike."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from sayagain.household.speech.audio import RATE, Audio, read_wav
from sayagain.household.speech.recognise import Recogniser, recogniser
from sayagain.household.speech.transcript import Transcript
from sayagain.household.speech.vad import Activity, SileroVad, Vad, activity

__all__ = ["Ears", "Recognition", "hear"]

_MARGIN_MS = 300
# Cost model of recognition on a small computer: encoding of the window, then decoding token by token.
_ENCODE_MS = 90
_TOKEN_MS = 6


class Recognition(msgspec.Struct, frozen=True, kw_only=True):
    """The transcript and measurements of one stretch of audio; the true words are unknown.

    >>> Recognition(nbest=(("lock the front door", 0.6),), duration_ms=1_400, asr_ms=126).best
    'lock the front door'
    """

    nbest: tuple[tuple[str, float], ...]
    """Distinct texts with confidence in [0, 1], best first; empty when nothing was heard."""
    duration_ms: int
    """Duration of the speech, in milliseconds; 0 without speech."""
    asr_ms: int
    """Duration of recognition by a fixed cost model, in milliseconds."""
    no_speech: float = 0.0
    """The recogniser's probability that nobody spoke, in [0, 1]."""
    level_db: float = -120.0
    """Loudness of the speech, decibels below full scale."""
    snr_db: float = 99.0
    """Signal-to-noise ratio in decibels, as voice activity detection measures it; 99 without noise."""

    @property
    def best(self) -> str:
        """The best text; empty when nothing was heard."""
        return self.nbest[0][0] if self.nbest else ""


class Ears:
    """Voice activity detection, then recognition of the detected utterance.

    Raises:
        MissingExtra: no parts are given and the extra `voice` is not installed.
    """

    def __init__(self, asr: Recogniser | None = None, vad: Vad | None = None) -> None:
        self._asr = asr if asr is not None else recogniser()
        self._vad = vad if vad is not None else SileroVad()

    def hear(self, audios: Sequence[Audio]) -> list[Recognition]:
        """Return the recognition of the first utterance of each stretch of audio."""
        utterances = [activity(audio, self._vad.probabilities(audio)) for audio in audios]
        spoken_indexes = [index for index, utterance in enumerate(utterances) if utterance is not None]
        transcripts = iter(
            self._asr.recognise([_cut_utterance(audios[index], utterances[index]) for index in spoken_indexes])
        )
        return [
            _recognition(utterance, next(transcripts) if utterance is not None else Transcript())
            for utterance in utterances
        ]


def hear(path: Path | str, ears: Ears | None = None) -> Recognition:
    """Return the recognition of a WAV file of 16-bit samples.

    Raises:
        InputError: the file is missing or is not such a file.
        MissingExtra: the extra `voice` is not installed.
    """
    audio = read_wav(path)
    return (ears if ears is not None else Ears()).hear([audio])[0]


def _cut_utterance(audio: Audio, utterance: Activity | None) -> Audio:
    assert utterance is not None
    start = max(0, utterance.start_ms - _MARGIN_MS) * RATE // 1000
    return audio[start : (utterance.end_ms + _MARGIN_MS) * RATE // 1000]


def _recognition(utterance: Activity | None, transcript: Transcript) -> Recognition:
    if utterance is None:
        return Recognition(nbest=(), duration_ms=0, asr_ms=0, no_speech=1.0)
    return Recognition(
        nbest=transcript.nbest,
        duration_ms=utterance.end_ms - utterance.start_ms,
        asr_ms=_ENCODE_MS + _TOKEN_MS * transcript.tokens,
        no_speech=transcript.no_speech,
        level_db=utterance.level_db,
        snr_db=utterance.snr_db,
    )
