import json

import pytest

from sayagain import Learner
from sayagain.cli import checkup, main
from sayagain.turns import Turn

STARTED = 1_767_225_600_000


@pytest.fixture
def examine(capfd, tmp_path, nobody):
    """Run the command; its code, its checks by name, and the next step."""

    def run(*options, db=tmp_path / "home.db", service=nobody):
        code = main(["doctor", "--json", "--db", str(db), "--service", service, *options])
        found = json.loads(capfd.readouterr().out)
        return code, {check["name"]: check for check in found["checks"]}, found["next"]

    return run


def test_before_anything_was_done_it_says_how_to_begin_and_makes_no_database(examine, tmp_path):
    code, checks, step = examine()
    assert code == 0
    assert checks["database"]["state"] == "missing"
    assert step.startswith("sayagain ingest LOG")
    assert list(tmp_path.iterdir()) == []


def test_a_log_that_nothing_was_learnt_from_leads_to_learning(examine, tmp_path):
    with Learner(tmp_path / "home.db") as learner:
        learner.observe(Turn(turn_id="t", started=STARTED, request="lamp on"))
    code, checks, step = examine()
    assert (code, step) == (0, "sayagain learn, then sayagain promote")
    assert checks["database"]["found"].endswith("turns up to 2026-01-01; nothing was learnt yet")


def test_what_does_not_work_comes_first_and_is_an_exit_code(examine, tmp_path):
    (tmp_path / "no.db").write_bytes(b"no database at all, by its first bytes" * 100)
    code, checks, step = examine(db=tmp_path / "no.db")
    assert (code, checks["database"]["state"], step) == (4, "broken", "mend the database, or name another")
    code, checks, step = examine("--homeassistant", "http://homeassistant.local:8123")
    assert (code, checks["Home Assistant"]["state"]) == (4, "broken")
    assert step.startswith("create a token")


def test_a_part_that_lacks_a_package_is_named_with_its_command(examine, monkeypatch):
    installed = checkup._is_installed
    monkeypatch.setattr(checkup, "_is_installed", lambda name: name != "jinja2" and installed(name))
    _, checks, step = examine()
    assert (checks["extra serve"]["state"], checks["extra serve"]["found"]) == ("missing", "without jinja2")
    assert "pip install 'sayagain[serve]'" in checks["extra serve"]["advice"]
    assert not step.startswith("pip")
    assert checks["extra homeassistant"]["state"] == "ok"


@pytest.mark.parametrize("url", ["home.local", "ftp://home.local", "http://[", "http://127.0.0.1:0"])
def test_an_address_that_leads_nowhere_is_no_traceback(examine, url):
    code, checks, _ = examine(service=url)
    assert (code, checks["service"]["state"]) == (0, "missing")


def test_people_read_a_table_and_the_next_step(capfd, tmp_path, nobody):
    assert main(["doctor", "--db", str(tmp_path / "home.db"), "--service", nobody]) == 0
    out = capfd.readouterr().out
    assert "missing" in out
    assert "next: sayagain ingest LOG" in out
