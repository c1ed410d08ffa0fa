"""The loop on real calls: learn from what callers did, with no label, and decide on later calls or other callers.

A win is a turn whose best SLU reading was wrong and whose decided reading equals the labelled semantics; a loss is the
reverse. Turns that differ from their label by an annotation convention alone are left out and counted apart.
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
from benchmarks.dstc2 import Labels, convention, read_calls
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
"""Days learnt from before the first decision, when training and test are the same folder."""

SETTINGS = LearnSettings(position="read", holdout=0.0)

WAYS = ("do nothing", "raw majority", "chain", "verified table", "sayagain", "oracle of the n-best")


class Decided(msgspec.Struct, frozen=True):
    """One turn and one way's decision on it."""

    turn: Turn
    reading: Hypothesis | None
    repeat: bool
    milliseconds: float = 0.0


def run(train: Path, test: Path) -> dict[str, Any]:
    """Run the benchmark and print its tables; return the figures for JSON."""
    calls, labels = read_calls(train)
    log = sessions(calls)
    if test.resolve() == train.resolve():
        days, contents, judgements, judge = _by_date(log)
        judged = judge_figures(contents, judge, log, labels, log, judgements)
        _, alone, _ = _learn(log, msgspec.structs.replace(SETTINGS, shipped_judge=False))
        own = judge_figures(contents, judge, log, labels, log, alone)
        judged |= {f"alone_{name}": own[name] for name in ("auc", "f1", "calibration_error")}
    else:
        others, more = read_calls(test)
        labels = {**labels, **more}
        unseen = sessions(others)
        contents, _, judge = _learn(log)
        days = {"all": _decide(contents, log, unseen)}
        judged = judge_figures(contents, judge, unseen, labels, log)
    figures = _report(days, labels)
    if test.resolve() == train.resolve():
        figures |= _halves(days, labels)
    _print_judge(judged)
    return {"dstc2": figures, "judge": judged}


def _by_date(
    log: Sequence[Session],
) -> tuple[dict[str, dict[str, list[Decided]]], Contents, dict[str, Judgement], Judge]:
    """Decide on each day's calls with what the days before it taught; then learn from all, for the judge."""
    by_day: dict[date, list[Session]] = defaultdict(list)
    for session in log:
        by_day[datetime.fromtimestamp(session.turns[0].started / 1000, UTC).date()].append(session)
    days = sorted(by_day)
    decided = {}
    for day in days[FIRST_DAYS:]:
        before = [session for earlier in days if earlier < day for session in by_day[earlier]]
        contents, _, _ = _learn(before)
        decided[str(day)] = _decide(contents, before, by_day[day])
        print(f"{day}: learnt from {len(before)} calls, decided on {len(by_day[day])}", flush=True)
    contents, judgements, judge = _learn(log)
    return decided, contents, judgements, judge


def _learn(log: Sequence[Session], settings: LearnSettings = SETTINGS) -> tuple[Contents, dict[str, Judgement], Judge]:
    """Learn a release as the product does, and open it from disk as the runtime does."""
    learnt = learn((turn for session in log for turn in session.turns), settings)
    with tempfile.TemporaryDirectory() as folder:
        contents = open_contents(write_release(Path(folder), learnt.manifest, learnt.files))
    assert learnt.judge is not None
    return contents, {each.turn_id: each for each in learnt.judgements}, learnt.judge


def _decide(contents: Contents, before: Sequence[Session], now: Sequence[Session]) -> dict[str, list[Decided]]:
    decider = Decider(contents)
    ways = {
        "raw majority": baselines.majority(turn for session in before for turn in session.turns),
        "chain": baselines.chain(contents),
        "verified table": baselines.table(contents),
    }
    found: dict[str, list[Decided]] = {way: [] for way in WAYS}
    for session in now:
        for place, turn in enumerate(session.turns):
            history = session.turns[:place]
            repeat = baselines.same_words(turn, history)
            found["do nothing"].append(Decided(turn, None, repeat))
            began = time.perf_counter()
            decision = decider.decide(turn, history)
            took = 1000 * (time.perf_counter() - began)
            found["sayagain"].append(Decided(turn, decision.reading if decision.changed else None, repeat, took))
            for way, choose in ways.items():
                found[way].append(Decided(turn, choose(turn), repeat))
    return found


