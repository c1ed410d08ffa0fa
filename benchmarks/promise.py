"""The promise of `wins_per_loss`: does the measured ratio reach the target? Many small logs, counted by the truth.

Each seed has its own log; for each target a release is learnt from it and served in a separate simulation of the same
later weeks.
"""

import tempfile
from pathlib import Path
from typing import Any

import msgspec

from benchmarks.served import failing, figures, rewrites
from sayagain.household import HouseholdAssistant, RecordedSpeech, Replay
from sayagain.household.rewriting_front import RewritingFront
from sayagain.learning.learn import LearnSettings, learn
from sayagain.releases.contents import Contents, open_contents
from sayagain.releases.release import write_release
from sayagain.runtime import Decider
from sayagain.turns import Turn

__all__ = ["run", "run_promise"]

TARGETS = (5, 10, 20)
SEEDS = range(201, 241)
HOMES = 2
LEARNT = 4
JUDGED = 3

SETTINGS = LearnSettings(position="parsed", holdout=0.0, shipped_judge=False)
"""Without the shipped judge, which influences the chain alone and takes half of the time."""


def run(_train: Path, _test: Path) -> dict[str, Any]:
    """Run the benchmark and print its table; return the figures for JSON. It needs no external data."""
    return {"promise": run_promise()}


def run_promise(
    seeds: range = SEEDS,
    targets: tuple[int, ...] = TARGETS,
    *,
    homes: int = HOMES,
    learnt: int = LEARNT,
    judged: int = JUDGED,
) -> dict[str, Any]:
    """Learn from each seed's log and serve each target over the weeks that follow.

    Args:
        seeds: seeds of the logs.
        targets: targets of wins per loss.
        homes: number of homes of a log.
        learnt: number of weeks of the log.
        judged: number of counted weeks.
    """
    recorded = RecordedSpeech.open()
    totals = {target: _Total() for target in targets}
    for seed in seeds:
        assistant = HouseholdAssistant()
        lives = [Replay(seed, homes=homes, recorded=recorded, assistant=assistant) for _ in targets]
        logs = [[turn for _ in range(learnt) for turn in life.step().turns] for life in lives]
        for target, life in zip(targets, lives, strict=True):
            front = RewritingFront(Decider(_learn(logs[0], target)))
            weeks = [life.step({person.id: front for person in life.people}) for _ in range(judged)]
            totals[target].add(target, figures(rewrites(weeks)), failing(weeks))
    figures_by_target = {str(target): totals[target].figures() for target in targets}
    print(f"{'target':>6} {'seeds met':>9} {'that serve':>10} {'wins':>6} {'losses':>6} {'ratio':>6} {'coverage':>8}")
    for name, row in figures_by_target.items():
        ratio = f"{row['ratio']:.1f}" if row["losses"] else "-"
        print(
            f"{name:>6} {row['met']:>9.0%} {row['serving']:>10} {row['wins']:>6} {row['losses']:>6} {ratio:>6} "
            f"{row['coverage']:>8.1%}"
        )
    return figures_by_target


class _Total(msgspec.Struct):
    """Sums over seeds."""

    seeds: int = 0
    met: int = 0
    serving: int = 0
    wins: int = 0
    losses: int = 0
    acted_wrong: int = 0
    failing: int = 0

    def add(self, target: float, counts: dict[str, Any], failing: int) -> None:
        """Add a seed; one without rewrites keeps the promise."""
        self.seeds += 1
        self.met += counts["wins"] >= target * counts["losses"]
        self.serving += counts["served"] > 0
        self.wins += counts["wins"]
        self.losses += counts["losses"]
        self.acted_wrong += counts["acted_wrong"]
        self.failing += failing

    def figures(self) -> dict[str, Any]:
        """Return the figures for JSON; the ratio is that of all seeds together."""
        return {
            "met": self.met / max(self.seeds, 1),
            "ratio": self.wins / max(self.losses, 1),
            "coverage": self.wins / max(self.failing, 1),
            "wins": self.wins,
            "losses": self.losses,
            "acted_wrong": self.acted_wrong,
            "seeds": self.seeds,
            "serving": self.serving,
        }


def _learn(log: list[Turn], wins_per_loss: float) -> Contents:
    result = learn(log, msgspec.structs.replace(SETTINGS, wins_per_loss=wins_per_loss))
    with tempfile.TemporaryDirectory() as folder:
        return open_contents(write_release(Path(folder), result.manifest, result.files))
