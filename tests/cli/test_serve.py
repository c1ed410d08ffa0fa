"""What the command refuses before it serves; serving itself is tested in tests/web/test_workers.py."""

import socket

import pytest

from sayagain.cli import main
from sayagain.store import open_store


@pytest.fixture
def db(tmp_path):
    with open_store(tmp_path / "home.db"):
        return str(tmp_path / "home.db")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1"])
def test_without_a_token_it_listens_to_this_machine_alone(capfd, db, host):
    assert main(["serve", "--db", db, "--host", host]) == 2
    reason = f"--host is {host}, which other machines can reach, and there is no token"
    assert capfd.readouterr().err == f"sayagain: {reason}; run: sayagain token create\n"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--workers", "0"], "--workers is 0: expected `int` >= 1"),
        (["--port", "65536"], "--port is 65536: expected `int` <= 65535"),
        (["--rate", "-1"], "--rate is -1.0: expected `float` >= 0.0"),
        (["--body-limit", "0"], "--body-limit is 0: expected `int` >= 1"),
        (["--tls-cert", "x.pem"], "only one of --tls-cert and --tls-key is given"),
        (["--tls-cert", "x.pem", "--tls-key", "y.pem"], "--tls-cert: x.pem: there is no such file"),
        (["--learn-at", "3 am"], "the time of day is '3 am'; expected one such as 03:00"),
        (["--host", "no such host"], "--host is 'no such host', which does not resolve"),
    ],
)
def test_a_wrong_option_is_one_sentence(capfd, db, options, said):
    assert main(["serve", "--db", db, *options]) == 2
    err = capfd.readouterr().err
    assert err.startswith(f"sayagain: {said}")
    assert err.count("\n") == 1


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_port_that_is_taken_is_one_sentence(capfd, db, workers):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["serve", "--db", db, "--port", str(port), "--workers", workers]) == 2
    assert capfd.readouterr().err == f"sayagain: cannot listen on 127.0.0.1:{port}: Address already in use\n"


def test_files_that_are_no_certificate_are_one_sentence(capfd, db, tmp_path):
    (tmp_path / "x.pem").write_text("no key")
    options = ["--tls-cert", str(tmp_path / "x.pem"), "--tls-key", str(tmp_path / "x.pem")]
    assert main(["serve", "--db", db, *options]) == 2
    err = capfd.readouterr().err
    assert err.startswith(f"sayagain: {tmp_path}/x.pem and {tmp_path}/x.pem are not a certificate and its key (PEM): ")
