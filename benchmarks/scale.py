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
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import duckdb

from sayagain.formats import read_turns, turns_to_parquet
from sayagain.household import Replay
from sayagain.learner.learn_release import learn_release
from sayagain.learning.history import LogHistory
from sayagain.learning.learn import LearnSettings, count_latest, read_log
from sayagain.releases.release import write_release
from sayagain.turns import Turn

__all__ = ["run"]

SIZES = tuple(int(float(size)) for size in os.environ.get("SAYAGAIN_SCALE_TURNS", "1e5 1e6").split())
RECENT = int(os.environ.get("SAYAGAIN_SCALE_RECENT", "10000"))
MEMORY = os.environ.get("SAYAGAIN_SCALE_MEMORY", "2GB")
SIMULATED = 100_000
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
            command = [sys.executable, "-c", f"from benchmarks.scale import measure; measure({str(folder)!r})"]
            measured = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)  # noqa: S603
            if before is not None:
                growth = math.log(measured["turns"] / before["turns"])
                measured["exponent"] = math.log(measured["cpu_seconds"] / before["cpu_seconds"]) / growth
            before = measured
            figures[str(size)] = measured
            _print(measured)
    return {"scale": figures}


def measure(name: str) -> None:
    """Learn from the days in a folder, in this process, and print the figures as JSON."""
    folder = Path(name)
    files = sorted((folder / "days").glob("*.parquet"))
    settings = LearnSettings(position="parsed", recent=RECENT)
    latest = _latest_turns(files, settings.recent + settings.recent // 10)
    log = read_log(latest, settings)
    log = log[len(log) - count_latest(log, settings.recent) :]
    began, cpu = time.perf_counter(), _cpu_seconds()
    with LogHistory(
        files,
        folder / "history",
        memory=MEMORY,
        session_gap=settings.session_gap,
        anonymous=settings.anonymous,
    ) as history:
        older = history.count(log, min_users=settings.min_users)
    counted, counted_cpu = time.perf_counter() - began, _cpu_seconds() - cpu
    peak = _peak()
    turns = [
        turn for turn in latest if turn.started >= log[0].turns[0].started and turn.turn_id not in older.late_turns
    ]
    began = time.perf_counter()
    learnt = learn_release(turns, settings, folder / "releases", key=b"k", withdrawn={}, older=older)
    write_release(folder / "releases", learnt.manifest, learnt.files)
    learning = time.perf_counter() - began
    # Again, as on the next night when nothing is new.
    began = time.perf_counter()
    with LogHistory(
        files, folder / "history", memory=MEMORY, session_gap=settings.session_gap, anonymous=settings.anonymous
    ) as history:
        history.count(log, min_users=settings.min_users)
    again = time.perf_counter() - began
    by_step: dict[str, float] = defaultdict(float)
    rows: dict[str, int] = defaultdict(int)
    for step in older.steps:
        by_step[step.step] += step.seconds
        rows[step.step] += step.rows
    print(
        json.dumps(
            {
                "turns": learnt.manifest.counts["turns"],
                "users": learnt.manifest.counts["users"],
                "contents": rows["records"],
                "contexts": rows["labels"],
                "seconds": counted,
                "cpu_seconds": counted_cpu,
                "again_seconds": again,
                "learning_seconds": learning,
                "steps_peak_gb": peak,
                "peak_gb": _peak(),
                "log_mb": _size(files),
                "history_mb": _size((folder / "history").rglob("*.parquet")),
                "release_mb": sum(map(len, learnt.files.values())) / 1e6,
                "step_seconds": {step: seconds for step, seconds in by_step.items() if seconds},
            }
        )
    )


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
    with duckdb.connect() as connection:
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
        f"{measured['turns']:,} turns of {measured['users']:,} users, {measured['contents']:,} contents:"
        f" counted in {measured['seconds']:.1f} s ({measured['cpu_seconds']:.1f} s of processor),"
        f" again in {measured['again_seconds']:.1f} s, peak {measured['steps_peak_gb']:.2f} GB;"
        f" learnt from the latest {RECENT:,} in {measured['learning_seconds']:.1f} s, peak {measured['peak_gb']:.2f} GB"
    )
    for step, seconds in sorted(measured["step_seconds"].items(), key=lambda item: -item[1])[:8]:
        print(f"  {step:<14}{seconds:8.2f} s")


def _cpu_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def _peak() -> float:
    return float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) * 1024 / 1e9


def _size(files: Iterable[Path]) -> float:
    return sum(path.stat().st_size for path in files) / 1e6
