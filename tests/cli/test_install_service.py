import configparser
import json
import re
import shlex
import shutil
import subprocess

import pytest

from sayagain.cli import main
from sayagain.config import load_settings


@pytest.fixture
def install(tmp_path, capfd):
    """Write a unit; its sections, and what the command said."""

    def run(*options):
        path = tmp_path / "sayagain.service"
        assert main(["install-service", "--json", "--output", str(path), *options]) == 0
        unit = configparser.ConfigParser(interpolation=None)
        unit.optionxform = str
        unit.read(path)
        return path, unit, json.loads(capfd.readouterr().out)

    return run


@pytest.mark.parametrize("options", [[], ["--user"], ["--environment-file", "/etc/sayagain.env"]])
def test_systemd_takes_the_unit(install, options, tmp_path, monkeypatch):
    path, _, _ = install(*options, "--db", str(tmp_path / "home.db"))
    if shutil.which("systemd-analyze") is None:
        pytest.skip("there is no systemd-analyze")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    manager = ["--user"] if "--user" in options else []
    done = subprocess.run(["systemd-analyze", "verify", *manager, path], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_service_of_the_system_has_an_account_and_a_folder_of_its_own(install):
    _, unit, said = install("--db", "somewhere/home.db")
    assert (unit["Service"]["DynamicUser"], unit["Service"]["StateDirectory"]) == ("yes", "sayagain")
    assert "--db /var/lib/sayagain/home.db" in unit["Service"]["ExecStart"]
    assert "--learn-at 03:00" in unit["Service"]["ExecStart"]
    assert said["commands"][1] == "sudo systemctl enable --now sayagain.service"


def test_a_service_of_a_user_keeps_the_database_also_where_its_name_is_odd(install, tmp_path):
    database = tmp_path / "my home 100%" / "home.db"
    _, unit, said = install("--user", "--db", str(database))
    # A single one would begin a specifier of systemd.
    assert re.findall("%+", unit["Service"]["ExecStart"] + unit["Service"]["WorkingDirectory"]) == ["%%", "%%"]
    command = shlex.split(unit["Service"]["ExecStart"].replace("%%", "%"))
    assert command[command.index("--db") + 1] == str(database)
    assert "DynamicUser" not in unit["Service"]
    assert said["commands"][0] == "systemctl --user daemon-reload"


def test_the_password_of_a_server_is_never_written_into_a_unit(capfd, install):
    server = "postgresql://ann:secret@host/home"
    assert main(["install-service", "--db", server]) == 2
    assert "--environment-file" in capfd.readouterr().err
    path, unit, _ = install("--db", server, "--environment-file", "/etc/sayagain.env")
    assert unit["Service"]["EnvironmentFile"] == "/etc/sayagain.env"
    assert "secret" not in path.read_text()
    assert "--db" not in unit["Service"]["ExecStart"]
    assert load_settings({"db": server}).db == server


def test_a_wrong_time_is_one_sentence(capfd):
    assert main(["install-service", "--learn-at", "noon"]) == 2
    assert "expected one such as 03:00" in capfd.readouterr().err
