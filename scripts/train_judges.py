"""Train the judges that the package ships, offline and online, on the household's recordings alone: make models.

Homes of two seeds live a week each; the truth about them is the only training data. A newcomer's log may look different
in every way, which the card says. A tenth of the people is held out for calibration and thresholds. The same seeds give
the same bytes.
"""

import zlib

import msgspec

from sayagain.household import Replay
from sayagain.household.goal_truth import goal_truth
from sayagain.household.inventory import SEED
from sayagain.labels.judge.session_judge import SHIPPED
from sayagain.labels.judge.training.log_variants import log_variant
from sayagain.labels.judge.training.pretrain import PRETRAINED, corrupt
from sayagain.labels.judge.training.train import SETTINGS, train_network
from sayagain.labels.judge.training.train_judge import (
    HEADS,
    SessionTargets,
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
    told = [one for seed in SEEDS for one in _told(seed)]
    kept = [one for one in told if zlib.crc32((one.session.user_id or "").encode()) % 10 == 0]
    training = [one for one in told if zlib.crc32((one.session.user_id or "").encode()) % 10 != 0]
    known = known_categories(training)
    # All of them once more, as other assistants would log them.
    training, kept = _otherwise_too(training), _otherwise_too(kept)
    encoder = load_encoder(threads=2)
    for online in (False, True):
        examples = judge_examples(training, encoder, known, online=online)
        held = judge_examples(kept, encoder, known, online=online)
        many = [each for each in examples if len(each["mask"]) > 1]
        begun = train_network(
            corrupt(many, seed=1), PRETRAINED, known, online=online, settings=_settings(2), forgetting=0.0
        )
        network = train_network(examples, HEADS, known, online=online, settings=TRAINING, begin=begun)
        warmth = calibrate(network, held)
        metrics = {f"threshold_{head}": best_threshold(network, held, head) for head in HEADS}
        kind = "online" if online else "offline"
        card = Card(
            does="Says of each turn of a session whether it was answered wrongly, whether another goal begins with it, "
            f"and whether that goal is reached{' - from the turn and those before it alone' if online else ''}.",
            limits=LIMITS,
            figures=tuple(f"temperature of {head}: {each:.2f}" for head, each in warmth.items()),
        )
        long = sorted(held, key=lambda each: len(each["mask"]))
        written = write_judge(
            network,
            SHIPPED / kind,
            [long[len(long) // 2], long[-1], long[-40]],
            known,
            encoder,
            metrics=metrics,
            data=DATA,
            card=card,
            seed=TRAINING.seed,
        )
        print(f"{kind}: differs by {written.likeness.difference:.1e} from the trained network; {metrics}")


def _settings(epochs: int) -> TrainSettings:
    return msgspec.structs.replace(SETTINGS, epochs=epochs)


def _told(seed: int) -> list[SessionTargets]:
    week = Replay(seed, homes=HOMES).step()
    return [
        SessionTargets(
            session=one.session,
            defect=one.defects,
            start=one.starts,
            reached=one.reached,
            last=(*one.starts[1:], True),
        )
        for one in goal_truth(week.turns, week.truths)
    ]


def _otherwise_too(told: list[SessionTargets]) -> list[SessionTargets]:
    return [*told, *(log_variant(one, seed=zlib.crc32(one.session.session_id.encode())) for one in told)]


if __name__ == "__main__":
    main()
