"""The household's recordings, each judged by networks that met neither its voice nor its sentence."""

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

__all__ = ["judge_recordings", "sureness", "told"]

Floats = npt.NDArray[np.float64]


def judge_recordings(
    outcomes: Sequence[SpeechOutcome], examples: Sequence[SoundExample], keep: Path, tell: Progress
) -> tuple[dict[str, Any], Floats]:
    """Print the tables; return the figures, and the logits by sound and by both, shape (outcomes, 2).

    Args:
        outcomes: of the recording.
        examples: of each.
        keep: where networks are kept.
        tell: told how far it has come.
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
    found = rankings(wrong, scores, sentences, pairs, strata=judges)
    print_rankings(
        f"household: {len(examples):,} recordings of {len(set(sentences)):,} sentences, {wrong.mean():.1%} misheard; "
        "AUC of misheard on voices and sentences that the network never met, within what one network judged [90%]",
        found,
    )
    across = {name: auc(wrong, scores[name]) for name in ("confidence", "audio", "both")}
    print(f"  across all voices and networks: {', '.join(f'{name} {each:.3f}' for name, each in across.items())}")
    for title, kinds in (("voice", [one.voice for one in outcomes]), ("room", [one.condition for one in outcomes])):
        for kind in sorted(set(kinds), key=lambda name: CONDITIONS.index(name) if name in CONDITIONS else name):
            mine = np.array([each == kind for each in kinds])
            part = {name: scores[name][mine] for name in ("confidence", "audio", "both")}
            each = rankings(wrong[mine], part, [sentences[at] for at in np.flatnonzero(mine)], strata=judges[mine])
            line = ", ".join(f"{name} {interval[0]:.3f}" for name, interval in each.items())
            print(f"  {title} {kind:<8} {mine.sum():5} recordings, {wrong[mine].mean():.1%} misheard: {line}")
    figures: dict[str, Any] = {_key(name): interval[0] for name, interval in found.items()}
    figures["across_voices"] = {_key(name): each for name, each in across.items()}
    calibrated = platt(logits[:, 0], wrong)
    probability = 1 / (1 + np.exp(-(calibrated.slope * logits[:, 0] + calibrated.shift)))
    figures["audio_calibration_error"] = expected_calibration_error(wrong, probability)
    return figures, logits


def sureness(confidences: Sequence[float | None]) -> Floats:
    """Return how unsure a recogniser was, as a logit; of what it made no words of, very."""
    p = np.clip([0.01 if confidence is None else confidence for confidence in confidences], 0.01, 0.99)
    return np.asarray(np.log((1 - p) / p), np.float64)


def told(nbests: Sequence[Sequence[tuple[str, float]]]) -> Floats:
    """Return all that a recogniser tells: how unsure it is, how far the second text is behind, how long the first is.

    Args:
        nbests: texts with confidence, best first.

    Returns:
        Shape (items, 3).
    """
    gaps = [nbest[0][1] - nbest[1][1] if len(nbest) > 1 else 1.0 for nbest in nbests]
    lengths = [len(nbest[0][0]) if nbest else 0 for nbest in nbests]
    return np.column_stack([sureness([nbest[0][1] if nbest else None for nbest in nbests]), gaps, lengths])


def _scores(
    outcomes: Sequence[SpeechOutcome], examples: Sequence[SoundExample], logits: Floats, wrong: npt.NDArray[np.bool_]
) -> dict[str, Floats]:
    unsure = sureness([example.confidence for example in examples])
    tells = told([outcome.nbest for outcome in outcomes])
    words = load_encoder().vectors([outcome.best or None for outcome in outcomes]).astype(np.float64)
    half = np.array([zlib.crc32(example.sentence.encode()) % 2 == 0 for example in examples])

    def judged(*columns: Floats) -> Floats:
        """Judge each half of the sentences by a model of the other half."""
        rows = np.column_stack(columns)
        out = np.zeros(len(rows))
        for mine in (half, ~half):
            out[mine] = logistic(rows[~mine], wrong[~mine], rows[mine], resistance=30.0)
        return out

    return {
        "confidence": unsure,
        "audio": logits[:, 0],
        "both": logits[:, 1],
        "room's noise as measured": -np.array([outcome.snr_db for outcome in outcomes]),
        "words": judged(words),
        "all it tells": judged(tells),
        "all it tells, audio": judged(tells, logits[:, 0]),
        "all it tells, words": judged(tells, words),
        "all it tells, words, audio": judged(tells, words, logits[:, 0]),
    }


def _key(name: str) -> str:
    short = (
        name.replace("words", "text").replace("all it tells", "recogniser").replace("room's noise as measured", "snr")
    )
    return f"{short.replace(' - ', '_ahead_of_').replace(', ', '_')}{'' if ' - ' in name else '_auc'}"
