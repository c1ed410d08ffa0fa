"""Train the sound network, which predicts recognition failures, on the household's recordings: make models.

    python scripts/train_sound.py                   train, measure, write the model that the package ships
    python scripts/train_sound.py --out some/folder  write it elsewhere

Needs the extras `household` and `train`, and the programs flite, festival (with festvox-us-slt-hts) and espeak-ng. The
sound of each recording is made again (5 minutes on two cores; kept under build/sound), ten networks are trained to
measure and calibrate on voices and sentences that they never met (8 minutes), then one on everything. The same seeds
on the same machine give the same bytes.
"""

import argparse
import sys
from pathlib import Path

import numpy as np
import torch
from scipy.stats import mannwhitneyu

from sayagain.household.speech.recording import read_recording
from sayagain.household.speech.resynthesis import resynthesise, sound_examples
from sayagain.labels.sound import AXES, SHIPPED, SoundExample, as_input
from sayagain.labels.sound.training import (
    SETTINGS,
    checkpoint_of,
    fold_of,
    is_kept_back,
    out_of_fold,
    platt,
    predict_misheard,
    train_sound,
)
from sayagain.models import Card, ModelManifest, pad
from sayagain.models.training import export

HERE = Path(__file__).resolve().parent
SOUNDS = ("heard", "misheard")
SCORES = ("sound", "both")
DATA = (
    "{examples:,} requests of the household (outcomes.parquet): {sentences:,} sentences in six computer voices "
    "of five people (flite, festival, espeak-ng), clean and over room noise at 20, 15 and 10 dB, recognised by Whisper "
    "tiny.en; {share:.0%} with other words than were said."
)
DOES = (
    "Tells how likely it is that speech recognition returned other words than were said: from log-mel frames of 16 kHz "
    "audio alone (`sound`), or also from the mean probability of a token that Whisper reports (`both`)."
)
LIMITS = (
    "It knows no words: a clear voice saying a name that the recogniser does not know sounds fine to it. That is why "
    "the sound alone ranks only a little better than chance on voices that it never met, and adds little to a "
    "confidence. Computer voices and steady noise taught it; of people in a kitchen see docs/labels-sound.md. "
    "Probabilities are calibrated for the household's share of failures and for Whisper tiny.en; `both` means nothing "
    "with the confidence of another recogniser. English, up to 12 seconds."
)


def main() -> int:
    """Train, measure, calibrate, export."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=SHIPPED, help="where the model is written")
    parser.add_argument("--work", type=Path, default=HERE.parent / "build" / "sound", help="where sounds are kept")
    asked = parser.parse_args()
    outcomes = read_recording()["request"]
    examples = sound_examples(outcomes, resynthesise(outcomes, cache_folder=asked.work, progress=tell))
    logits = out_of_fold(examples, keep=asked.work, progress=tell)
    network = train_sound(examples, checkpoint=checkpoint_of(examples, asked.work), progress=tell)
    wrong = np.array([example.misheard for example in examples])
    network.calibration.copy_(torch.tensor(calibration(network, examples, logits)))
    card = Card(does=DOES, limits=LIMITS, figures=figures(examples, wrong, logits))
    manifest = ModelManifest(
        name="sound",
        files={},
        inputs=dict(AXES),
        outputs=dict.fromkeys(SCORES, ("batch", 2)),
        labels=dict.fromkeys(SCORES, SOUNDS),
        metrics={f"auc_{name}": auc(examples, logits[:, column]) for column, name in enumerate(SCORES)},
        seed=SETTINGS.seed,
        data=DATA.format(examples=len(examples), sentences=len({x.sentence for x in examples}), share=wrong.mean()),
    )
    chosen = examples[:: len(examples) // 12]
    export_examples = [
        pad([as_input(each.mel, each.confidence) for each in chosen[:8]], AXES),
        *(pad([as_input(each.mel, None)], AXES) for each in chosen[8:]),
    ]
    done = export(network, asked.out, export_examples, manifest, card)
    print(f"{asked.out}: largest difference after export {done.likeness.difference:.2g}")
    print((asked.out / "card.md").read_text(encoding="utf-8"))
    return 0


def calibration(network: torch.nn.Module, examples: list[SoundExample], logits: np.ndarray) -> list[list[float]]:
    """Return slope and shift of each output: by held-out sentences, then by what unseen voices showed."""
    wrong = np.array([example.misheard for example in examples])
    held = np.array([is_kept_back(example) for example in examples])
    own = predict_misheard(network, [example for example, out in zip(examples, held, strict=True) if out])
    found = []
    for column in range(len(SCORES)):
        near, far = platt(own[:, column], wrong[held]), platt(logits[:, column], wrong)
        found.append([far.slope * near.slope, far.slope * near.shift + far.shift])
    return found


def figures(examples: list[SoundExample], wrong: np.ndarray, logits: np.ndarray) -> tuple[str, ...]:
    """Return what the card tells of voices and sentences that were never met."""
    unsure = np.array([-(example.confidence or 0.0) for example in examples])
    blind = wrong.mean() * (1 - wrong.mean())
    found = [
        "All on voices and sentences that the network never met, compared within one voice.",
        f"The recogniser's confidence alone: AUC {auc(examples, unsure):.3f}",
    ]
    for column, name in enumerate(SCORES):
        line = platt(logits[:, column], wrong)
        p = 1 / (1 + np.exp(-(line.slope * logits[:, column] + line.shift)))
        brier = np.mean(np.square(p - wrong))
        found.append(
            f"{name}: AUC {auc(examples, logits[:, column]):.3f}, Brier {brier:.4f} (the share alone: {blind:.4f})"
        )
    return tuple(found)


def auc(examples: list[SoundExample], score: np.ndarray) -> float:
    """Return P(a sound that was misheard is ranked above one that was not), of two that one network judged."""
    wrong = np.array([example.misheard for example in examples])
    folds = [fold_of(example) for example in examples]
    above = pairs = 0.0
    for fold in set(folds):
        mine = np.array([each == fold for each in folds])
        above += mannwhitneyu(score[mine & wrong], score[mine & ~wrong]).statistic
        pairs += (mine & wrong).sum() * (mine & ~wrong).sum()
    return float(above / pairs)


def tell(what: str, done: int, of: int | None) -> None:
    """Show how far it has come."""
    if sys.stderr.isatty() or done == of:
        print(f"\r{what}: {done} of {of} ", end="\n" if done == of else "", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
