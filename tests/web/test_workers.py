"""The real service in processes of its own: drain, TLS, several workers, a swap under load."""

import contextlib
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx2
import msgspec
import pytest

from sayagain.assistants import FailOpen
from sayagain.assistants.remote import Remote
from sayagain.store import Token, new_secret, open_store, token_digest
from sayagain.turns import Turn

ASKED, ANSWER = "turn of the lamp", "turn off the lamp"
NOW = 1_767_225_600_000


def ended(service, how=signal.SIGTERM):
    service.process.send_signal(how)
    return service.process.wait(30)


def workers(service):
    """The process ids of the workers."""
    children = Path(f"/proc/{service.process.pid}/task/{service.process.pid}/children").read_text("ascii").split()
    return [int(each) for each in children if "spawn_main" in Path(f"/proc/{each}/cmdline").read_text("utf-8")]


def listens(host, port):
    try:
        socket.create_connection((host, port), timeout=30).close()
    except ConnectionError:
        return False
    return True


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_by_its_real_command_line_and_ends_with_0(started, how):
    service = started()
    assert service.client.post("/v1/rewrite", json={"request": ASKED}).json()["text"] == ANSWER
    assert ended(service, how) == 0
    lines = [json.loads(line) for line in service.process.stderr.read().splitlines()]
    assert [(each["what"], each.get("endpoint")) for each in lines] == [("request", "rewrite"), ("stopped", None)]


@pytest.mark.parametrize("count", ["1", "2"])
def test_what_is_under_way_is_finished_before_it_ends(started, count):
    service = started("--workers", count)
    host, _, port = service.url.removeprefix("http://").partition(":")
    turn = json.dumps({"turn_id": "last", "started": NOW, "request": "lamp on"}).encode()
    with socket.create_connection((host, int(port)), timeout=30) as asking, open_store(service_db(service)) as store:
        head = f"POST /v1/turns HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
        asking.sendall(f"{head}Content-Length: {len(turn)}\r\nExpect: 100-continue\r\n\r\n".encode())
        # It has the head, and waits for the body.
        assert asking.recv(100).startswith(b"HTTP/1.1 100")
        service.process.terminate()
        while listens(host, int(port)):
            pass
        asking.sendall(turn)
        answer = b""
        # It ends, so the connection is closed, also where a busy worker does not know yet that it has to say so.
        while part := asking.recv(1000):
            answer += part
        assert answer.startswith(b"HTTP/1.1 200"), answer
        assert answer.endswith(b'{"new":1,"known":0}')
        assert service.process.wait(30) == 0
        assert store.turn("last") == Turn(turn_id="last", started=NOW, request="lamp on")


def service_db(service):
    return service.process.args[service.process.args.index("--db") + 1]


def test_a_load_balancer_is_told_before_it_stops_listening(started):
    service = started("--notice", "60000")
    assert service.client.get("/readyz").status_code == 200
    service.process.terminate()
    while (answer := service.client.get("/readyz")).status_code == 200:
        pass
    assert answer.status_code == 503
    assert service.client.post("/v1/rewrite", json={"request": ASKED}).json()["text"] == ANSWER
    # Asked again at the keyboard, it goes at once.
    assert ended(service, signal.SIGINT) == 0


def test_several_workers_share_store_release_and_metrics_and_a_dead_one_is_replaced(started):
    service = started("--workers", "2")
    first = workers(service)
    assert len(first) == 2
    for place in range(20):
        # A connection each, so that both workers get some.
        with httpx2.Client(base_url=service.url) as client:
            turn = {"turn_id": f"n{place}", "started": NOW, "request": "lamp on"}
            assert client.post("/v1/turns", json=turn).json() == {"new": 1, "known": 0}
            assert client.post("/v1/rewrite", json={"request": ASKED}).json()["text"] == ANSWER
    counted = service.client.get("/metrics").text
    assert 'sayagain_turns_total{became="new"} 20.0' in counted
    assert "sayagain_release 1.0" in counted
    # One that has lived for a while; one that dies at once would be a reason to give up.
    time.sleep(max(0.0, 5.5 - time.clock_gettime(time.CLOCK_BOOTTIME) + born(first[0])))
    os.kill(first[0], signal.SIGKILL)
    while first[0] in workers(service) or len(workers(service)) < 2:
        time.sleep(0.05)
    assert ended(service) == 0
    assert any(json.loads(line)["what"] == "a worker died" for line in service.process.stderr)


def is_running(process):
    try:
        return Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_workers_end_with_their_parent_however_it_ends(started):
    service = started("--workers", "2")
    orphans = workers(service)
    assert len(orphans) == 2
    service.process.kill()
    service.process.wait(30)
    while any(is_running(orphan) for orphan in orphans):
        time.sleep(0.05)
    # Nothing of the old service is in the way of the next one.
    assert started("--workers", "2").client.post("/v1/rewrite", json={"request": ASKED}).json()["text"] == ANSWER


