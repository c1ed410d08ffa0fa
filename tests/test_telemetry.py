"""What runs on its own machine stays there: no connection, and no file outside the folder that was given."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time

import httpx2
import pytest

GUARD = """
import os, sys

def record(event, arguments):
    looked_up = event in ("socket.getaddrinfo", "socket.gethostbyname") and str(arguments[0]).strip("0123456789.")
    if looked_up or (event == "socket.connect" and isinstance(arguments[1], tuple)):
        with open(os.environ["GUARD_FILE"], "a") as file:
            print(event, arguments, file=file)

sys.addaudithook(record)
"""
"""Records connections, and names that are looked up; an address is no name."""

DEMO = "from pathlib import Path; from sayagain.cli.demo import run_demo; run_demo(Path('demo.db'), homes=2, weeks=1)"


def _turn(number):
    failed = number % 3 == 0
    return {
        "turn_id": f"t{number}",
        "started": 1_769_846_400_000 + number // 3 * 600_000 + number % 3 * 6_000,
        "request": ("turn of the lamp", "turn off the lamp", "turn on the lamp")[number % 3],
        "user_id": f"u{number // 3 % 20}",
        "response": {"text": "Sorry", "type": "error"} if failed else {"text": "Done", "type": "action_done"},
    }


@pytest.fixture
def guarded(tmp_path):
    """Run Python in a process with an empty home, and return what it connected to and which files it left there."""
    home, temporary, guard, work = (tmp_path / name for name in ("home", "tmp", "guard", "run"))
    for folder in (home, temporary, guard, work):
        folder.mkdir()
    (guard / "sitecustomize.py").write_text(GUARD, encoding="utf-8")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ORT_", "HF_", "XDG_", "CI"))}
    environment = kept | {
        "HOME": str(home),
        "TMPDIR": str(temporary),
        "GUARD_FILE": str(tmp_path / "connections"),
        "PYTHONPATH": os.pathsep.join([str(guard), *filter(None, sys.path)]),
        "PYTHONDONTWRITEBYTECODE": "1",
    }

    trace = tmp_path / "trace"

    def found():
        return _found(tmp_path)

    def start(*arguments):
        command = [*_tracer(trace), sys.executable, *arguments]
        return subprocess.Popen(command, cwd=work, env=environment, stderr=subprocess.PIPE, text=True)

    def end(process):
        _, said = process.communicate(timeout=200)
        ended = re.compile(rf"^{process.pid} +\+\+\+ (exited|killed)", re.MULTILINE)
        deadline = time.monotonic() + 60
        # The tracer goes on for a moment.
        while trace.exists() and not ended.search(trace.read_text(errors="replace")) and time.monotonic() < deadline:
            time.sleep(0.05)
        return process.returncode, said

    def run(*arguments):
        code, said = end(start(*arguments))
        assert code == 0, said
        return found()

    def stop(process):
        process.terminate()
        end(process)
        return found()

    run.work, run.start, run.stop = work, start, stop
    return run


def _found(folder):
    """Return the connections so far, and the files that were written or left outside the work folder."""
    connections = [path.read_text() for path in [folder / "connections"] if path.exists()]
    files = [str(path) for name in ("home", "tmp") for path in (folder / name).rglob("*") if path.is_file()]
    trace = folder / "trace"
    own = (f"{folder}/run/", f"{folder}/tmp/", f"{folder}/connections", *SYSTEM)
    for line in trace.read_text(errors="replace").splitlines() if trace.exists() else ():
        if "sa_family=AF_INET" in line:
            connections.append(line)
        opened = re.search(r'openat\([^,]+, "(/[^"]+)", [^)]*(?:O_WRONLY|O_RDWR|O_CREAT)', line)
        if opened and not opened[1].startswith(own):
            files.append(opened[1])
    return connections, files


SYSTEM = ("/dev/", "/proc/")
"""No files of anybody."""


def _tracer(trace):
    """Return the beginning of a command that records what native code does too, where the machine can."""
    strace = shutil.which("strace")
    if (
        strace is None
        or subprocess.run([strace, "-o", os.devnull, "true"], check=False, capture_output=True).returncode
    ):
        return []
    # As a grandchild, so that signals reach the program.
    return [strace, "-D", "-f", "-e", "trace=connect,sendto,sendmsg,openat", "-o", str(trace)]


def test_learning_connects_to_nothing_and_leaves_nothing_in_the_home(guarded):
    log = guarded.work / "log.jsonl"
    log.write_text("".join(json.dumps(_turn(number)) + "\n" for number in range(360)), encoding="utf-8")
    for arguments in (["ingest", str(log)], ["learn"], ["rewrite", "turn of the lamp"]):
        assert guarded("-m", "sayagain.cli", *arguments, "--db", "home.db") == ([], [])


def test_the_demo_connects_to_nothing_and_leaves_nothing_in_the_home(guarded):
    assert guarded("-c", DEMO) == ([], [])


def test_the_service_connects_to_nothing_and_writes_beside_its_database_alone(guarded):
    service = guarded.start("-m", "sayagain.cli", "serve", "--db", "home.db", "--port", "0", "--workers", "2")
    url = next(line["url"] for line in map(json.loads, service.stderr) if line["what"] == "listening")
    with httpx2.Client(base_url=url, timeout=30) as client:
        for number in range(9):
            assert client.post("/v1/turns", json=_turn(number)).json() == {"new": 1, "known": 0}
            assert client.post("/v1/rewrite", json={"request": "turn of the lamp"}).status_code == 200
        assert client.get("/metrics").status_code == 200
    assert guarded.stop(service) == ([], [])


@pytest.mark.parametrize(
    "arguments",
    [
        ["openai", "--upstream", "http://127.0.0.1:{port}", "--port", "0"],
        ["ovos", "--port", "{port}"],
        ["homeassistant", "--url", "http://127.0.0.1:{port}", "--token", "x"],
    ],
)
def test_what_is_attached_connects_to_the_address_that_is_configured_and_to_no_other(guarded, arguments):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    options = [argument.format(port=port) for argument in arguments]
    attached = guarded.start("-m", "sayagain.cli", "attach", *options, "--db", "home.db")
    assert attached.stderr.readline()
    connections, files = guarded.stop(attached)
    assert [line for line in connections if str(port) not in line] == []
    assert files == []


def test_encoding_starts_no_telemetry_also_in_a_process_of_its_own(guarded):
    pytest.importorskip("onnxruntime")
    program = "from sayagain.models import load_encoder; load_encoder().vectors(['lamp on'])"
    assert guarded("-c", program) == ([], [])
    nested = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {program!r}], check=True)"
    assert guarded("-c", nested) == ([], [])


def test_a_host_that_started_onnxruntime_before_is_quietened(monkeypatch):
    runtime = pytest.importorskip("onnxruntime")
    from sayagain.models.onnx_runtime import load_onnxruntime  # noqa: PLC0415

    calls = []
    monkeypatch.setattr(runtime, "disable_telemetry_events", lambda: calls.append(True))
    assert load_onnxruntime() is runtime
    assert calls
