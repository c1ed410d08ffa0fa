"""The benchmark of trust finds what it looks for: each part is run small, and once with something wrong."""

import importlib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture
def part(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT))
    return lambda name: importlib.import_module(f"benchmarks.{name}")


def test_killed_writers_lose_nothing_and_a_lost_write_is_counted(part, monkeypatch):
    kills = part("trust_kills")
    figures = kills.kill_writers(12, seed=3)
    assert (figures["kills"], figures["lost"]) == (12, 0)
    assert figures["acknowledged"]

    # It acknowledges what it never wrote.
    monkeypatch.setattr(kills, "WRITERS", {"turns": (lambda _: iter(range(10**6)), kills.WRITERS["turns"][1])})
    figures = kills.kill_writers(2, seed=3)
    assert figures["lost"] == figures["acknowledged"]


def test_broken_input_is_refused_and_a_crash_and_a_hang_are_counted(part, monkeypatch):
    inputs = part("trust_inputs")
    assert inputs.break_readers(600, seed=3) == {"inputs": 600, "crashes": 0, "hangs": 0}

    def crash(_):
        raise ZeroDivisionError

    def hang(_):
        while True:
            pass

    monkeypatch.setattr(inputs, "PATIENCE", 0.01)
    monkeypatch.setattr(inputs, "_targets", lambda *_: {"crash": (crash, 1), "hang": (hang, 1)})
    figures = inputs.break_readers(20, seed=3)
    assert figures["crashes"] + figures["hangs"] == 20
    assert figures["crashes"]
    assert figures["hangs"]


def test_secrets_are_found_by_nobody_else_and_a_leak_is_counted(part, monkeypatch):
    secrets = part("trust_secrets")
    monkeypatch.setattr(secrets, "FORGOTTEN", 1)
    assert secrets.search_secrets(8, seed=3) == {"planted": 8, "leaked": 0}
    # What each user does is in the release, in that user's own part.
    monkeypatch.setattr(
        secrets, "_release_files", lambda learner: [learner.release().path("personal.arrow").read_bytes()]
    )
    assert secrets.search_secrets(8, seed=3) == {"planted": 8, "leaked": 8}


def test_one_account_teaches_others_nothing_and_as_many_homes_as_needed_do(part):
    poison = part("trust_poison")
    assert poison.MIN_HOMES == 3
    assert poison._attack(["a"], 2) == (0.0, 0.0)
    harmless, sensitive = poison._attack(["a", "b", "c"], 3)
    assert harmless > 0
    assert sensitive == 0