@pytest.mark.parametrize("count", ["1", "2"])
def test_a_database_has_one_service_and_a_second_start_says_so(started, database, count):
    service = started("--workers", count)
    second = subprocess.run(
        [sys.executable, "-m", "sayagain.cli", "serve", "--db", str(database), "--port", "0"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert second.returncode == 2
    assert second.stderr.strip().endswith(
        f"{database} is served already, by process {service.process.pid}; "
        "stop that service first, or send requests to it"
    )
    assert service.client.get("/readyz").status_code == 200
    assert ended(service) == 0


def born(process):
    """When a process was started, in seconds since boot."""
    stat = Path(f"/proc/{process}/stat").read_text("utf-8")
    return int(stat.rpartition(")")[2].split()[19]) / os.sysconf("SC_CLK_TCK")


def test_releases_are_swapped_under_load_and_no_request_fails(started, database):
    service = started("--workers", "2", "--rate", "0", "--no-log-requests")
    done, failed, seen = threading.Event(), [], []

    def ask():
        with httpx2.Client(base_url=service.url, timeout=30) as client:
            while not done.is_set():
                answer = client.post("/v1/rewrite", json={"request": ASKED})
                if answer.status_code != 200:
                    failed.append(answer.text)
                decision = answer.json()
                seen.append((decision["release"], decision["text"]))

    asking = [threading.Thread(target=ask) for _ in range(4)]
    for each in asking:
        each.start()
    with open_store(database) as store:
        for number in (2, 1) * 3:
            store.set_release_in_use(number)
            before = len(seen)
            while not any(release == number for release, _ in seen[before:]):
                time.sleep(0.01)
    done.set()
    for each in asking:
        each.join()
    assert failed == []
    # Never a mixture of two.
    assert set(seen) == {(1, ANSWER), (2, ASKED)}
    assert ended(service) == 0


def certificate(folder):
    cert, key = folder / "cert.pem", folder / "key.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"),
            *("-keyout", key, "-out", cert, "-days", "2", "-subj", "/CN=localhost"),
            *("-addext", "subjectAltName=IP:127.0.0.1"),
        ],
        check=True,
        capture_output=True,
    )
    return cert, key


def test_it_speaks_tls_with_a_certificate(started, tmp_path):
    cert, key = certificate(tmp_path)
    trusted = ssl.create_default_context(cafile=cert)
    service = started("--tls-cert", str(cert), "--tls-key", str(key), verify=trusted)
    assert service.url.startswith("https://")
    assert service.client.get("/readyz").json()["status"] == "ready"
    with pytest.raises(httpx2.ConnectError), httpx2.Client() as stranger:
        stranger.get(f"{service.url}/readyz")


def test_with_a_token_it_may_listen_to_others(started, database):
    secret = new_secret()
    with open_store(database) as store:
        store.add_token(Token(name="t", digest=token_digest(secret), scopes=("rewrite",), created=0))
    service = started("--host", "0.0.0.0")
    url = service.url.replace("0.0.0.0", "127.0.0.1") + "/v1/rewrite"
    assert service.client.post(url, json={"request": ASKED}).status_code == 401
    headers = {"Authorization": f"Bearer {secret}"}
    assert service.client.post(url, json={"request": ASKED}, headers=headers).json()["text"] == ANSWER


def test_what_is_no_http_is_a_problem_too(started):
    service = started()
    host, _, port = service.url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=30) as asking:
        asking.sendall(b"hello there\r\n\r\n")
        answer = b""
        while part := asking.recv(1000):
            answer += part
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400")
    assert b"application/problem+json" in head
    assert json.loads(body)["status"] == 400


def test_a_turn_that_is_too_long_for_the_service_does_not_stop_those_after_it(started, database):
    service = started()
    long = Turn(turn_id="long", started=NOW, request="lamp on " * 200_000)
    with Remote(service.url) as remote, FailOpen(remote, patience=200) as front:
        for number in range(5):
            front.observe(msgspec.structs.replace(long, turn_id=f"long{number}"))
        front.observe(Turn(turn_id="short", started=NOW, request="lamp on"))
        assert front.close(timeout=60_000)
        assert front.refused == 5
        assert "(413): the body is longer than 1,048,576 bytes" in front.trouble
    with open_store(database) as store:
        assert store.turn("short") is not None
        assert store.turn("long0") is None


def test_a_crowd_of_half_sent_requests_keeps_nobody_out(started):
    service = started()
    host, _, port = service.url.removeprefix("http://").partition(":")
    with contextlib.ExitStack() as closing:
        for _ in range(700):
            half_sent = closing.enter_context(socket.create_connection((host, int(port)), timeout=30))
            half_sent.sendall(b"POST /v1/rewrite HTTP/1.1\r\nHost: local")
        for path in ("/healthz", "/readyz"):
            assert service.client.get(path).status_code == 200
        assert service.client.post("/v1/rewrite", json={"request": ASKED}).json()["text"] == ANSWER


def ready_with_damage(client):
    while "damage" not in (answer := client.get("/readyz")).json():
        time.sleep(0.05)
    assert answer.status_code == 200
    return answer.json()["damage"]


@pytest.mark.parametrize("change", ["truncated", "overwritten", "deleted"])
def test_a_release_that_is_changed_while_it_is_served_serves_on(started, database, change):
    service = started("--rate", "0")
    release = database.with_name("home.db-releases") / "000001"
    for path in sorted(release.iterdir()):
        if change == "truncated":
            os.truncate(path, 0)
        elif change == "overwritten":
            path.write_bytes(b"x" * path.stat().st_size)
        else:
            path.unlink()
    if change == "deleted":
        release.rmdir()
    for user in (None, "u1"):
        for words in (ASKED, "turn off the lump", "what was never heard"):
            body = {"request": words} if user is None else {"request": words, "user_id": user}
            answer = service.client.post("/v1/rewrite", json=body)
            assert answer.status_code == 200
            assert (answer.json()["text"] == ANSWER) == (words == ASKED)
    assert ready_with_damage(service.client)
    # What is open takes a withdrawal, too, and its end.
    rewrite_id = service.client.post("/v1/rewrite", json={"request": ASKED}).json()["rewrite_id"]
    with open_store(database) as store:
        for text in (ASKED, ANSWER):
            if text == ASKED:
                store.withdraw(rewrite_id, "test")
            else:
                store.restore(rewrite_id)
            while service.client.post("/v1/rewrite", json={"request": ASKED}).json()["text"] != text:
                time.sleep(0.05)
    assert ended(service) == 0
