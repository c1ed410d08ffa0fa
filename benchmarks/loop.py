"""The loop on real calls: learn from the callers' behaviour without labels, and decide on later calls or other callers.

A win is a turn whose best NLU hypothesis was wrong and whose decided hypothesis equals the labelled semantics; a loss
is the reverse. Turns that differ from their label by an annotation convention alone are counted separately.
"""

import tempfile
import time
import zlib
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from benchmarks import baselines
from benchmarks.dstc2 import Labels, convention, read_calls, replay
from benchmarks.judging import judge_figures
from sayagain.evaluation import Replayed, ratio_interval, tally
from sayagain.labels import Judgement
from sayagain.learning.judge import Judge
from sayagain.learning.learn import LearnSettings, learn
from sayagain.releases.contents import Contents, open_contents
from sayagain.releases.release import write_release
from sayagain.runtime import Decider
from sayagain.turns import Hypothesis, Session, Turn, sessions

__all__ = ["half", "run"]

FIRST_DAYS = 3
"""Days of the log before the first decision, if training and test are the same folder."""

SETTINGS = LearnSettings(position="read", holdout=0.0)

WAYS = ("do nothing", "raw majority", "chain", "verified table", "sayagain", "oracle of the n-best")


class Decided(msgspec.Struct, frozen=True):
    """The decision of one method on one turn."""

    turn: Turn
    hypothesis: Hypothesis | None
    repeat: bool
    milliseconds: float = 0.0


def run(train: Path, test: Path) -> dict[str, Any]:
    """Run the benchmark and print its tables; return the figures for JSON."""
    calls, labels = read_calls(train)
    log = sessions(calls)
    if test.resolve() == train.resolve():
        days, contents, judgements, judge = _by_date(log)
        judge_result = judge_figures(contents, judge, log, labels, log, judgements)
        _, learnt_judgements, _ = _learn(log, msgspec.structs.replace(SETTINGS, shipped_judge=False))
        own_figures = judge_figures(contents, judge, log, labels, log, learnt_judgements)
        judge_result |= {f"alone_{name}": own_figures[name] for name in ("auc", "f1", "calibration_error")}
    else:
        test_calls, test_labels = read_calls(test)
        labels = {**labels, **test_labels}
        unseen = sessions(test_calls)
        contents, _, judge = _learn(log)
        days = {"all": _decide(contents, log, unseen)}
        judge_result = judge_figures(contents, judge, unseen, labels, log)
    figures = _report(days, labels)
    if test.resolve() == train.resolve():
        figures |= _figures_by_half(days, labels)
    _print_judge(judge_result)
    return {"dstc2": figures, "judge": judge_result}


def _by_date(
    log: Sequence[Session],
) -> tuple[dict[str, dict[str, list[Decided]]], Contents, dict[str, Judgement], Judge]:
    """Decide on each day's calls with a release of the days before; then learn from all days, for the judge."""
    by_day: dict[date, list[Session]] = defaultdict(list)
    for session in log:
        by_day[datetime.fromtimestamp(session.turns[0].started / 1000, UTC).date()].append(session)
    days = sorted(by_day)
    decisions = {}
    for day in days[FIRST_DAYS:]:
        earlier_sessions = [session for earlier in days if earlier < day for session in by_day[earlier]]
        contents, _, _ = _learn(earlier_sessions)
        decisions[str(day)] = _decide(contents, earlier_sessions, by_day[day])
        print(f"{day}: learnt from {len(earlier_sessions)} calls, decided on {len(by_day[day])}", flush=True)
    contents, judgements, judge = _learn(log)
    return decisions, contents, judgements, judge


def _learn(log: Sequence[Session], settings: LearnSettings = SETTINGS) -> tuple[Contents, dict[str, Judgement], Judge]:
    """Learn a release as the product does, and open it from disk as the runtime does."""
    result = learn((turn for session in log for turn in session.turns), settings)
    with tempfile.TemporaryDirectory() as folder:
        contents = open_contents(write_release(Path(folder), result.manifest, result.files))
    assert result.judge is not None
    return contents, {judgement.turn_id: judgement for judgement in result.judgements}, result.judge


def _decide(contents: Contents, training: Sequence[Session], unseen: Sequence[Session]) -> dict[str, list[Decided]]:
    decider = Decider(contents)
    ways = {
        "raw majority": baselines.majority(turn for session in training for turn in session.turns),
        "chain": baselines.chain(contents),
        "verified table": baselines.table(contents),
    }
    decisions: dict[str, list[Decided]] = {way: [] for way in WAYS}
    for session in unseen:
        for index, turn in enumerate(session.turns):
            history = session.turns[:index]
            repeat = baselines.same_words(turn, history)
            decisions["do nothing"].append(Decided(turn, None, repeat))
            began = time.perf_counter()
            decision = decider.decide(turn, history)
            milliseconds = 1000 * (time.perf_counter() - began)
            decisions["sayagain"].append(
                Decided(turn, decision.hypothesis if decision.changed else None, repeat, milliseconds)
            )
            for way, choose in ways.items():
                decisions[way].append(Decided(turn, choose(turn), repeat))
    return decisions


