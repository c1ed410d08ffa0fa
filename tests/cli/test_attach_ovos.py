import os
import signal
import socket
import subprocess

import pytest

from sayagain import Learner
from sayagain.cli.attach_ovos import _stop_event


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
    assert f"cannot connect to ws://127.0.0.1:{port}/core" in first
    assert (attached.returncode, out) == (0, "0 turns logged\n")


def test_it_can_be_told_to_end_at_any_moment_of_its_waiting():
    with _stop_event() as stop:
        # As within `wait`: whoever sets the event in this very thread would wait for itself.
        with stop._cond:
            os.kill(os.getpid(), signal.SIGTERM)
        assert stop.wait(60)


def test_ctrl_c_in_the_middle_of_a_turn_loses_nothing_and_is_given_back(run, monkeypatch):
    def listen(host, port, stop, *, report):
        report(f"listening to {host}:{port}")
        yield {"at": 1_790_000_000_000, "type": "recognizer_loop:utterance", "data": {"utterances": ["lamp on"]}}
        yield {"type": "speak"}
        os.kill(os.getpid(), signal.SIGINT)
        assert stop.wait(30)

    monkeypatch.setattr("sayagain.assistants.ovos.bus.listen", listen)
    before = signal.getsignal(signal.SIGINT)
    ran = run("attach", "ovos", "--db", "home.db")
    assert ran.out == "1 turn logged\n"
    assert "“lamp on”: answered" in ran.err
    assert '127.0.0.1:8181:2: "at" is null' in ran.err
    with Learner("home.db") as learner:
        assert [turn.request for turn in learner.store.turns()] == ["lamp on"]
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--port", "0"], "--port is 0; expected a number from 1 to 65535"),
        (["--url", "nowhere"], "the address of the service is 'nowhere'; expected a URL"),
    ],
)
def test_a_mistake_gets_one_sentence(check_refusal, arguments, sentence):
    check_refusal(sentence, "attach", "ovos", *arguments)
