"""The console on a log of ten million turns: first bytes, and in a real Chromium size, errors and actions of each page.

    python -m benchmarks.console --turns 100000         # a quick run

The latest weeks are of the household, with a release learnt from them; the turns before are these again with other
times and a million users, so that every index is as deep as in a real log. First bytes are measured twice: `cold`, the
first visit of a page after the service started, and again while the log does not change, the median of five visits.
"""

import argparse
import http.client
import json
import os
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import cycle, islice
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from benchmarks.console_browser import ACTIONS, SIZES, addresses, browsing, gather_facts, look
from sayagain.formats import encode_turn
from sayagain.household import HouseholdAssistant, RecordedSpeech, Replay
from sayagain.learner import Learner
from sayagain.turns import Turn

__all__ = ["run"]

TURNS = 10_000_000
"""Turns of the log."""
USERS = 1_000_000
"""Users of the turns before the latest weeks."""
VISITS = 5
"""Visits of each page of which the median counts."""
_WEEKS = 2
_STEP = 6_000
"""Milliseconds between two of the earlier turns: ten million of them are two years."""
_BATCH = 100_000
_PATIENCE_MS = 300_000


def run(_train: Path, _test: Path) -> dict[str, Any]:
    """Run the benchmark on ten million turns, print its figures and return them."""
    return measure(TURNS)


def measure(turns: int) -> dict[str, Any]:
    """Run the benchmark.

    Args:
        turns: of the log.
    """
    with tempfile.TemporaryDirectory(prefix="sayagain-console-") as folder:
        database = Path(folder) / "home.db"
        latest = _learn(database)
        worked = _act(database, Path(folder) / "copy.db")
        _add_earlier(database, latest, turns)
        with Learner(database) as learner:
            paths = addresses(gather_facts(learner))
            with _serving(database) as url:
                cold = {name: _first_byte(url, path) for name, path in paths.items()}
                warm = {
                    name: statistics.median(_first_byte(url, path) for _ in range(VISITS))
                    for name, path in paths.items()
                }
                for name, path in paths.items():
                    print(f"{name:<12} cold {cold[name]:8.1f} ms, again {warm[name]:7.1f} ms  {path}")
                with browsing() as browser:
                    figures = _in_browser(browser, url, paths)
    return {
        "console": {
            "turns": turns,
            "pages": len(paths),
            "actions": sum(worked.values()),
            "actions_failed": sorted(name for name, works in worked.items() if not works),
            **figures,
            "first_byte_ms_10m" if turns == TURNS else "first_byte_ms": round(max(warm.values()), 1),
            "first_byte_ms_cold": round(max(cold.values()), 1),
        }
    }


def _act(database: Path, copy: Path) -> dict[str, bool]:
    """Do everything that can be done on a copy of the latest weeks: to forget a user is to learn again."""
    shutil.copy(database, copy)
    shutil.copytree(f"{database}-releases", f"{copy}-releases")
    with Learner(copy) as learner, _serving(copy) as url, browsing() as browser:
        facts, page = gather_facts(learner), browser.new_page(locale="en-GB")
        # To promote a release is to learn the one in use again.
        page.set_default_timeout(_PATIENCE_MS)
        worked = {name: act(page, url, learner, facts) for name, act in ACTIONS.items()}
    print("actions: " + ", ".join(f"{name} {'works' if works else 'FAILS'}" for name, works in worked.items()))
    return worked


def _learn(database: Path) -> list[Turn]:
    """Learn two releases from the household's latest weeks; return its turns."""
    world = Replay(homes=8, recorded=RecordedSpeech.open(), assistant=HouseholdAssistant())
    latest = [turn for _ in range(_WEEKS) for turn in world.step().turns]
    shift = time.time_ns() // 1_000_000 - latest[-1].started
    with Learner(database, position="heard") as learner:
        learner.store.add_turns(
            msgspec.structs.replace(turn, started=turn.started + shift, ended=None, speech=None) for turn in latest
        )
        learner.promote(learner.learn(), force=True)
        shutil.copytree(learner.releases / "000001", learner.releases / "000002")
        learner.store.set_release_in_use(2)
    return latest


