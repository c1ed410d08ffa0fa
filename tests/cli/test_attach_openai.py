"""The proxy from the command line, as a client of OpenAI meets it."""

import http.server
import json
import re
import signal
import subprocess
import sys
import threading

import openai
import pytest

from sayagain.cli import main
from sayagain.store import open_store


class Model(http.server.BaseHTTPRequestHandler):
    """Says back what it was asked; it stands in for the service that decides, too."""

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append((self.path, self.headers["Authorization"], asked))
        if self.path == "/v1/chat/completions":
            message = {"role": "assistant", "content": asked["messages"][-1]["content"].upper()}
            choice = {"index": 0, "message": message, "finish_reason": "stop"}
            answer = {"id": "c", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]}
        elif self.path == "/v1/rewrite":
            answer = {"heard": asked["request"], "text": "turn off the lamp", "layer": "table", "why": "known"}
            answer["rewrite_id"] = "0123456789ab"
        else:
            answer = {"new": 1, "known": 0}
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def model():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Model) as server:
        server.asked = []
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def talk(*arguments, model, end=signal.SIGTERM, environment=None, headers=None):
    """Start the command, ask one thing through it, end it; returns the answer and what it said."""
    url = f"http://127.0.0.1:{model.server_port}"
    command = [sys.executable, "-m", "sayagain.cli", "attach", "openai", "--upstream", url, "--port", "0", *arguments]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as running:
        try:
            line = running.stderr.readline()
            base = re.search(r"http://127\.0\.0\.1:\d+/v1", line)
            assert base, line + running.stderr.read()
            with openai.OpenAI(base_url=base[0], api_key="sk-1", max_retries=0) as client:
                asked = [{"role": "user", "content": "lamp of"}]
                answer = client.chat.completions.create(model="m", messages=asked, user="ann", extra_headers=headers)
        finally:
            running.send_signal(end)
        said = line + running.stderr.read()
    return answer.choices[0].message.content, said, running.returncode


def test_a_turn_passes_and_stands_in_the_database(model, tmp_path):
    db = str(tmp_path / "home.db")
    answer, said, code = talk("--db", db, model=model)
    assert (answer, code) == ("LAMP OF", 0)
    assert f"forwards to http://127.0.0.1:{model.server_port}/v1; press Ctrl-C to stop" in said
    with open_store(db) as store:
        assert [(turn.request, turn.user_id, turn.response.text) for turn in store.turns()] == [
            ("lamp of", "ann", "LAMP OF")
        ]


def test_the_service_decides_where_one_is_named(model, tmp_path, monkeypatch):
    monkeypatch.setenv("SAYAGAIN_TOKEN", "sat_1")
    monkeypatch.chdir(tmp_path)
    answer, _, _ = talk("--url", f"http://127.0.0.1:{model.server_port}", "--deadline", "20000", model=model)
    assert answer == "TURN OFF THE LAMP"
    assert [(path, key) for path, key, _ in model.asked] == [
        ("/v1/rewrite", "Bearer sat_1"),
        ("/v1/chat/completions", "Bearer sk-1"),
        ("/v1/turns", "Bearer sat_1"),
    ]
    assert model.asked[-1][2]["applied_rewrite"]["from"] == "lamp of"
    assert not list(tmp_path.iterdir())


def test_a_host_that_is_allowed_is_served_and_no_other(model, tmp_path):
    arguments = ("--db", str(tmp_path / "home.db"), "--allow-host", "models.example.org")
    headers = {"Host": "models.example.org", "Origin": "https://models.example.org"}
    assert talk(*arguments, model=model, headers=headers)[0] == "LAMP OF"
    with pytest.raises(openai.APIStatusError, match=r"Host is 'evil\.example'; expected an IP address, a local name"):
        talk(*arguments, model=model, headers={"Host": "evil.example"})


def test_turns_that_nobody_took_are_told(model):
    answer, said, code = talk("--url", "http://127.0.0.1:1", model=model)
    assert (answer, code) == ("LAMP OF", 0)
    assert "some turns were not logged: ServiceError: http://127.0.0.1:1 cannot be reached" in said


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--upstream", "nowhere"], "upstream is 'nowhere'; expected a URL such as https://api.openai.com/v1"),
        (["--upstream", "http://x", "--deadline", "0"], "--deadline is 0; expected milliseconds, 1 or more"),
        (["--upstream", "http://x", "--allow-host", "https://y"], "'https://y' is no host; expected a host name"),
        (["--upstream", "http://x", "--url", "y"], "the address of the service is 'y'; expected a URL"),
    ],
)
def test_what_cannot_be_used_is_one_sentence(capfd, tmp_path, monkeypatch, arguments, sentence):
    monkeypatch.chdir(tmp_path)
    assert main(["attach", "openai", *arguments]) == 2
    assert sentence in capfd.readouterr().err
