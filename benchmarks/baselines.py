"""Baselines of the loop: plain majority, chain alone, verified table alone, and oracle."""

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
"""Decides on a turn: another hypothesis, or None to leave it as it is."""

TABLE_SHARE = 0.6
"""Least share of a hypothesis among the verified ones of the transcripts (ships without an audit)."""

TABLE_SUPPORT = 2.0
"""Least support of the hypothesis, in turns."""


def majority(log: Iterable[Turn]) -> Choice:
    """Choose the most frequent hypothesis of the same transcript, including the empty one."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    hypotheses: dict[str, Hypothesis] = {}
    for turn in log:
        counts[normalise(turn.heard)][turn.understood.key] += 1
        hypotheses[turn.understood.key] = turn.understood

    def choose(turn: Turn) -> Hypothesis | None:
        key_counts = counts.get(normalise(turn.heard))
        return hypotheses[min(key_counts, key=lambda key: (-key_counts[key], key))] if key_counts else None

    return choose


def table(contents: Contents) -> Choice:
    """Choose the verified hypothesis with the largest share, if it is large enough."""

    def choose(turn: Turn) -> Hypothesis | None:
        verified_hypotheses = sorted(
            shares(transcripts(turn), contents.knowledge.row).values(), key=lambda use: (-use[1], use[0].key)
        )
        if (
            not verified_hypotheses
            or verified_hypotheses[0][1] < TABLE_SHARE
            or verified_hypotheses[0][2] < TABLE_SUPPORT
        ):
            return None
        hypothesis = verified_hypotheses[0][0]
        allowed = change_class(turn.understood, hypothesis) in contents.settings.thresholds
        return hypothesis if allowed and _is_allowed(turn, hypothesis) else None

    return choose


def chain(contents: Contents) -> Choice:
    """Choose the target of the absorbing chain."""

    def choose(turn: Turn) -> Hypothesis | None:
        link = contents.knowledge.link(state_key(turn.understood, normalise(turn.heard)))
        return link.target if link is not None and _is_allowed(turn, link.target) else None

    return choose


def oracle(labels: Labels) -> Choice:
    """Choose the labelled hypothesis if the n-best has it: the upper bound of any choice from the n-best."""

    def choose(turn: Turn) -> Hypothesis | None:
        return next((hypothesis for hypothesis in turn.hypotheses if hypothesis.key == labels[turn.turn_id].key), None)

    return choose


def _is_allowed(turn: Turn, hypothesis: Hypothesis) -> bool:
    return refuse(turn.heard, turn.understood, turn.heard, hypothesis) is None


def same_words(turn: Turn, history: Sequence[Turn]) -> bool:
    """Return whether the request repeats the previous one word for word."""
    return bool(history) and normalise(history[-1].heard) == normalise(turn.heard)
