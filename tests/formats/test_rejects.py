"""The reject file."""

import base64
import json

import pytest

from sayagain.errors import InputError
from sayagain.formats import BadRecord, RejectFile, append_reject, read_turns


def rows(path):
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def test_without_bad_records_there_is_no_file(tmp_path):
    with RejectFile(tmp_path / "rejects.jsonl") as rejects:
        assert rejects.count == 0
    assert not (tmp_path / "rejects.jsonl").exists()


def test_each_bad_record_is_a_line(tmp_path):
    path = tmp_path / "rejects.jsonl"
    with RejectFile(path) as rejects:
        rejects.write(BadRecord("turns.jsonl", 17, 'no "request"', '{"ü": 1}'.encode()))
        rejects.write(BadRecord("turns.jsonl", 18, "not UTF-8", b"\xff\x00"))
        assert rejects.count == 2
    assert rows(path) == [
        {"source": "turns.jsonl", "line": 17, "reason": 'no "request"', "raw": '{"ü": 1}'},
        {
            "source": "turns.jsonl",
            "line": 18,
            "reason": "not UTF-8",
            "raw_base64": base64.b64encode(b"\xff\x00").decode(),
        },
    ]


def test_what_was_there_before_is_replaced(tmp_path):
    path = tmp_path / "rejects.jsonl"
    path.write_text("old\n")
    with RejectFile(path) as rejects:
        rejects.write(BadRecord("a", 1, "b", b""))
    assert [row["source"] for row in rows(path)] == ["a"]


def test_a_file_name_that_is_no_unicode_is_written_all_the_same(tmp_path):
    with RejectFile(tmp_path / "rejects.jsonl") as rejects:
        rejects.write(BadRecord("turns\udcff.jsonl", 1, "b", b""))
    assert rows(tmp_path / "rejects.jsonl")[0]["source"] == "turns?.jsonl"


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with (
        RejectFile(tmp_path / "nowhere" / "rejects.jsonl") as rejects,
        pytest.raises(InputError, match="cannot be written: No such file"),
    ):
        rejects.write(BadRecord("a", 1, "b", b""))
    rejects.close()


def test_what_was_rejected_can_be_mended_and_read(tmp_path):
    log = tmp_path / "turns.jsonl"
    log.write_text('{"turn_id": "a", "started": "2026-01-31T08:00:00", "request": "lamp on"}\n')
    with RejectFile(tmp_path / "rejects.jsonl") as rejects:
        for bad in read_turns(log):
            rejects.write(bad)
    log.write_text(rows(tmp_path / "rejects.jsonl")[0]["raw"].replace(":00:00", ":00:00Z"))
    assert [turn.turn_id for turn in read_turns(log)] == ["a"]


def test_records_are_added_up_to_a_size(tmp_path):
    path = tmp_path / "rejects.jsonl"
    bad = BadRecord("turns.jsonl", 1, "no words", b"{}")
    assert append_reject(path, bad, limit=200)
    size = path.stat().st_size
    assert [append_reject(path, bad, limit=2 * size) for _ in range(2)] == [True, False]
    assert (len(rows(path)), path.stat().st_size) == (2, 2 * size)
    with pytest.raises(InputError, match="cannot be written: No such file"):
        append_reject(tmp_path / "nowhere" / "rejects.jsonl", bad, limit=200)
