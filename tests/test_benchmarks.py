"""The command of the benchmarks: it runs those that have their data, names the others, and prints one table."""

import importlib
import json
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from sayagain.formats import read_turns, turns_to_parquet
from sayagain.household import Deed
from sayagain.turns import Hypothesis, Slot, Turn

ALWAYS = [
    "ab",
    "layers",
    "one_home",
    "promise",
    "chain",
    "kernel",
    "exports",
    "goals",
    "frames",
    "failure_points",
    "rephrase",
    "latency",
    "serve",
    "no_harm",
    "cold_start_languages",
    "trust",
    "teach",
    "console",
    "context_household",
    "explore",
    "scale",
]
"""The benchmarks that need no data."""

ROOT = Path(__file__).parent.parent


@pytest.fixture
def command(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT))
    monkeypatch.delenv("SAYAGAIN_HOMEASSISTANT_URL", raising=False)
    main_module = importlib.import_module("benchmarks.__main__")
    ran = []

    def benchmark(name):
        return SimpleNamespace(run=lambda *_: ran.append(name) or {name: {"ratio": 13.114, "wins": 459.0}})

    monkeypatch.setattr(
        main_module, "importlib", SimpleNamespace(import_module=lambda name: benchmark(name.split(".")[1]))
    )

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["benchmarks", *map(str, arguments)])
        return main_module.main(), ran

    return run


def test_all_leaves_out_what_has_no_data_and_prints_one_table(command, tmp_path, capsys):
    code, ran = command("all", "--train", tmp_path, "--test", tmp_path, "--json", tmp_path / "out.json")
    output = capsys.readouterr()
    assert (code, ran) == (0, ALWAYS)
    assert output.err.splitlines() == [
        f"loop: left out, {tmp_path} has no dstc2/",
        *(f"{name}: left out, {tmp_path} has no uss/" for name in ("satisfaction", "pretraining")),
        f"online: left out, {tmp_path} has no snips_asr/",
        f"sound: left out, {tmp_path} has no coffee_speech/",
        "homeassistant: left out, SAYAGAIN_HOMEASSISTANT_URL is not set",
        f"rewrite_context: left out, {tmp_path} has no mudoco_qr/",
    ]
    rows = [(f"{name}.{key}", value) for name in ALWAYS for key, value in (("ratio", "13.11"), ("wins", "459.0"))]
    width = max(len(name) for name, _ in rows)
    assert output.out.endswith("".join(f"{name:<{width}}  {value}\n" for name, value in rows))
    assert json.loads((tmp_path / "out.json").read_text()) == {
        name: {"ratio": 13.114, "wins": 459.0} for name in ALWAYS
    }


def test_all_runs_what_has_its_data(command, tmp_path):
    (tmp_path / "dstc2").mkdir()
    assert command("all", "--train", tmp_path, "--test", tmp_path) == (0, ["loop", *ALWAYS])


def test_a_named_benchmark_without_its_data_is_an_error(command, tmp_path):
    assert command("loop", "--train", tmp_path, "--test", tmp_path) == (2, [])


def test_lives_are_compared_until_they_part_and_again_in_the_next_session(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT))
    exports_household = importlib.import_module("benchmarks.exports_household")
    off, on = Deed("turn off", ("light.lamp",)), Deed("turn on", ("light.lamp",))

    def lived(session, heard, did, point="correct"):
        return exports_household.Lived("home00", session, heard, did, point)

    before = [
        lived("s1", "lamp of", None, "asr"),
        lived("s1", "lamp off", off),
        lived("s2", "lamp on", on),
        lived("s2", "same", on),
        lived("s3", "kill it", None, "nlu"),
    ]
    after = [
        lived("s1", "lamp of", off),
        lived("s2", "lamp on", off, "nlu"),
        lived("s2", "same", off, "nlu"),
        lived("s3", "kill that", off),
    ]
    pairs = exports_household._pair_turns(before, after)
    assert [(pair.trigger, pair.win, pair.loss) for pair in pairs] == [(True, 1.0, 0.0), (True, 0.0, 1.0)]


@pytest.fixture
def classifier(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT))
    return importlib.import_module("benchmarks.exports_dstc2")


def test_the_classifier_learns_what_its_rows_say(classifier):
    thai, bye = frozenset({("", "inform"), ("food", "thai")}), frozenset({("", "bye")})
    rows = [classifier.Row("thai food", thai, 5.0), classifier.Row("bye", bye, 5.0)]
    assert classifier._classify(rows, ["some thai food", "good bye"]) == [thai, bye]


def test_conventions_of_the_annotators_are_one_thing(classifier):
    def items(intent, *slots):
        return classifier._items(Hypothesis(intent=intent, slots=tuple(Slot(*slot) for slot in slots)))

    assert items("bye+thankyou") == items("bye")
    assert items("inform", ("food", "dontcare")) == items("inform", ("this", "dontcare"))
    assert items("inform", ("food", "thai")) != items("inform", ("area", "north"))


def test_copies_of_a_log_are_other_people_and_one_request_in_some_is_new(monkeypatch, tmp_path):
    monkeypatch.syspath_prepend(str(ROOT))
    scale = importlib.import_module("benchmarks.scale")
    day = 86_400_000
    turns = [
        Turn(turn_id=f"t{n}", started=n * day // 50, request=f"lamp {n % 7}", user_id=f"u{n % 3}", session_id=f"s{n}")
        for n in range(100)
    ]
    turns_to_parquet(tmp_path / "log.parquet", turns)
    scale._write_copies(tmp_path, tmp_path / "copies", 4)
    days = [list(read_turns(path)) for path in sorted((tmp_path / "copies" / "days").glob("*.parquet"))]
    copied = [turn for of_day in days for turn in of_day]
    assert [{turn.started // day for turn in of_day} for of_day in days] == [{0}, {1}]
    assert len({turn.turn_id for turn in copied}) == len({turn.session_id for turn in copied}) == len(copied) == 400
    assert len({turn.user_id for turn in copied}) == 12
    requests = [turn.request for turn in turns]
    assert sorted(turn.request for turn in copied if turn.turn_id.startswith("0.")) == sorted(requests)
    assert 0 < sum(turn.request not in requests for turn in copied) < 100
