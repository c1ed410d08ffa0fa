"""What runs on its own machine stays there: no connection, and no file outside the folder that was given."""

import json
import os
import shutil
import subprocess
import sys

import pytest

GUARD = """
import os, sys

def record(event, arguments):
    if event in ("socket.getaddrinfo", "socket.gethostbyname") or (
        event == "socket.connect" and isinstance(arguments[1], tuple)
    ):
        with open(os.environ["GUARD_FILE"], "a") as file:
            print(event, arguments[1:], file=file)

sys.addaudithook(record)
"""

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
    home, temporary, guard, work = (tmp_path / name for name in ("home", "tmp", "guard", "work"))
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

    def run(*arguments):
        trace = tmp_path / "trace"
        command = [*_tracer(trace), sys.executable, *arguments]
        done = subprocess.run(command, cwd=work, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        connections = [path.read_text() for path in [tmp_path / "connections"] if path.exists()]
        if trace.exists():
            connections += [line for line in trace.read_text().splitlines() if "sa_family=AF_INET" in line]
        return connections, [str(path) for folder in (home, temporary) for path in folder.rglob("*") if path.is_file()]

    run.work = work
    return run


def _tracer(trace):
    """Return the beginning of a command that records connections of native code too, where the machine can."""
    strace = shutil.which("strace")
    if (
        strace is None
        or subprocess.run([strace, "-o", os.devnull, "true"], check=False, capture_output=True).returncode
    ):
        return []
    return [strace, "-f", "-e", "trace=connect,sendto", "-o", str(trace)]


def test_learning_connects_to_nothing_and_leaves_nothing_in_the_home(guarded):
    log = guarded.work / "log.jsonl"
    log.write_text("".join(json.dumps(_turn(number)) + "\n" for number in range(360)), encoding="utf-8")
    for arguments in (["ingest", str(log)], ["learn"], ["rewrite", "turn of the lamp"]):
        assert guarded("-m", "sayagain.cli", *arguments, "--db", "home.db") == ([], [])


def test_the_demo_connects_to_nothing_and_leaves_nothing_in_the_home(guarded):
    assert guarded("-c", DEMO) == ([], [])


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
