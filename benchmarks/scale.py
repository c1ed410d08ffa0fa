"""Learning from large logs: seconds by step, memory and sizes for logs of 10^5 turns and more.

The log is simulated for `SIMULATED` turns (a hundred homes and more, the household's recorded speech). Larger logs are
copies of it with users, homes and ids of their own. A copy says nothing new by itself, which would flatter every
step that looks at distinct requests; so one request in `ALTERED` of each copy ends in a word of that copy alone.
SAYAGAIN_SCALE_TURNS sets the sizes, SAYAGAIN_SCALE_RECENT the latest turns that judge and ranker are trained on, and
SAYAGAIN_SCALE_MEMORY the memory of the steps.
"""

import json
import math
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from sayagain.evaluation import replay, result
from sayagain.extras import require
from sayagain.formats import read_turns, turns_to_parquet
from sayagain.household import Replay
from sayagain.labels import Judgement
from sayagain.learner.learn_release import HELD_OUT, learn_release
from sayagain.learning.history import LogHistory, OlderCounts
from sayagain.learning.learn import LearningResult, LearnSettings, count_latest, learn, read_log, settings_of
from sayagain.releases.contents import open_contents
from sayagain.releases.release import write_release
from sayagain.runtime import Decider
from sayagain.turns import Session, Turn

__all__ = ["run"]

SIZES = tuple(int(float(size)) for size in os.environ.get("SAYAGAIN_SCALE_TURNS", "1e5 1e6").split())
RECENT = int(os.environ.get("SAYAGAIN_SCALE_RECENT", "10000"))
MEMORY = os.environ.get("SAYAGAIN_SCALE_MEMORY", "2GB")
SIMULATED = min(100_000, *SIZES)
ALTERED = 10
HOMES = 100
SEED = 401
DAY = 86_400_000

_COPY = """
    SELECT
        copy || '.' || turn_id AS turn_id,
        copy || '.' || user_id AS user_id,
        copy || '.' || home AS home,
        copy || '.' || session_id AS session_id,
        copy || '.' || conversation_id AS conversation_id,
        CASE WHEN copy > 0 AND hash(turn_id) % {altered} = 0 THEN request || ' c' || copy ELSE request END AS request,
        CASE WHEN copy > 0 AND hash(turn_id) % {altered} = 0 THEN NULL ELSE asr END AS asr,
        * EXCLUDE (turn_id, user_id, home, session_id, conversation_id, request, asr, copy)
    FROM read_parquet('{source}'), (SELECT unnest(range({copies})) AS copy)
"""


def run(_train: Path, _test: Path) -> dict[str, Any]:
    """Run the benchmark, print its figures and return them."""
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="sayagain-scale-") as name:
        simulated = Path(name, "simulated")
        simulated.mkdir()
        _simulate(simulated)
        before: dict[str, float] | None = None
        for size in SIZES:
            folder = Path(name, str(size))
            copies = max(1, round(size / SIMULATED))
            _write_copies(simulated, folder, copies)
            # In a process of its own, so that the peak of memory is that of this size alone.
            call = f"measure({str(folder)!r}, compare={size == SIZES[0]})"
            command = [sys.executable, "-c", f"from benchmarks.scale import measure; {call}"]
            subprocess.run(command, check=True)  # noqa: S603  (this module)
            measured = json.loads((folder / "figures.json").read_bytes())
            if before is not None:
                growth = math.log(measured["turns"] / before["turns"])
                measured["exponent"] = math.log(measured["cpu_seconds"] / before["cpu_seconds"]) / growth
            before = measured
            figures[str(size)] = measured
            _print(measured)
    return {"scale": figures}


