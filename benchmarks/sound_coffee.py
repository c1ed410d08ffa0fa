"""Real people's speech: what the household's network makes of it, and what one makes of it that has heard such people.

Who speaks in a clip is not published, so halves are made by clip: the same people may speak in both.
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
from benchmarks.sound_household import sureness, told
from sayagain.labels.sound import SoundExample, SoundJudge, log_mel
from sayagain.labels.sound.training import SETTINGS, checkpoint_of, predict_misheard, train_sound
from sayagain.models import Progress

__all__ = ["coffee_figures"]

Floats = npt.NDArray[np.float64]
Picks = list[int]

TUNED = msgspec.structs.replace(SETTINGS, rate=5e-4, epochs=10)
"""Settings for fine-tuning the household's network: a small rate and few epochs; chosen before the first run."""


def coffee_figures(
    household: Sequence[SoundExample], train: Path, test: Path, keep: Path, tell: Progress
) -> dict[str, Any]:
    """Print the tables; return the figures.

    Args:
        household: the network's first training data.
        train: the folder of the set to learn from.
        test: the one to be judged; where it is the same, each half of the clips is judged by models of the other.
        keep: where recognised words and networks are kept.
        tell: told how far it has come.
    """
    found = clips(test, keep)
    training = found if train.resolve() == test.resolve() else clips(train, keep)
    examples, others = _lessons(found), _lessons(training)
    shipped = SoundJudge.open()
    network = train_sound(household, checkpoint=checkpoint_of(household, keep), progress=tell)
    scores = {
        "confidence": sureness([example.confidence for example in examples]),
        "audio": _logit(shipped.misheard_all([example.mel for example in examples])),
        "both": _logit(
            shipped.misheard_all([example.mel for example in examples], [example.confidence for example in examples])
        ),
        "audio, trained": np.zeros(len(examples)),
        "both, trained": np.zeros(len(examples)),
        "all it tells, trained": np.zeros(len(examples)),
        "all it tells and audio, trained": np.zeros(len(examples)),
    }
    audio = scores["audio"] if training is found else _logit(shipped.misheard_all([each.mel for each in others]))
    tells, theirs = (told([clip.transcript.nbest for clip in some]) for some in (found, training))
    lost = np.array([each.misheard for each in others])
    for learn, judge in _halves(found, training):
        tuned = train_sound([others[at] for at in learn], begin=network, settings=TUNED)
        logits = predict_misheard(tuned, [examples[at] for at in judge])
        scores["audio, trained"][judge], scores["both, trained"][judge] = logits.T
        scores["all it tells, trained"][judge] = logistic(theirs[learn], lost[learn], tells[judge])
        scores["all it tells and audio, trained"][judge] = logistic(
            np.column_stack([theirs, audio])[learn],
            lost[learn],
            np.column_stack([tells, scores["audio"]])[judge],
        )
    wrong = np.array([clip.failed for clip in found])
    names = [clip.name for clip in found]
    pairs = [
        ("both", "confidence"),
        ("both, trained", "confidence"),
        ("all it tells and audio, trained", "all it tells, trained"),
    ]
    every = rankings(wrong, scores, names, pairs)
    print_rankings(
        f"coffee_speech: {len(set(names))} clips of people in {len(CONDITIONS)} conditions, {wrong.mean():.1%} lost "
        "a slot; AUC [90%, by clip]",
        every,
    )
    for condition in CONDITIONS:
        mine = np.flatnonzero([clip.condition == condition for clip in found])
        part = rankings(
            wrong[mine], {name: each[mine] for name, each in scores.items()}, [names[at] for at in mine], pairs
        )
        print_rankings(f"{condition} alone: {wrong[mine].mean():.1%} lost a slot", part)
    figures: dict[str, Any] = {f"{_key(name)}_auc": every[name][0] for name in scores}
    for first, second in pairs:
        figures[f"{_key(first)}_ahead"] = list(every[f"{first} - {second}"])
    return figures


def _halves(found: Sequence[Clip], training: Sequence[Clip]) -> list[tuple[Picks, Picks]]:
    """Return what to learn from and what to judge; all conditions of a clip fall into one half."""
    if found is not training:
        return [(list(range(len(training))), list(range(len(found))))]
    half = [zlib.crc32(clip.name.encode()) % 2 for clip in found]
    parts: list[Picks] = [[at for at, its in enumerate(half) if its == which] for which in (0, 1)]
    return [(parts[0], parts[1]), (parts[1], parts[0])]


def _lessons(found: Sequence[Clip]) -> list[SoundExample]:
    return [
        SoundExample(mel=log_mel(clip.audio), misheard=clip.failed, confidence=clip.confidence, sentence=clip.name)
        for clip in found
    ]


def _logit(p: Floats) -> Floats:
    return np.asarray(np.log(p / (1 - p)), np.float64)


def _key(name: str) -> str:
    return name.replace("all it tells", "recogniser").replace(" and ", "_").replace(", ", "_")
