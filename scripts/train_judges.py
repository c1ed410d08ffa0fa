"""Train the shipped judges, offline and online, on the household's recordings alone: make models.

The truth about one simulated week of the homes of two seeds is the only training data; other logs may differ in every
way, as the card says. A tenth of the people is held out for calibration and thresholds. The same seeds give the same
bytes.
"""

import zlib

import msgspec

from sayagain.household import Replay
from sayagain.household.goal_truth import goal_truth
from sayagain.household.inventory import SEED
from sayagain.labels.judge.session_judge import SHIPPED
from sayagain.labels.judge.session_targets import SessionTargets
from sayagain.labels.judge.training.log_variants import log_variant
from sayagain.labels.judge.training.pretrain import PRETRAINED, corrupt
from sayagain.labels.judge.training.train import SETTINGS, train_network
from sayagain.labels.judge.training.train_judge import (
    HEADS,
    best_threshold,
    calibrate,
    judge_examples,
    known_categories,
    write_judge,
)
from sayagain.models import Card, load_encoder
from sayagain.models.training import TrainSettings

SEEDS = (SEED + 101, SEED + 102)
HOMES = 60
TRAINING = msgspec.structs.replace(SETTINGS, epochs=5)

DATA = (
    f"{HOMES} simulated homes of each of the seeds {SEEDS[0]} and {SEEDS[1]}, one week: what recorded speech "
    "recognition and the reference assistant made of their requests, what they did next, and the truth about it"
)
LIMITS = (
    "English. The people are simulated: how they react is fitted to calls, what they ask is not. Another assistant may "
    "report less or otherwise; that it has met. Of other people's calls it ranks better than chance, and its "
    "probabilities mean little before they are brought to the scale of the log (`sayagain learn` does so). Run "
    "`python -m benchmarks goals` for its figures on public data."
)


def main() -> None:
    """Train, calibrate, export."""
    targets = [session_targets for seed in SEEDS for session_targets in _simulate(seed)]
    held_out = [
        session_targets
        for session_targets in targets
        if zlib.crc32((session_targets.session.user_id or "").encode()) % 10 == 0
    ]
    training = [
        session_targets
        for session_targets in targets
        if zlib.crc32((session_targets.session.user_id or "").encode()) % 10 != 0
    ]
    known = known_categories(training)
    # Add each session once more, as another assistant would log it.
    training, held_out = _with_variants(training), _with_variants(held_out)
    encoder = load_encoder(threads=2)
    for online in (False, True):
        examples = judge_examples(training, encoder, known, online=online)
        held_out_examples = judge_examples(held_out, encoder, known, online=online)
        long_examples = [example for example in examples if len(example["mask"]) > 1]
        pretrained = train_network(
            corrupt(long_examples, seed=1), PRETRAINED, known, online=online, settings=_settings(2), forgetting=0.0
        )
        network = train_network(examples, HEADS, known, online=online, settings=TRAINING, begin=pretrained)
        temperatures = calibrate(network, held_out_examples)
        metrics = {f"threshold_{head}": best_threshold(network, held_out_examples, head) for head in HEADS}
        kind = "online" if online else "offline"
        card = Card(
            does="Says of each turn of a session whether it was answered wrongly, whether another goal begins with it, "
            f"and whether that goal is reached{' - from the turn and those before it alone' if online else ''}.",
            limits=LIMITS,
            figures=tuple(f"temperature of {head}: {value:.2f}" for head, value in temperatures.items()),
        )
        by_length = sorted(held_out_examples, key=lambda example: len(example["mask"]))
        exported = write_judge(
            network,
            SHIPPED / kind,
            [by_length[len(by_length) // 2], by_length[-1], by_length[-40]],
            known,
            encoder,
            metrics=metrics,
            data=DATA,
            card=card,
            seed=TRAINING.seed,
        )
        print(f"{kind}: differs by {exported.likeness.difference:.1e} from the trained network; {metrics}")


def _settings(epochs: int) -> TrainSettings:
    return msgspec.structs.replace(SETTINGS, epochs=epochs)


def _simulate(seed: int) -> list[SessionTargets]:
    week = Replay(seed, homes=HOMES).step()
    return goal_truth(week.turns, week.truths)


def _with_variants(targets: list[SessionTargets]) -> list[SessionTargets]:
    return [
        *targets,
        *(
            log_variant(session_targets, seed=zlib.crc32(session_targets.session.session_id.encode()))
            for session_targets in targets
        ),
    ]


if __name__ == "__main__":
    main()