def _add_earlier(database: Path, latest: list[Turn], turns: int) -> None:
    """Put earlier turns before the latest weeks, so many that there are `turns`."""
    start = time.perf_counter()
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        (begin,) = connection.execute("SELECT min(started) FROM turns").fetchone()
        rows = _earlier_rows(latest, turns - len(latest), begin)
        while batch := list(islice(rows, _BATCH)):
            connection.executemany("INSERT INTO turns VALUES (?, ?, ?, ?, ?, ?)", batch)
            connection.commit()
    size = database.stat().st_size / 1e9
    print(f"{turns:,} turns, {size:.1f} GB, written in {time.perf_counter() - start:.0f} s")


def _earlier_rows(turns: list[Turn], count: int, before: int) -> Iterator[tuple[Any, ...]]:
    """Yield rows of the table of turns: these turns again and again, earlier and of other users."""
    templates = [
        encode_turn(
            msgspec.structs.replace(
                turn,
                turn_id="@id",
                started=1_700_000_000_001,
                ended=None,
                speech=None,
                user_id="@user",
                session_id=None,
            )
        )
        for turn in turns
    ]
    devices = [turn.device_id for turn in turns]
    for number, (record, device) in enumerate(islice(cycle(zip(templates, devices, strict=True)), max(0, count))):
        turn_id, user, started = f"e{number}", f"u{number * 7919 % USERS}", before - (count - number) * _STEP
        record = record.replace(b"1700000000001", str(started).encode(), 1)  # noqa: PLW2901  (a template filled in)
        record = record.replace(b'"@id"', f'"{turn_id}"'.encode(), 1).replace(b'"@user"', f'"{user}"'.encode(), 1)  # noqa: PLW2901
        yield turn_id, started, user, device, None, record


@contextmanager
def _serving(database: Path) -> Iterator[str]:
    command = [sys.executable, "-m", "sayagain.cli", "serve", "--db", str(database), "--port", "0", "--no-log-requests"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=os.environ) as process:  # noqa: S603  (this very Python)
        assert process.stderr is not None
        try:
            yield next(json.loads(line)["url"] for line in process.stderr if '"listening"' in line)
        finally:
            process.terminate()


def _first_byte(url: str, path: str) -> float:
    """Return the milliseconds from sending a request to the first byte of its answer."""
    with closing(http.client.HTTPConnection(urlsplit(url).netloc, timeout=600)) as connection:
        connection.connect()
        start = time.perf_counter()
        connection.request("GET", f"/console/{path}")
        answer = connection.getresponse()
        elapsed = time.perf_counter() - start
        answer.read()
    return elapsed * 1000


def _in_browser(browser: Any, url: str, paths: dict[str, str]) -> dict[str, Any]:  # noqa: ANN401  (Playwright's)
    seen = {
        (name, size, scheme): look(browser, f"{url}/console/{path}", size=size, scheme=scheme)
        for size, scheme in zip(SIZES, ("light", "dark"), strict=True)
        for name, path in paths.items()
    }
    for where, one in seen.items():
        for trouble in (*one.errors, *one.foreign, *one.violations):
            print(*where, trouble)
    return {
        "axe_serious": sum(len(one.violations) for one in seen.values()),
        "console_errors": sum(len(one.errors) for one in seen.values()),
        "requests_elsewhere": sum(len(one.foreign) for one in seen.values()),
        "page_kb_max": round(max(one.size for one in seen.values()) / 1000, 1),
    }


def main() -> int:
    """Run the benchmark on a log of another size; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.console", description=__doc__)
    parser.add_argument("--turns", type=int, default=TURNS, help="turns of the log")
    print(json.dumps(measure(parser.parse_args().turns), indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