def measure(name: str, *, compare: bool) -> None:
    """Learn from the days in a folder, in this process, and write the figures.

    Args:
        name: of the folder.
        compare: whether to learn from the whole log in memory, too, and replay both on the same turns.
    """
    folder = Path(name)
    files = sorted((folder / "days").glob("*.parquet"))
    settings = LearnSettings(position="parsed", recent=RECENT)
    latest = _latest_turns(files, settings.recent + settings.recent // 10)
    log = read_log(latest, settings)
    log = log[len(log) - count_latest(log, settings.recent) :]
    began, cpu = time.perf_counter(), _cpu_seconds()
    older = _count(files, folder, log, settings)
    seconds, cpu_seconds, peak = time.perf_counter() - began, _cpu_seconds() - cpu, _peak()
    # Again, as on a night on which nothing is new.
    began = time.perf_counter()
    _count(files, folder, log, settings)
    again = time.perf_counter() - began
    first = log[0].turns[0].started
    turns = [turn for turn in latest if turn.started >= first and turn.turn_id not in older.late_turns]
    began, cpu = time.perf_counter(), _cpu_seconds()
    learnt = learn_release(turns, settings, folder / "releases", key=b"k", withdrawn={}, older=older)
    learning, learning_cpu, whole_peak = time.perf_counter() - began, _cpu_seconds() - cpu, _peak()
    by_step: dict[str, float] = defaultdict(float)
    rows: dict[str, int] = defaultdict(int)
    for step in older.steps:
        by_step[step.step] += step.seconds
        rows[step.step] += step.rows
    figures = {
        "turns": learnt.manifest.counts["turns"],
        "users": learnt.manifest.counts["users"],
        "contents": rows["records"],
        "contexts": rows["labels"],
        "seconds": seconds,
        "cpu_seconds": cpu_seconds,
        "again_seconds": again,
        "learning_seconds": learning,
        "learning_cpu_seconds": learning_cpu,
        "steps_peak_gb": peak,
        "peak_gb": whole_peak,
        "log_mb": _size(files),
        "history_mb": _size((folder / "history").rglob("*.parquet")),
        "release_mb": sum(map(len, learnt.files.values())) / 1e6,
        "step_seconds": {step: round(spent, 2) for step, spent in by_step.items() if spent},
    }
    if compare:
        judgements = {judgement.turn_id: judgement for judgement in learnt.judgements}
        cut = round(len(turns) * (1 - HELD_OUT))
        whole = [turn for path in files for turn in read_turns(path) if isinstance(turn, Turn)]
        before = [turn for turn in whole if turn.started < turns[cut].started]
        figures["by_steps"] = _decide(learn(turns[:cut], settings, older=older), turns[cut:], judgements, folder / "a")
        figures["in_memory"] = _decide(learn(before, settings), turns[cut:], judgements, folder / "b")
    (folder / "figures.json").write_text(json.dumps(figures), encoding="utf-8")


def _count(files: Sequence[Path], folder: Path, log: Sequence[Session], settings: LearnSettings) -> OlderCounts:
    gap, anonymous = settings.session_gap, settings.anonymous
    with LogHistory(files, folder / "history", memory=MEMORY, session_gap=gap, anonymous=anonymous) as history:
        return history.count(log, min_users=settings.min_users)


def _decide(
    learnt: LearningResult, tail: Sequence[Turn], judgements: Mapping[str, Judgement], folder: Path
) -> dict[str, float]:
    """Replay turns that a release has not learnt from; return what its rewrites repaired and spoiled."""
    folder.mkdir()
    decider = Decider(open_contents(write_release(folder, learnt.manifest, learnt.files)))
    tally = result(replay(decider, read_log(tail, settings_of(learnt.manifest)), judgements)).tally
    return {"turns": tally.turns, "triggers": tally.triggers, "wins": tally.wins, "losses": tally.losses}


def _simulate(folder: Path) -> None:
    """Simulate the homes week by week; write the turns as Parquet."""
    replay = Replay(SEED, homes=HOMES)
    written = week = 0
    while written < SIMULATED:
        turns = replay.step().turns[: SIMULATED - written]
        written += turns_to_parquet(folder / f"{week:03}.parquet", turns)
        week += 1


def _write_copies(simulated: Path, folder: Path, copies: int) -> None:
    """Write a log of copies, one file a day."""
    days = folder / "days"
    days.mkdir(parents=True)
    with require("duckdb", "scale").connect() as connection:
        copied = _COPY.format(source=simulated / "*.parquet", copies=copies, altered=ALTERED)
        first, last = connection.execute(f"SELECT min(started), max(started) FROM ({copied})").fetchall()[0]  # noqa: S608  (constants and a path)
        for day in range(first // DAY, last // DAY + 1):
            within = f"started // {DAY} = {day}"
            connection.execute(
                f"COPY (SELECT * FROM ({copied}) WHERE {within}) TO '{days}/{day}.parquet'"  # noqa: S608
                " (FORMAT parquet, COMPRESSION zstd)"
            )


def _latest_turns(files: Sequence[Path], number: int) -> list[Turn]:
    """Return the latest turns of a log, in order of time."""
    turns: list[Turn] = []
    for path in reversed(files):
        turns += [turn for turn in read_turns(path) if isinstance(turn, Turn)]
        if len(turns) >= number:
            break
    turns.sort(key=lambda turn: (turn.started, turn.turn_id))
    return turns[-number:]


def _print(measured: dict[str, Any]) -> None:
    print(
        f"{measured['turns']:,} turns of {measured['users']:,} users, {measured['contents']:,} different contents\n"
        f"  counted in {measured['seconds']:.1f} s ({measured['cpu_seconds']:.1f} s of processor),"
        f" again in {measured['again_seconds']:.1f} s; peak {measured['steps_peak_gb']:.2f} GB\n"
        f"  learnt from the latest {RECENT:,} and the counts in {measured['learning_seconds']:.1f} s"
        f" ({measured['learning_cpu_seconds']:.1f} s of processor); peak {measured['peak_gb']:.2f} GB\n"
        f"  log {measured['log_mb']:.1f} MB, history {measured['history_mb']:.1f} MB,"
        f" release {measured['release_mb']:.1f} MB"
    )
    for step, seconds in sorted(measured["step_seconds"].items(), key=lambda item: -item[1])[:8]:
        print(f"  {step:<14}{seconds:8.2f} s")
    for way in ("by_steps", "in_memory"):
        if way in measured:
            print(f"  {way}: {measured[way]}")


def _cpu_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def _peak() -> float:
    return float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) * 1024 / 1e9


def _size(files: Iterable[Path]) -> float:
    return sum(path.stat().st_size for path in files) / 1e6
