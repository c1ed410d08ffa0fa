"""The container: what its files promise, by reading them; docs/install.md says which steps were run, and where."""

import json
import re
from pathlib import Path

import yaml

import sayagain
from sayagain.cli import main

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))


def instructions(name):
    return re.findall(rf"^\s*{name} +(.*)$", DOCKERFILE, re.MULTILINE)


def test_what_is_copied_is_there_and_not_kept_out():
    kept = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    for copied in instructions("COPY"):
        if copied.startswith("--from"):
            continue
        for name in copied.split()[:-1]:
            assert (ROOT / name).exists(), name
            assert f"!{name}" in kept


def test_it_runs_as_nobody_special_keeps_its_state_in_a_volume_and_says_whether_it_is_ready():
    assert instructions("USER") == ["sayagain"]
    assert instructions("VOLUME") == ["/data"]
    assert "/readyz" in instructions("HEALTHCHECK")[0]


def test_its_command_is_one_that_sayagain_knows(capfd):
    words = json.loads(instructions("CMD")[-1])
    # There is no token yet, so it says how to make one.
    assert main([*words, "--db", ":memory:"]) == 2
    assert "run: sayagain token create" in capfd.readouterr().err


def test_the_composed_service_waits_for_its_database_and_is_open_to_this_machine_alone():
    service, database = COMPOSE["services"]["sayagain"], COMPOSE["services"]["database"]
    assert service["depends_on"] == {"database": {"condition": "service_healthy"}}
    assert "test" in database["healthcheck"]
    assert service["ports"] == ["127.0.0.1:8787:8787"]
    assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
    assert service["image"] == f"sayagain:{sayagain.__version__}"
    assert {volume.partition(":")[0] for one in (service, database) for volume in one["volumes"]} == set(
        COMPOSE["volumes"]
    )
    assert "${SAYAGAIN_PASSWORD:?" in database["environment"]["POSTGRES_PASSWORD"]
