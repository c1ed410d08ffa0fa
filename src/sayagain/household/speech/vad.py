"""Voice activity detection: the speech in a stretch of audio, and its end."""

from pathlib import Path
from typing import Protocol

import msgspec
import numpy as np
import numpy.typing as npt

from sayagain.extras import require
from sayagain.household.speech.audio import RATE, Audio, frame_power, power_db
from sayagain.models.onnx_runtime import load_onnxruntime

__all__ = ["FRAME", "FRAME_MS", "Activity", "SileroVad", "Vad", "activity"]

FRAME = 512
"""Samples a frame."""

FRAME_MS = FRAME * 1000 // RATE
"""Milliseconds a frame."""

_CONTEXT_SAMPLES = 64
_START_THRESHOLD = 0.5
_CONTINUE_THRESHOLD = 0.35
_END_PAUSE_MS = 800
_NOISE_SHARE = 0.2


class Vad(Protocol):
    """The protocol of a voice-activity detector."""

    def probabilities(self, audio: Audio) -> npt.NDArray[np.float32]:
        """Return the probability of speech in each frame of `FRAME` samples; the last frame may be incomplete."""
        ...


class Activity(msgspec.Struct, frozen=True, kw_only=True):
    """The place of an utterance in audio, with its loudness and signal-to-noise ratio."""

    start_ms: int
    """Start of the speech, in milliseconds."""
    end_ms: int
    """End of the speech, in milliseconds; a pause of 0.8 s or the end of the audio follows."""
    level_db: float
    """Loudness of the speech, decibels below full scale."""
    snr_db: float
    """Level of the speech above the quietest fifth of the frames, in decibels; 99 when these are silent."""


class SileroVad:
    """Silero's network, version 6, in ONNX, which faster-whisper ships; it reads a whole recording at once.

    Raises:
        MissingExtra: faster-whisper or onnxruntime is not installed.
    """

    def __init__(self) -> None:
        runtime = load_onnxruntime("voice")
        weights = Path(str(require("faster_whisper", "voice").__file__)).parent / "assets" / "silero_vad_v6.onnx"
        options = runtime.SessionOptions()
        # One thread is enough for a small network, and gives the same order of sums everywhere.
        options.inter_op_num_threads = options.intra_op_num_threads = 1
        self._session = runtime.InferenceSession(str(weights), sess_options=options, providers=["CPUExecutionProvider"])

    def probabilities(self, audio: Audio) -> npt.NDArray[np.float32]:
        """Return the probability of speech in each frame; the last frame may be incomplete."""
        if audio.size == 0:
            return np.zeros(0, dtype=np.float32)
        frames = np.pad(audio, (0, -audio.size % FRAME)).reshape(-1, FRAME)
        # The network reads each frame with the end of the frame before it.
        previous_ends = np.pad(frames[:-1, -_CONTEXT_SAMPLES:], ((1, 0), (0, 0)))
        state = np.zeros((1, 1, 128), dtype=np.float32)
        inputs = {"input": np.concatenate([previous_ends, frames], axis=1), "h": state, "c": state}
        return np.asarray(self._session.run(None, inputs)[0], dtype=np.float32).reshape(-1)


def activity(audio: Audio, probabilities: npt.NDArray[np.float32]) -> Activity | None:
    """Return the first utterance, or None when nobody spoke.

    Speech begins at a frame with a probability of at least 0.5 and continues while frames have at least 0.35; shorter
    pauses than 0.8 s are part of it.

    >>> audio = np.zeros(FRAME * 40, dtype=np.float32)
    >>> audio[FRAME * 5 : FRAME * 10] = 0.1
    >>> heard = activity(audio, np.array([0.0] * 5 + [0.9] * 5 + [0.0] * 30, dtype=np.float32))
    >>> heard.start_ms, heard.end_ms, round(heard.level_db), heard.snr_db
    (160, 320, -20, 99.0)
    """
    start_frames = np.flatnonzero(probabilities >= _START_THRESHOLD)
    if start_frames.size == 0:
        return None
    first_frame = last_frame = int(start_frames[0])
    speech_frames: list[int] = []
    for index in range(first_frame, probabilities.size):
        if (
            probabilities[index] >= (_CONTINUE_THRESHOLD if last_frame == index - 1 else _START_THRESHOLD)
            or index == first_frame
        ):
            last_frame = index
            speech_frames.append(index)
        elif (index - last_frame) * FRAME_MS >= _END_PAUSE_MS:
            break
    power = frame_power(audio, FRAME)
    speech_power = float(np.mean(power[speech_frames]))
    noise_power = float(np.mean(np.sort(power)[: max(1, int(power.size * _NOISE_SHARE))]))
    return Activity(
        start_ms=first_frame * FRAME_MS,
        end_ms=min((last_frame + 1) * FRAME_MS, audio.size * 1000 // RATE),
        level_db=round(power_db(speech_power), 1),
        snr_db=round(power_db(max(speech_power - noise_power, 1e-12) / noise_power), 1)
        if noise_power > 1e-11
        else 99.0,
    )
