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
"""How the household's network is taught on: slower and shorter, as it is nearly there; chosen before it was tried."""


def coffee_figures(
    household: Sequence[SoundExample], train: Path, test: Path, keep: Path, tell: Progress
) -> dict[str, Any]:
    """Print the tables; return the figures.

    Args:
        household: what the network is taught on first.
        train: the folder of the set to learn from.
        test: the one to be judged; where it is the same, each half of the clips is judged by what the other taught.
        keep: where recognised words and networks are kept.
        tell: told how far it has come.
    """
    found = clips(test, keep)
    taught = found if train.resolve() == test.resolve() else clips(train, keep)
    lessons, others = _lessons(found), _lessons(taught)
    shipped = SoundJudge.open()
    network = train_sound(household, checkpoint=checkpoint_of(household, keep), progress=tell)
    scores = {
        "confidence": sureness([lesson.confidence for lesson in lessons]),
        "audio": _logit(shipped.misheard_all([lesson.mel for lesson in lessons])),
        "both": _logit(
            shipped.misheard_all([lesson.mel for lesson in lessons], [lesson.confidence for lesson in lessons])
        ),
        "audio, taught": np.zeros(len(lessons)),
        "both, taught": np.zeros(len(lessons)),
        "all it tells, taught": np.zeros(len(lessons)),
        "all it tells and audio, taught": np.zeros(len(lessons)),
    }
    audio = scores["audio"] if taught is found else _logit(shipped.misheard_all([each.mel for each in others]))
    tells, theirs = (told([clip.transcript.nbest for clip in some]) for some in (found, taught))
    lost = np.array([each.misheard for each in others])
    for learn, judge in _halves(found, taught):
        tuned = train_sound([others[at] for at in learn], begin=network, settings=TUNED)
        logits = predict_misheard(tuned, [lessons[at] for at in judge])
        scores["audio, taught"][judge], scores["both, taught"][judge] = logits.T
        scores["all it tells, taught"][judge] = logistic(theirs[learn], lost[learn], tells[judge])
        scores["all it tells and audio, taught"][judge] = logistic(
            np.column_stack([theirs, audio])[learn],
            lost[learn],
            np.column_stack([tells, scores["audio"]])[judge],
        )
    wrong = np.array([clip.failed for clip in found])
    names = [clip.name for clip in found]
    pairs = [
        ("both", "confidence"),
        ("both, taught", "confidence"),
        ("all it tells and audio, taught", "all it tells, taught"),
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


def _halves(found: Sequence[Clip], taught: Sequence[Clip]) -> list[tuple[Picks, Picks]]:
    """Return what to learn from and what to judge; all conditions of a clip fall into one half."""
    if found is not taught:
        return [(list(range(len(taught))), list(range(len(found))))]
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
