"""Teaching in conversation: episodes in the household, and ordinary talk that must teach nothing.

Patterns and rules were written with the development half of wordings, phrases, homes and requests in view, and nothing
was chosen by the sealed half. `household` is the sealed half with all mishearings of the household's recogniser,
`household_third` with a third of them, and `household_clean` without.
"""

import tempfile
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.teach_episodes import Channel, Half, Outcome, episodes, run_episodes
from benchmarks.teach_gaps import gaps
from benchmarks.teach_homeassistant import teach_homeassistant
from benchmarks.teach_negatives import negatives, saif
from benchmarks.teach_preferences import preferences
from sayagain.household import HouseholdAssistant
from sayagain.teaching.lesson_tagger import open_tagger

__all__ = ["household", "run"]

EPISODES = 1_000
"""Episodes of each half, with and without mishearings."""

CONDITIONS = ("clean", "quiet")
"""Conditions of the recordings on which mishearings are counted."""


def run(train: Path, test: Path) -> dict[str, Any]:
    """Run the benchmark and print its tables; return the figures for JSON."""
    del train
    figures: dict[str, Any] = {}
    for half in ("dev", "sealed"):
        figures |= household(half)
    with tempfile.TemporaryDirectory() as folder:
        figures["gaps_dev"], figures["gaps"] = gaps("dev"), gaps("sealed")
        figures["preferences_dev"] = preferences("dev", Path(folder))
        figures["preferences"] = preferences("sealed", Path(folder))
        ordinary = negatives(test, Path(folder))
        figures["household"]["false_stores"] = ordinary["household"]["false_stores"]
        figures["negatives"] = ordinary
        if (test / "saif").is_dir():
            figures["saif"] = saif(test, Path(folder))
    real = teach_homeassistant()
    if real is None:
        print("homeassistant: left out, SAYAGAIN_HOMEASSISTANT_URL and SAYAGAIN_HOMEASSISTANT_TOKEN are not set")
    else:
        figures["homeassistant"] = real
    return {"teach": figures}


def household(half: Half, count: int = EPISODES) -> dict[str, Any]:
    """Run the episodes of one half with and without mishearings, and print them by kind."""
    assistant = HouseholdAssistant()
    plan = list(episodes(half, assistant, count))
    tagger = open_tagger()
    figures = {}
    name = "household" if half == "sealed" else half
    channels = {
        name: Channel(CONDITIONS),
        f"{name}_third": Channel(CONDITIONS, share=1 / 3),
        f"{name}_clean": None,
    }
    for key, channel in channels.items():
        with tempfile.TemporaryDirectory() as folder:
            outcomes, others, changed = run_episodes(plan, assistant, channel, Path(folder), tagger=tagger)
        by_kind: dict[str, list[Outcome]] = defaultdict(list)
        for outcome in outcomes:
            by_kind[outcome.kind].append(outcome)
            if outcome.is_public:
                by_kind["public"].append(outcome)
        for kind, own in sorted(by_kind.items()):
            print(f"{key:<18} {kind:<8} {_line(own)}")
        print(f"{key:<18} {'all':<8} {_line(outcomes)}; {changed} of {others} other requests changed")
        if by_kind["public"]:
            figures[f"{key}_public"] = _shares(by_kind["public"])
        figures[key] = {**_shares(outcomes), "other_requests": others, "other_requests_changed": changed}
    return figures


def _shares(outcomes: Sequence[Outcome]) -> dict[str, float]:
    count = max(1, len(outcomes))
    right, asked, taught = (sum(outcome.gap[part] for outcome in outcomes) for part in range(3))
    return {
        "episodes": len(outcomes),
        "completed": sum(outcome.completed for outcome in outcomes) / count,
        "meaning_em": sum(outcome.exact for outcome in outcomes) / count,
        "next_turn": sum(outcome.used for outcome in outcomes) / count,
        "gap_f1": 2 * right / max(1, asked + taught),
    }


def _line(outcomes: Sequence[Outcome]) -> str:
    shares = _shares(outcomes)
    texts = (f"{name} {shares[name]:.3f}" for name in ("completed", "meaning_em", "next_turn", "gap_f1"))
    return f"{shares['episodes']:>5} episodes: {', '.join(texts)}"
