"""The add-on: its configuration by the Supervisor's rules, and its run script against a stand-in for the Supervisor."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx2
import pytest
import yaml

import sayagain

ADDON = Path(__file__).parents[2] / "addon"
KNOWN = {"name", "version", "slug", "description", "url", "arch", "init", "startup", "homeassistant", "ingress"}
KNOWN |= {"homeassistant_api", "ingress_port", "panel_icon", "panel_title", "discovery", "watchdog", "backup"}
KNOWN |= {"timeout", "options", "schema"}


@pytest.fixture
def config():
    return yaml.safe_load((ADDON / "config.yaml").read_text(encoding="utf-8"))


def test_the_configuration_has_what_the_supervisor_requires(config):
    assert {"name", "version", "slug", "description", "arch"} <= set(config) <= KNOWN
    assert config["version"] == sayagain.__version__
    assert f"SAYAGAIN_VERSION={sayagain.__version__}\n" in (ADDON / "Dockerfile").read_text(encoding="utf-8")
    assert set(config["arch"]) <= {"aarch64", "amd64"}
    assert re.fullmatch(r"https?://\[HOST\]:\d+/.*", config["watchdog"])
    repository = yaml.safe_load((ADDON.parent / "repository.yaml").read_text(encoding="utf-8"))
    assert {"name", "url", "maintainer"} == set(repository)


def test_each_option_has_a_default_that_its_schema_takes_and_a_text(config):
    assert set(config["options"]) == set(config["schema"])
    kinds, pattern = config["schema"]["agent"], config["schema"]["learn_at"].removeprefix("match(").removesuffix(")")
    assert config["options"]["agent"] in kinds.removeprefix("list(").removesuffix(")").split("|")
    assert re.search(pattern, config["options"]["learn_at"])
    for language in ("en", "de"):
        texts = yaml.safe_load((ADDON / "translations" / f"{language}.yaml").read_text(encoding="utf-8"))
        assert set(texts["configuration"]) == set(config["options"])


class Supervisor(BaseHTTPRequestHandler):
    """Takes discoveries, as the Supervisor does."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.taken.append((self.path, self.headers["Authorization"], json.loads(body)))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def supervisor():
    with ThreadingHTTPServer(("127.0.0.1", 0), Supervisor) as server:
        server.taken = []
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def port():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


RUN = """
import importlib.util, sys
spec = importlib.util.spec_from_file_location("run", sys.argv[1])
run = importlib.util.module_from_spec(spec)
spec.loader.exec_module(run)
# Ports of this test, and this machine in the place of the Supervisor's address.
run.SERVICE_PORT, run.AGENT_PORT, run.INGRESS = int(sys.argv[2]), 0, "127.0.0.1"
sys.exit(run.main())
"""


@pytest.fixture
def start(tmp_path, supervisor, port):
    """Start the run script as the container does."""
    running = []

    def begin(agent="integration"):
        options = {"agent": agent, "learn_at": "03:00"}
        (tmp_path / "options.json").write_text(json.dumps(options), encoding="utf-8")
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("SAYAGAIN_")},
            "SAYAGAIN_ADDON_DATA": str(tmp_path),
            "SAYAGAIN_ADDON_SUPERVISOR": f"http://127.0.0.1:{supervisor.server_address[1]}",
            "SUPERVISOR_TOKEN": "of-the-supervisor",
            "HOSTNAME": "127.0.0.1",
        }
        log = (tmp_path / "log").open("w", encoding="utf-8")
        command = [sys.executable, "-c", RUN, str(ADDON / "run.py"), str(port)]
        process = subprocess.Popen(command, env=environment, stderr=log, stdout=log)
        log.close()
        running.append(process)
        return process

    yield begin
    for process in running:
        process.kill()


def wait(condition, process, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        assert process.poll() is None, "the run script ended"
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.05)


def test_it_serves_tells_home_assistant_and_keeps_its_token(start, supervisor, port, tmp_path):
    tokens = []
    for number in (1, 2):
        process = start()
        wait(lambda number=number: len(supervisor.taken) == number, process)
        path, authorization, told = supervisor.taken[-1]
        assert (path, authorization, told["service"]) == ("/discovery", "Bearer of-the-supervisor", "sayagain")
        assert (told["config"]["host"], told["config"]["port"]) == ("127.0.0.1", port)
        tokens.append(told["config"]["token"])
        with httpx2.Client(base_url=f"http://127.0.0.1:{port}") as client:
            assert client.get("/v1/summary").status_code == 401
            headers = {"Authorization": f"Bearer {tokens[-1]}"}
            assert client.get("/v1/summary", headers=headers).status_code == 200
            assert client.get("/v1/taught", headers=headers).status_code == 200
            # The Supervisor has signed the visitor in.
            assert client.get("/console/today").status_code == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    assert tokens[0] == tokens[1]
    assert (tmp_path / "token").stat().st_mode & 0o077 == 0
    assert tokens[0] not in (tmp_path / "log").read_text(encoding="utf-8")


def test_where_the_agent_cannot_start_the_add_on_ends_so_that_the_supervisor_sees_it(start, supervisor):
    process = start("wyoming")
    # The stand-in is no Home Assistant.
    assert process.wait(120) == 2
    assert [told["service"] for _, _, told in supervisor.taken] in (["wyoming"], [])
