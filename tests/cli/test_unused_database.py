import socket

import pytest

from sayagain import Learner
from sayagain.cli import main
from sayagain.turns import Turn


@pytest.fixture
def attach(monkeypatch, tmp_path, nobody):
    monkeypatch.setenv("SAYAGAIN_HOMEASSISTANT_TOKEN", "token")
    return ["attach", "homeassistant", "--url", nobody, "--db", str(tmp_path / "home.db")]


def test_a_failed_attach_leaves_no_database(capfd, tmp_path, attach):
    assert main(attach) == 2
    assert "cannot be reached" in capfd.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_database_that_was_there_stays(tmp_path, attach):
    with Learner(tmp_path / "home.db"):
        pass
    assert main(attach) == 2
    assert (tmp_path / "home.db").exists()


def test_a_database_that_holds_turns_stays(tmp_path, attach, monkeypatch):
    from sayagain.cli import attach_homeassistant  # noqa: PLC0415  (the module, not the command)

    run = attach_homeassistant._run

    async def log_and_fail(options, front, learner, out):
        learner.observe(Turn(turn_id="t", started=1_767_225_600_000, request="lamp on"))
        await run(options, front, learner, out)

    monkeypatch.setattr(attach_homeassistant, "_run", log_and_fail)
    assert main(attach) == 2
    with Learner(tmp_path / "home.db") as learner:
        assert [turn.turn_id for turn in learner.store.turns()] == ["t"]


def test_a_service_that_cannot_listen_leaves_no_database(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert main(["serve", "--db", str(tmp_path / "home.db"), "--port", port]) == 2
    assert list(tmp_path.iterdir()) == []
