"""The voices: speech synthesis by flite, festival and espeak-ng, with the same samples every time."""

import atexit
import functools
import io
import shutil
import subprocess
import tempfile
import threading
import wave
from pathlib import Path
from types import MappingProxyType

import msgspec

from sayagain.errors import MissingExtra, SayagainError
from sayagain.household.outcome import Voice
from sayagain.household.speech.audio import Audio, from_pcm, resample

__all__ = ["SPEAKERS", "Speaker", "available_voices", "speak", "speak_espeak"]


class Speaker(msgspec.Struct, frozen=True):
    """The engine and the name of a voice.

    >>> SPEAKERS["hts"].engine
    'festival'
    """

    engine: str
    """The speech engine."""
    name: str
    """The voice's name in the engine."""


SPEAKERS: MappingProxyType[Voice, Speaker] = MappingProxyType(
    {
        "hts": Speaker("festival", "cmu_us_slt_arctic_hts"),
        "rms": Speaker("flite", "rms"),
        "kal16": Speaker("flite", "kal16"),
        "slt": Speaker("flite", "slt"),
        "espeak": Speaker("espeak-ng", "en-us"),
        "awb": Speaker("flite", "awb"),
    }
)
"""The voices, the best understood first."""

_PACKAGES = {"flite": "flite", "festival": "festival festvox-us-slt-hts", "espeak-ng": "espeak-ng"}
_ESPEAK_WORDS_A_MINUTE = 175
_TIMEOUT_SECONDS = 60


def speak(text: str, voice: Voice = "hts", pace: float = 1.0) -> Audio:
    """Return `text` spoken in a voice; a `pace` of 0.8 is slower, 1.2 faster than the voice's own.

    The same arguments give the same samples, in any order of calls. The loudness is the engine's own;
    `rooms.simulate_microphone` normalises it.

    Raises:
        MissingExtra: the engine is not on the path; the message names its packages.
        SayagainError: the engine fails.
    """
    speaker = SPEAKERS[voice]
    engine = speaker.engine
    if shutil.which(engine) is None:
        raise MissingExtra(f"{engine} is not on the path; run: apt-get install {_PACKAGES[engine]}")
    if engine == "flite":
        return _flite(text, speaker.name, pace)
    if engine == "espeak-ng":
        return speak_espeak(text, speaker.name, round(_ESPEAK_WORDS_A_MINUTE * pace))
    return _festival().speak(text, pace)


def available_voices() -> tuple[Voice, ...]:
    """Return the voices whose engine is on the path, the best understood first.

    >>> set(available_voices()) <= set(SPEAKERS)
    True
    """
    return tuple(voice for voice, speaker in SPEAKERS.items() if shutil.which(speaker.engine) is not None)


def _run(arguments: list[str]) -> bytes:
    process = subprocess.run(arguments, capture_output=True, check=False, timeout=_TIMEOUT_SECONDS)  # noqa: S603  (no shell)
    if process.returncode != 0:
        reason = process.stderr.decode(errors="replace").strip()
        raise SayagainError(f"{arguments[0]} failed with code {process.returncode}: {reason}")
    return process.stdout


def _flite(text: str, voice: str, pace: float) -> Audio:
    stretch = f"duration_stretch={1 / pace:.4f}"
    return _decode(_run(["flite", "-voice", voice, "--setf", stretch, "-t", text, "-o", "/dev/stdout"]))


def speak_espeak(text: str, voice: str, speed: int) -> Audio:
    """Speak a text with a voice of espeak-ng, in any of its languages.

    Args:
        text: the words.
        voice: as espeak-ng names it, for example `de+f2`.
        speed: words a minute.

    Raises:
        SayagainError: espeak-ng fails.
    """
    return _decode(_run(["espeak-ng", "-v", voice, "-s", str(speed), "--stdout", "--", text]))


def _decode(sound: bytes) -> Audio:
    # The header of a WAV in a pipe has a wrong length, so only the rate is read from it.
    with wave.open(io.BytesIO(sound), "rb") as file:
        rate = file.getframerate()
    return resample(from_pcm(sound[44 : 44 + (len(sound) - 44) // 2 * 2]), rate)


class _Festival:
    """One long-lived festival process: loading the voice takes a second, a sentence 60 ms."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._folder = tempfile.TemporaryDirectory(prefix="sayagain-festival-")
        self._process = subprocess.Popen(
            ["festival", "--pipe"],  # noqa: S607  (found on the path by `speak`)
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            bufsize=1,
        )
        self._ask("(voice_cmu_us_slt_arctic_hts) (set! plain_params hts_engine_params)")

    def speak(self, text: str, pace: float) -> Audio:
        path = Path(self._folder.name) / "said.wav"
        words = text.replace("\\", " ").replace('"', " ")
        with self._lock:
            # This voice ignores Duration_Stretch; "-r" is the rate of its engine.
            self._ask(
                f'(set! hts_engine_params (append plain_params (list (list "-r" {pace:.4f})))) '
                f'(utt.save.wave (utt.synth (Utterance Text "{words}")) "{path}" (quote riff))'
            )
            with wave.open(str(path), "rb") as file:
                rate, pcm = file.getframerate(), file.readframes(file.getnframes())
        return resample(from_pcm(pcm), rate)

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(timeout=_TIMEOUT_SECONDS)
        self._process.stdout.close()
        self._folder.cleanup()

    def _ask(self, command: str) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f'{command} (format t "said\\n") (fflush nil)\n')
        self._process.stdin.flush()
        output_lines: list[str] = []
        for line in self._process.stdout:
            if line.strip() == "said":
                return
            output_lines.append(line.strip())
        raise SayagainError(f"festival ended early: {' '.join(output_lines)}; is festvox-us-slt-hts installed?")


@functools.cache
def _festival() -> _Festival:
    festival = _Festival()
    atexit.register(festival.close)
    return festival
