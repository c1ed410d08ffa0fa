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
    arguments = parser.parse_args()
    outcomes = read_recording()["request"]
    examples = sound_examples(outcomes, resynthesise(outcomes, cache_folder=arguments.work, progress=tell))
    logits = out_of_fold(examples, keep=arguments.work, progress=tell)
    network = train_sound(examples, checkpoint=checkpoint_of(examples, arguments.work), progress=tell)
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
        data=DATA.format(
            examples=len(examples), sentences=len({example.sentence for example in examples}), share=wrong.mean()
        ),
    )
    selection = examples[:: len(examples) // 12]
    export_examples = [
        pad([as_input(example.mel, example.confidence) for example in selection[:8]], AXES),
        *(pad([as_input(example.mel, None)], AXES) for example in selection[8:]),
    ]
    exported = export(network, arguments.out, export_examples, manifest, card)
    print(f"{arguments.out}: largest difference after export {exported.likeness.difference:.2g}")
    print((arguments.out / "card.md").read_text(encoding="utf-8"))
    return 0


def calibration(network: torch.nn.Module, examples: list[SoundExample], logits: np.ndarray) -> list[list[float]]:
    """Return slope and shift of each output: scaling on held-out sentences, then on unseen voices."""
    wrong = np.array([example.misheard for example in examples])
    held_out = np.array([is_kept_back(example) for example in examples])
    held_out_logits = predict_misheard(
        network, [example for example, is_held_out in zip(examples, held_out, strict=True) if is_held_out]
    )
    lines = []
    for column in range(len(SCORES)):
        held_out_scaling, unseen_scaling = (
            platt(held_out_logits[:, column], wrong[held_out]),
            platt(logits[:, column], wrong),
        )
        lines.append(
            [
                unseen_scaling.slope * held_out_scaling.slope,
                unseen_scaling.slope * held_out_scaling.shift + unseen_scaling.shift,
            ]
        )
    return lines


def figures(examples: list[SoundExample], wrong: np.ndarray, logits: np.ndarray) -> tuple[str, ...]:
    """Return the lines of the card about unseen voices and sentences."""
    uncertainty = np.array([-(example.confidence or 0.0) for example in examples])
    base_brier = wrong.mean() * (1 - wrong.mean())
    lines = [
        "All on voices and sentences that the network never met, compared within one voice.",
        f"The recogniser's confidence alone: AUC {auc(examples, uncertainty):.3f}",
    ]
    for column, name in enumerate(SCORES):
        scaling = platt(logits[:, column], wrong)
        p = 1 / (1 + np.exp(-(scaling.slope * logits[:, column] + scaling.shift)))
        brier = np.mean(np.square(p - wrong))
        lines.append(
            f"{name}: AUC {auc(examples, logits[:, column]):.3f}, Brier {brier:.4f} (the share alone: {base_brier:.4f})"
        )
    return tuple(lines)


def auc(examples: list[SoundExample], score: np.ndarray) -> float:
    """Return P(a misheard recording has a higher score than another), over pairs judged by one network."""
    wrong = np.array([example.misheard for example in examples])
    folds = [fold_of(example) for example in examples]
    above = pairs = 0.0
    for fold in set(folds):
        in_fold = np.array([example_fold == fold for example_fold in folds])
        above += mannwhitneyu(score[in_fold & wrong], score[in_fold & ~wrong]).statistic
        pairs += (in_fold & wrong).sum() * (in_fold & ~wrong).sum()
    return float(above / pairs)


def tell(work: str, done: int, total: int | None) -> None:
    """Print the progress."""
    if sys.stderr.isatty() or done == total:
        print(f"\r{work}: {done} of {total} ", end="\n" if done == total else "", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
