"""The household's recordings, each judged by networks trained on other voices and sentences."""

import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.judging import auc, expected_calibration_error
from benchmarks.ranking import logistic, print_rankings, rankings
from sayagain.household.outcome import CONDITIONS, SpeechOutcome
from sayagain.labels.sound import SoundExample
from sayagain.labels.sound.training import fold_of, out_of_fold, platt
from sayagain.models import Progress, load_encoder

__all__ = ["judge_recordings", "recogniser_features", "uncertainty_logits"]

Floats = npt.NDArray[np.float64]


def judge_recordings(
    outcomes: Sequence[SpeechOutcome], examples: Sequence[SoundExample], keep: Path, tell: Progress
) -> tuple[dict[str, Any], Floats]:
    """Print the tables; return the figures, and the logits by sound and by both, shape (outcomes, 2).

    Args:
        outcomes: outcomes of the recording.
        examples: example of each outcome.
        keep: folder that caches the networks.
        tell: called with the progress.
    """
    logits = out_of_fold(examples, keep=keep, progress=tell)
    wrong = np.array([example.misheard for example in examples])
    scores = _scores(outcomes, examples, logits, wrong)
    sentences = [example.sentence for example in examples]
    pairs = [
        ("both", "confidence"),
        ("all it tells, audio", "all it tells"),
        ("all it tells, words, audio", "all it tells, words"),
    ]
    folds = [fold_of(example) for example in examples]
    judges = np.array([sorted(set(folds)).index(fold) for fold in folds])
    intervals = rankings(wrong, scores, sentences, pairs, strata=judges)
    print_rankings(
        f"household: {len(examples):,} recordings of {len(set(sentences)):,} sentences, {wrong.mean():.1%} misheard; "
        "AUC of misheard on voices and sentences that the network never met, within what one network judged [90%]",
        intervals,
    )
    across = {name: auc(wrong, scores[name]) for name in ("confidence", "audio", "both")}
    print(f"  across all voices and networks: {', '.join(f'{name} {value:.3f}' for name, value in across.items())}")
    voices, rooms = [outcome.voice for outcome in outcomes], [outcome.condition for outcome in outcomes]
    for title, groups in (("voice", voices), ("room", rooms)):
        for group in sorted(set(groups), key=lambda name: CONDITIONS.index(name) if name in CONDITIONS else name):
            in_group = np.array([name == group for name in groups])
            group_scores = {name: scores[name][in_group] for name in ("confidence", "audio", "both")}
            group_sentences = [sentences[index] for index in np.flatnonzero(in_group)]
            group_intervals = rankings(wrong[in_group], group_scores, group_sentences, strata=judges[in_group])
            line = ", ".join(f"{name} {interval[0]:.3f}" for name, interval in group_intervals.items())
            print(f"  {title} {group:<8} {in_group.sum():5} recordings, {wrong[in_group].mean():.1%} misheard: {line}")
    figures: dict[str, Any] = {_key(name): interval[0] for name, interval in intervals.items()}
    figures["across_voices"] = {_key(name): value for name, value in across.items()}
    scaling = platt(logits[:, 0], wrong)
    probability = 1 / (1 + np.exp(-(scaling.slope * logits[:, 0] + scaling.shift)))
    figures["audio_calibration_error"] = expected_calibration_error(wrong, probability)
    return figures, logits


def uncertainty_logits(confidences: Sequence[float | None]) -> Floats:
    """Return the logit of 1 − confidence of a recogniser; None, for a recording without words, counts as 0.01."""
    p = np.clip([0.01 if confidence is None else confidence for confidence in confidences], 0.01, 0.99)
    return np.asarray(np.log((1 - p) / p), np.float64)


def recogniser_features(nbests: Sequence[Sequence[tuple[str, float]]]) -> Floats:
    """Return the features of a recogniser's output: uncertainty, margin of the best transcript, and its length.

    Args:
        nbests: transcripts of each recording with confidences, best first.

    Returns:
        Shape (items, 3).
    """
    gaps = [nbest[0][1] - nbest[1][1] if len(nbest) > 1 else 1.0 for nbest in nbests]
    lengths = [len(nbest[0][0]) if nbest else 0 for nbest in nbests]
    return np.column_stack([uncertainty_logits([nbest[0][1] if nbest else None for nbest in nbests]), gaps, lengths])


def _scores(
    outcomes: Sequence[SpeechOutcome], examples: Sequence[SoundExample], logits: Floats, wrong: npt.NDArray[np.bool_]
) -> dict[str, Floats]:
    uncertainty = uncertainty_logits([example.confidence for example in examples])
    recogniser = recogniser_features([outcome.nbest for outcome in outcomes])
    words = load_encoder().vectors([outcome.best or None for outcome in outcomes]).astype(np.float64)
    half = np.array([zlib.crc32(example.sentence.encode()) % 2 == 0 for example in examples])

    def crossfit(*columns: Floats) -> Floats:
        """Judge each half of the sentences by a model of the other half."""
        rows = np.column_stack(columns)
        logits = np.zeros(len(rows))
        for tested in (half, ~half):
            logits[tested] = logistic(rows[~tested], wrong[~tested], rows[tested], resistance=30.0)
        return logits

    return {
        "confidence": uncertainty,
        "audio": logits[:, 0],
        "both": logits[:, 1],
        "room's noise as measured": -np.array([outcome.snr_db for outcome in outcomes]),
        "words": crossfit(words),
        "all it tells": crossfit(recogniser),
        "all it tells, audio": crossfit(recogniser, logits[:, 0]),
        "all it tells, words": crossfit(recogniser, words),
        "all it tells, words, audio": crossfit(recogniser, words, logits[:, 0]),
    }


def _key(name: str) -> str:
    short = (
        name.replace("words", "text").replace("all it tells", "recogniser").replace("room's noise as measured", "snr")
    )
    return f"{short.replace(' - ', '_ahead_of_').replace(', ', '_')}{'' if ' - ' in name else '_auc'}"
