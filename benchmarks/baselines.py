"""What the loop is compared with: the plain majority, the chain alone, the verified table alone, the oracle."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence

from benchmarks.dstc2 import Labels
from sayagain.guardrails import refuse
from sayagain.releases.contents import Contents
from sayagain.rewriting.change import change_class
from sayagain.rewriting.steps import state_key
from sayagain.rewriting.table import shares, transcripts
from sayagain.text import normalise
from sayagain.turns import Hypothesis, Turn

__all__ = ["Choice", "chain", "majority", "oracle", "table"]

Choice = Callable[[Turn], Hypothesis | None]
"""Decides on a turn: another reading, or None to leave it."""

TABLE_SHARE = 0.6
"""The least share of a reading among the verified ones of what was heard (ships without an audit)."""

TABLE_SUPPORT = 2.0
"""The least support behind it, in turns."""


def majority(log: Iterable[Turn]) -> Choice:
    """Choose what the same heard string was read as most often, the empty reading and all."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    readings: dict[str, Hypothesis] = {}
    for turn in log:
        counts[normalise(turn.heard)][turn.understood.key] += 1
        readings[turn.understood.key] = turn.understood

    def choose(turn: Turn) -> Hypothesis | None:
        key_counts = counts.get(normalise(turn.heard))
        return readings[min(key_counts, key=lambda key: (-key_counts[key], key))] if key_counts else None

    return choose


def table(contents: Contents) -> Choice:
    """Choose the verified reading with the largest share, where it is large enough."""

    def choose(turn: Turn) -> Hypothesis | None:
        verified_readings = sorted(
            shares(transcripts(turn), contents.knowledge.row).values(), key=lambda use: (-use[1], use[0].key)
        )
        if not verified_readings or verified_readings[0][1] < TABLE_SHARE or verified_readings[0][2] < TABLE_SUPPORT:
            return None
        reading = verified_readings[0][0]
        allowed = change_class(turn.understood, reading) in contents.settings.thresholds
        return reading if allowed and _is_allowed(turn, reading) else None

    return choose


def chain(contents: Contents) -> Choice:
    """Choose where the absorbing chain leads."""

    def choose(turn: Turn) -> Hypothesis | None:
        link = contents.knowledge.link(state_key(turn.understood, normalise(turn.heard)))
        return link.target if link is not None and _is_allowed(turn, link.target) else None

    return choose


def oracle(labels: Labels) -> Choice:
    """Choose what is right whenever the n-best holds it; nothing that picks from the n-best can do better."""

    def choose(turn: Turn) -> Hypothesis | None:
        return next((reading for reading in turn.readings if reading.key == labels[turn.turn_id].key), None)

    return choose


def _is_allowed(turn: Turn, reading: Hypothesis) -> bool:
    return refuse(turn.heard, turn.understood, turn.heard, reading) is None


def same_words(turn: Turn, history: Sequence[Turn]) -> bool:
    """Whether the request repeats the one before it word for word."""
    return bool(history) and normalise(history[-1].heard) == normalise(turn.heard)
