"""The chain and pair counts on real calls, day by day; nothing is served there, so nothing can be retired.

The log has no rewrites, so the chain is the same with and without knowledge of them; both are counted. In a call every
turn but the last is followed by another, failed or not, so turns are judged, by one judge learnt from the whole log
without labels.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from benchmarks.chain_household import flips, frequent_targets
from benchmarks.dstc2 import Labels, read_calls, replay
from sayagain.evaluation import Replayed, tally
from sayagain.learning.chain_links import goal_steps, links
from sayagain.learning.learn import LearnSettings, learn
from sayagain.rewriting.chain import ChainSettings
from sayagain.rewriting.steps import state_key
from sayagain.text import normalise
from sayagain.turns import Hypothesis, Turn, fitting_unit, goals, sessions

__all__ = ["run_dstc2"]

FIRST_DAYS = 3
"""Days of the log before the first decision."""

SETTINGS = ChainSettings(min_turns=2, min_users=2)
"""The learner's settings for a log of many users."""

JUDGED = LearnSettings(position="read", holdout=0.0, shipped_judge=False)
"""Settings of learning for the judge."""

Targets = Mapping[str, Hypothesis]
"""Target hypotheses, by state."""


def run_dstc2(folder: Path) -> dict[str, dict[str, Any]]:
    """Decide on each day with the days before, and return the figures by variant."""
    turns, labels = read_calls(folder)
    by_day: dict[date, list[Turn]] = defaultdict(list)
    for turn in turns:
        by_day[datetime.fromtimestamp(turn.started / 1000, UTC).date()].append(turn)
    days = sorted(by_day)
    p_defect = {judgement.turn_id: judgement.p_defect for judgement in learn(turns, JUDGED).judgements}
    replayed: dict[str, list[Replayed]] = defaultdict(list)
    choices_by_variant: dict[str, list[dict[str, str | None]]] = defaultdict(list)
    for number, day in enumerate(days):
        if number < FIRST_DAYS:
            continue
        earlier_turns = [turn for earlier in days[:number] for turn in by_day[earlier]]
        aware = _chain(earlier_turns, p_defect)
        # The log has no rewrites, so both chains are the same.
        for variant, targets in (("aware", aware), ("unaware", aware), ("pairs", _pairs(earlier_turns))):
            day_replay, choices = _decide(by_day[day], targets, labels)
            replayed[variant] += day_replay
            choices_by_variant[variant].append(choices)
    return {variant: _figures(replayed[variant], choices_by_variant[variant]) for variant in replayed}


def _state(turn: Turn) -> str:
    return state_key(turn.understood, normalise(turn.heard))


def _chain(log: Sequence[Turn], p_defect: Mapping[str, float]) -> Targets:
    hypotheses = {turn.understood.key: turn.understood for turn in log}
    steps = [goal_steps(goals(session), p_defect, fitting_unit(session)) for session in sessions(log)]
    links_by_state = links(steps, hypotheses.get, SETTINGS)
    return {state: link.target for state, link in links_by_state.items()}


def _pairs(log: Sequence[Turn]) -> Targets:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    hypotheses: dict[str, Hypothesis] = {}
    for session in sessions(log):
        for goal in goals(session):
            end = goal.turns[-1].understood
            hypotheses[end.key] = end
            for turn in goal.turns[:-1]:
                if not end.empty and turn.understood.key != end.key:
                    counts[_state(turn)][end.key] += 1
    return {state: hypotheses[key] for state, key in frequent_targets(counts, SETTINGS).items()}


def _decide(turns: Sequence[Turn], targets: Targets, labels: Labels) -> tuple[list[Replayed], dict[str, str | None]]:
    replayed, choices = [], dict[str, str | None]()
    for turn in turns:
        target = targets.get(_state(turn))
        choices[_state(turn)] = None if target is None else target.key
        turn_replay = replay(turn, target, labels[turn.turn_id])
        if turn_replay is not None:
            replayed.append(turn_replay)
    return replayed, choices


def _figures(replayed: Sequence[Replayed], choices: Sequence[Mapping[str, str | None]]) -> dict[str, Any]:
    counts = tally(replayed)
    return {
        "wins": counts.wins,
        "losses": counts.losses,
        "ratio": counts.wins / max(counts.losses, 1.0),
        "coverage": counts.coverage,
        "flips": flips([choices]),
        "weeks_to_retire": None,
    }