def _report(days: dict[str, dict[str, list[Decided]]], labels: Labels) -> dict[str, Any]:
    ask = baselines.oracle(labels)
    for ways in days.values():
        ways["oracle of the n-best"] = [
            Decided(decision.turn, ask(decision.turn), decision.repeat) for decision in ways["do nothing"]
        ]
    print(_HEAD)
    for day, ways in days.items() if len(days) > 1 else ():
        for way in WAYS:
            print(_line(f"{day} {way}", _to_replayed(ways[way], labels)))
    totals = {way: [decision for ways in days.values() for decision in ways[way]] for way in WAYS}
    replayed = {way: _to_replayed(decisions, labels) for way, decisions in totals.items()}
    for way in WAYS:
        print(_line(way, replayed[way]))
    fresh = [decision for decision in totals["sayagain"] if not decision.repeat]
    print(_line("sayagain, no request that repeats the one before", _to_replayed(fresh, labels)))
    conventions = [
        decision
        for decision in totals["sayagain"]
        if convention(decision.turn.understood, labels[decision.turn.turn_id])
    ]
    touched = sum(decision.hypothesis is not None for decision in conventions)
    median, percentile = np.quantile([decision.milliseconds for decision in totals["sayagain"]], [0.5, 0.99])
    print(f"one decision: {median:.1f} ms at the median, {percentile:.1f} ms at the 99th percentile")
    print(
        f"left out: {len(conventions)} turns that differ by an annotation convention alone; {touched} of them rewritten"
    )
    return {
        **_figures(replayed, len(conventions)),
        "decision_p50_ms": float(median),
        "decision_p99_ms": float(percentile),
    }


def half(caller: str) -> str:
    """Return the half of a caller: choices are tuned on the `dev` half and measured on the other.

    >>> half("CID42")
    'dev'
    """
    return "sealed" if zlib.crc32(caller.encode()) % 2 else "dev"


def _figures_by_half(days: dict[str, dict[str, list[Decided]]], labels: Labels) -> dict[str, Any]:
    """Print and return the figures of each half of the callers, with the decisions by date."""
    figures_by_half: dict[str, Any] = {}
    print(_HEAD)
    for name in ("dev", "sealed"):
        decisions = [
            decision
            for ways in days.values()
            for decision in ways["sayagain"]
            if half(decision.turn.user_id or decision.turn.turn_id) == name
        ]
        replayed = _to_replayed(decisions, labels)
        print(_line(f"{name} half", replayed))
        counts = tally(replayed)
        figures_by_half[f"{name}_half"] = {"turns": counts.turns, "defective": counts.defective, **_summary(replayed)}
    return figures_by_half


def _figures(replayed: dict[str, list[Replayed]], convention_count: int) -> dict[str, Any]:
    whole = tally(replayed["sayagain"])
    return {
        "turns": whole.turns,
        "defective": whole.defective,
        **_summary(replayed["sayagain"], convention_count),
        "ceiling": tally(replayed["oracle of the n-best"]).coverage,
        "conventions": convention_count,
        "baselines": {way: _summary(replayed[way], convention_count) for way in WAYS if way != "sayagain"},
    }


def _summary(replayed: Sequence[Replayed], convention_count: int = 0) -> dict[str, float | None]:
    counts, interval = tally(replayed), ratio_interval(replayed)
    return {
        "triggers": counts.triggers,
        "wins": counts.wins,
        "losses": counts.losses,
        "ratio": counts.ratio,
        "ratio_low": interval[0] if interval else None,
        "coverage": counts.coverage,
        "coverage_with_conventions": counts.wins / max(counts.defective + convention_count, 1),
    }


def _to_replayed(decisions: Sequence[Decided], labels: Labels) -> list[Replayed]:
    replays = (replay(decision.turn, decision.hypothesis, labels[decision.turn.turn_id]) for decision in decisions)
    return [replayed for replayed in replays if replayed is not None]


_HEAD = f"{'':<50} {'turns':>6} {'wrong':>6} {'triggers':>8} {'wins':>5} {'losses':>6}  {'ratio [90%]':<19} coverage"


def _line(name: str, replayed: Sequence[Replayed]) -> str:
    counts, interval = tally(replayed), ratio_interval(replayed)
    ratio = "-" if counts.ratio is None else f"{counts.ratio:.1f}"
    bounds = f" [{interval[0]:.1f}, {interval[1]:.1f}]" if interval and counts.losses else ""
    return (
        f"{name:<50} {counts.turns:>6} {counts.defective:>6.0f} {counts.triggers:>8} {counts.wins:>5.0f} "
        f"{counts.losses:>6.0f}  {ratio + bounds:<19} {counts.coverage:>7.1%}"
    )


def _print_judge(result: dict[str, Any]) -> None:
    print(
        f"judge on {result['turns']:.0f} material turns, {result['defective']:.0f} wrong: "
        f"AUC {result['auc']:.3f}, F1 {result['f1']:.3f}, calibration error {result['calibration_error']:.3f}; "
        f"best single signal ({result['best_single']}): AUC {result['best_single_auc']:.3f}, "
        f"F1 {result['best_single_f1']:.3f}; supervised ceiling: AUC {result['ceiling_auc']:.3f}, "
        f"F1 {result['ceiling_f1']:.3f}"
    )
    if "alone_auc" in result:
        print(
            f"the same without the judge that the package ships: AUC {result['alone_auc']:.3f}, "
            f"F1 {result['alone_f1']:.3f}, calibration error {result['alone_calibration_error']:.3f}"
        )
