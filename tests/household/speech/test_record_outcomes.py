"""The script that records: it goes on after a kill, in shares, to the same bytes."""

import importlib.util
import sys
from pathlib import Path

import pytest

from sayagain.household.outcome import Delivery, SpeechOutcome

SCRIPT = Path(__file__).resolve().parents[3] / "scripts" / "record_outcomes.py"
CHUNKS = [
    ("request", [Delivery("stop", "hts", "clean"), Delivery("go", "rms", "quiet")]),
    ("request", [Delivery("lights on", "hts", "noisy")]),
    ("television", [Delivery("okay now boo", "hts", "lively")]),
]


def outcome(delivery):
    return SpeechOutcome(
        request=delivery.request,
        voice=delivery.voice,
        condition=delivery.condition,
        nbest=((delivery.request, 0.5),),
        duration_ms=400,
        asr_ms=96,
    )


@pytest.fixture
def script(monkeypatch):
    spec = importlib.util.spec_from_file_location("record_outcomes", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.made = []
    module.until_killed = 100

    def make(deliveries, *_):
        if len(module.made) >= module.until_killed:
            raise KeyboardInterrupt
        module.made.append(deliveries)
        return [outcome(delivery) for delivery in deliveries]

    class Recorder:
        def __init__(self, _):
            self.record = make

    monkeypatch.setattr(module, "Recorder", Recorder)
    monkeypatch.setattr(module, "false_wakes", make)
    monkeypatch.setattr(module, "Ears", lambda _: None)
    monkeypatch.setattr(module, "recogniser", lambda **_: None)
    monkeypatch.setattr(module, "to_record", lambda _: CHUNKS)
    return module


def run(script, monkeypatch, *arguments):
    monkeypatch.setattr(sys, "argv", ["record_outcomes.py", *map(str, arguments)])
    return script.main()


def test_after_a_kill_it_records_only_what_is_missing(script, monkeypatch, tmp_path, capsys):
    uninterrupted, resumed = tmp_path / "whole.parquet", tmp_path / "resumed.parquet"
    run(script, monkeypatch, "--work", tmp_path / "a", "--out", uninterrupted)
    script.made.clear()
    script.until_killed = 1
    with pytest.raises(KeyboardInterrupt):
        run(script, monkeypatch, "--work", tmp_path / "b", "--out", resumed)
    assert not resumed.exists()
    script.until_killed = 100
    run(script, monkeypatch, "--work", tmp_path / "b", "--out", resumed)
    assert script.made == [deliveries for _, deliveries in CHUNKS]
    assert resumed.read_bytes() == uninterrupted.read_bytes()
    assert "3 outcomes of 3 requests; 1 false wakes by 1 lines" in capsys.readouterr().out


def test_two_shares_make_the_whole(script, monkeypatch, tmp_path):
    out = tmp_path / "out.parquet"
    for share in ("2/2", "1/2"):
        assert not out.exists()
        run(script, monkeypatch, "--work", tmp_path / "w", "--out", out, "--share", share)
    assert out.exists()
    assert len(script.made) == len(CHUNKS)


def test_the_first_chunks_go_to_a_file_of_their_own(script, monkeypatch, tmp_path):
    out = tmp_path / "out.parquet"
    run(script, monkeypatch, "--work", tmp_path / "w", "--out", out, "--chunks", 1)
    assert not out.exists()
    assert (tmp_path / "w" / "first-1.parquet").exists()
    assert len(script.made) == 1
