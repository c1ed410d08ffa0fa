"""The sound judge on real people's speech: the household's network as shipped, and fine-tuned on such speech.

The set names no speakers, so it is split by clip: the same people may speak in both halves.
"""

import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from benchmarks.coffee import CONDITIONS, Clip, clips
from benchmarks.ranking import logistic, print_rankings, rankings
from benchmarks.sound_household import recogniser_features, uncertainty_logits
from sayagain.labels.sound import SoundExample, SoundJudge, log_mel
from sayagain.labels.sound.training import SETTINGS, checkpoint_of, predict_misheard, train_sound
from sayagain.models import Progress

__all__ = ["coffee_figures"]

Floats = npt.NDArray[np.float64]
Indices = list[int]

TUNED = msgspec.structs.replace(SETTINGS, rate=5e-4, epochs=10)
"""Settings for fine-tuning the household's network: a small rate and few epochs; chosen before the first run."""


def coffee_figures(
    household: Sequence[SoundExample], train: Path, test: Path, keep: Path, tell: Progress
) -> dict[str, Any]:
    """Print the tables; return the figures.

    Args:
        household: training data of the shipped network.
        train: folder of the training clips.
        test: folder of the test clips; if it is the same, each half of the clips is judged by models of the other half.
        keep: folder that caches transcripts and networks.
        tell: called with the progress.
    """
    tested = clips(test, keep)
    training = tested if train.resolve() == test.resolve() else clips(train, keep)
    examples, training_examples = _examples(tested), _examples(training)
    shipped = SoundJudge.open()
    network = train_sound(household, checkpoint=checkpoint_of(household, keep), progress=tell)
    scores = {
        "confidence": uncertainty_logits([example.confidence for example in examples]),
        "audio": _logit(shipped.misheard_all([example.mel for example in examples])),
        "both": _logit(
            shipped.misheard_all([example.mel for example in examples], [example.confidence for example in examples])
        ),
        "audio, trained": np.zeros(len(examples)),
        "both, trained": np.zeros(len(examples)),
        "all it tells, trained": np.zeros(len(examples)),
        "all it tells and audio, trained": np.zeros(len(examples)),
    }
    training_audio = (
        scores["audio"]
        if training is tested
        else _logit(shipped.misheard_all([example.mel for example in training_examples]))
    )
    features, training_features = (
        recogniser_features([clip.transcript.nbest for clip in part]) for part in (tested, training)
    )
    training_failed = np.array([example.misheard for example in training_examples])
    for training_indices, test_indices in _splits(tested, training):
        tuned = train_sound([training_examples[index] for index in training_indices], begin=network, settings=TUNED)
        logits = predict_misheard(tuned, [examples[index] for index in test_indices])
        scores["audio, trained"][test_indices], scores["both, trained"][test_indices] = logits.T
        scores["all it tells, trained"][test_indices] = logistic(
            training_features[training_indices], training_failed[training_indices], features[test_indices]
        )
        scores["all it tells and audio, trained"][test_indices] = logistic(
            np.column_stack([training_features, training_audio])[training_indices],
            training_failed[training_indices],
            np.column_stack([features, scores["audio"]])[test_indices],
        )
    wrong = np.array([clip.failed for clip in tested])
    names = [clip.name for clip in tested]
    pairs = [
        ("both", "confidence"),
        ("both, trained", "confidence"),
        ("all it tells and audio, trained", "all it tells, trained"),
    ]
    intervals = rankings(wrong, scores, names, pairs)
    print_rankings(
        f"coffee_speech: {len(set(names))} clips of people in {len(CONDITIONS)} conditions, {wrong.mean():.1%} lost "
        "a slot; AUC [90%, by clip]",
        intervals,
    )
    for condition in CONDITIONS:
        indices = np.flatnonzero([clip.condition == condition for clip in tested])
        condition_scores = {name: score[indices] for name, score in scores.items()}
        condition_intervals = rankings(wrong[indices], condition_scores, [names[index] for index in indices], pairs)
        print_rankings(f"{condition} alone: {wrong[indices].mean():.1%} lost a slot", condition_intervals)
    figures: dict[str, Any] = {f"{_key(name)}_auc": intervals[name][0] for name in scores}
    for first, second in pairs:
        figures[f"{_key(first)}_ahead"] = list(intervals[f"{first} - {second}"])
    return figures


def _splits(tested: Sequence[Clip], training: Sequence[Clip]) -> list[tuple[Indices, Indices]]:
    """Return pairs of training and test indices; all conditions of a clip are in one half."""
    if tested is not training:
        return [(list(range(len(training))), list(range(len(tested))))]
    halves = [zlib.crc32(clip.name.encode()) % 2 for clip in tested]
    first, second = ([index for index, half in enumerate(halves) if half == number] for number in (0, 1))
    return [(first, second), (second, first)]


def _examples(recordings: Sequence[Clip]) -> list[SoundExample]:
    return [
        SoundExample(mel=log_mel(clip.audio), misheard=clip.failed, confidence=clip.confidence, sentence=clip.name)
        for clip in recordings
    ]


def _logit(p: Floats) -> Floats:
    return np.asarray(np.log(p / (1 - p)), np.float64)


def _key(name: str) -> str:
    return name.replace("all it tells", "recogniser").replace(" and ", "_").replace(", ", "_")
