import os
import signal
import socket
import subprocess
import threading

import pytest


def a_free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def test_it_waits_for_a_bus_that_is_not_there_and_ends_when_told(command):
    port = a_free_port()
    with subprocess.Popen(
        [*command, "attach", "ovos", "--port", str(port)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as attached:
        first = attached.stderr.readline()
        attached.send_signal(signal.SIGTERM)
        out, _ = attached.communicate(timeout=60)
    assert f"ws://127.0.0.1:{port}/core cannot be reached" in first
    assert (attached.returncode, out) == (0, "0 turns logged\n")


def test_ctrl_c_is_given_back_when_it_has_ended(run):
    before = signal.getsignal(signal.SIGINT)
    threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()
    assert run("attach", "ovos", "--port", a_free_port(), "--json").json == {"turns": 0, "bad": 0, "lost": 0}
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [(["--port", "0"], "--port is 0; expected a port"), (["--url", "nowhere"], "'nowhere' is no address of a service")],
)
def test_a_mistake_gets_one_sentence(run, arguments, sentence):
    ran = run("attach", "ovos", *arguments)
    assert ran.code == 2
    assert ran.err.startswith(f"sayagain: {sentence}")