def _report(days: dict[str, dict[str, list[Decided]]], labels: Labels) -> dict[str, Any]:
    ask = baselines.oracle(labels)
    for ways in days.values():
        ways["oracle of the n-best"] = [Decided(each.turn, ask(each.turn), each.repeat) for each in ways["do nothing"]]
    print(_HEAD)
    for day, ways in days.items() if len(days) > 1 else ():
        for way in WAYS:
            print(_line(f"{day} {way}", _replayed(ways[way], labels)))
    totals = {way: [each for ways in days.values() for each in ways[way]] for way in WAYS}
    found = {way: _replayed(decided, labels) for way, decided in totals.items()}
    for way in WAYS:
        print(_line(way, found[way]))
    fresh = [each for each in totals["sayagain"] if not each.repeat]
    print(_line("sayagain, no request that repeats the one before", _replayed(fresh, labels)))
    apart = [each for each in totals["sayagain"] if convention(each.turn.understood, labels[each.turn.turn_id])]
    touched = sum(each.reading is not None for each in apart)
    median, most = np.quantile([each.milliseconds for each in totals["sayagain"]], [0.5, 0.99])
    print(f"one decision: {median:.1f} ms at the median, {most:.1f} ms at the 99th percentile")
    print(f"left out: {len(apart)} turns that differ by an annotation convention alone; {touched} of them rewritten")
    return {**_figures(found, len(apart)), "decision_p50_ms": float(median), "decision_p99_ms": float(most)}


def half(caller: str) -> str:
    """Return the half of a caller: choices are made by the `dev` half, and what they are worth is read off the other.

    >>> half("CID42")
    'dev'
    """
    return "sealed" if zlib.crc32(caller.encode()) % 2 else "dev"


def _halves(days: dict[str, dict[str, list[Decided]]], labels: Labels) -> dict[str, Any]:
    """Print and return the figures of each half of the callers, decided on by date as all are."""
    found: dict[str, Any] = {}
    print(_HEAD)
    for name in ("dev", "sealed"):
        mine = [
            each
            for ways in days.values()
            for each in ways["sayagain"]
            if half(each.turn.user_id or each.turn.turn_id) == name
        ]
        replayed = _replayed(mine, labels)
        print(_line(f"{name} half", replayed))
        counts = tally(replayed)
        found[f"{name}_half"] = {"turns": counts.turns, "defective": counts.defective, **_plain(replayed)}
    return found


def _figures(found: dict[str, list[Replayed]], apart: int) -> dict[str, Any]:
    whole = tally(found["sayagain"])
    return {
        "turns": whole.turns,
        "defective": whole.defective,
        **_plain(found["sayagain"], apart),
        "ceiling": tally(found["oracle of the n-best"]).coverage,
        "conventions": apart,
        "baselines": {way: _plain(found[way], apart) for way in WAYS if way != "sayagain"},
    }


def _plain(replayed: Sequence[Replayed], apart: int = 0) -> dict[str, float | None]:
    counts, interval = tally(replayed), ratio_interval(replayed)
    return {
        "triggers": counts.triggers,
        "wins": counts.wins,
        "losses": counts.losses,
        "ratio": counts.ratio,
        "ratio_low": interval[0] if interval else None,
        "coverage": counts.coverage,
        "coverage_with_conventions": counts.wins / max(counts.defective + apart, 1),
    }


def _replayed(decided: Sequence[Decided], labels: Labels) -> list[Replayed]:
    found = []
    for each in decided:
        read, label = each.turn.understood, labels[each.turn.turn_id]
        if convention(read, label):
            continue
        wrong = read.key != label.key
        changed = each.reading is not None and each.reading.key != read.key
        right = changed and each.reading is not None and each.reading.key == label.key
        found.append(
            Replayed(
                user=each.turn.user_id or each.turn.turn_id,
                trigger=changed,
                win=float(wrong and right),
                loss=float(changed and not wrong),
                defect=float(wrong),
            )
        )
    return found


_HEAD = f"{'':<50} {'turns':>6} {'wrong':>6} {'triggers':>8} {'wins':>5} {'losses':>6}  {'ratio [90%]':<19} coverage"


def _line(name: str, replayed: Sequence[Replayed]) -> str:
    counts, interval = tally(replayed), ratio_interval(replayed)
    ratio = "-" if counts.ratio is None else f"{counts.ratio:.1f}"
    between = f" [{interval[0]:.1f}, {interval[1]:.1f}]" if interval and counts.losses else ""
    return (
        f"{name:<50} {counts.turns:>6} {counts.defective:>6.0f} {counts.triggers:>8} {counts.wins:>5.0f} "
        f"{counts.losses:>6.0f}  {ratio + between:<19} {counts.coverage:>7.1%}"
    )


def _print_judge(judged: dict[str, Any]) -> None:
    print(
        f"judge on {judged['turns']:.0f} material turns, {judged['defective']:.0f} wrong: "
        f"AUC {judged['auc']:.3f}, F1 {judged['f1']:.3f}, calibration error {judged['calibration_error']:.3f}; "
        f"best single signal ({judged['best_single']}): AUC {judged['best_single_auc']:.3f}, "
        f"F1 {judged['best_single_f1']:.3f}; supervised ceiling: AUC {judged['ceiling_auc']:.3f}, "
        f"F1 {judged['ceiling_f1']:.3f}"
    )
    if "alone_auc" in judged:
        print(
            f"the same without the judge that the package ships: AUC {judged['alone_auc']:.3f}, "
            f"F1 {judged['alone_f1']:.3f}, calibration error {judged['alone_calibration_error']:.3f}"
        )
