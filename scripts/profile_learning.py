"""Profile learning from a log of simulated homes and print where the time goes.

    python scripts/profile_learning.py --turns 10000

Needs the extra `household`.
"""

import argparse
import cProfile
import pstats
import tempfile
from pathlib import Path

from sayagain import Learner
from sayagain.household import Replay

SEED, HOMES = 301, 8


def main() -> None:
    """Replay, learn, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--turns", type=int, default=10_000)
    parser.add_argument("--rows", type=int, default=70, help="functions that are printed")
    asked = parser.parse_args()
    replay, turns = Replay(SEED, homes=HOMES), []
    while len(turns) < asked.turns:
        turns += replay.step().turns
    turns = sorted(turns, key=lambda turn: turn.started)[: asked.turns]
    profile = cProfile.Profile()
    with (
        tempfile.TemporaryDirectory() as folder,
        Learner(Path(folder) / "home.db", position="parsed", min_users=2) as learner,
    ):
        learner.store.add_turns(turns)
        profile.runcall(learner.learn)
    for order in ("tottime", "cumtime"):
        pstats.Stats(profile).sort_stats(order).print_stats(asked.rows)


if __name__ == "__main__":
    main()
