"""Online rewriting: rows are read as what was heard and said, and a threshold keeps its promise."""

import importlib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture
def online(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT))
    return importlib.import_module("benchmarks.online")


def test_rows_are_what_was_heard_and_said(online, tmp_path):
    for folder, text in (("snips_tts", "i don't like jazz"), ("snips_tts_asr", "i  do  n't like <unk>")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "valid.csv").write_text(f"id,text,label\n0,{text},x\n", encoding="utf-8")
    (row,) = online.read_rows(tmp_path, "valid")
    assert (row.heard, row.said) == ("i don't like unk", "i don't like jazz")
    assert online.read_rows(tmp_path, "test") == []


def test_the_loosest_threshold_that_keeps_the_promise_is_taken(online):
    sure = [(0.9, True)] * 60
    assert online._threshold([*sure, (0.5, True), *[(0.1, False)] * 20], 10, 81) == 0.5
    assert online._threshold([(0.9, False)] * 5, 10, 5) > 1


def test_few_rows_are_little_evidence(online):
    decisions = [*[(0.9, True)] * 600, *[(0.5, True)] * 130, *[(0.5, False)] * 10]
    assert online._threshold(decisions, 40, 740) == 0.5
    assert online._threshold(decisions, 40, 200) == 0.9
