"""Small files that expand to large ones."""

import gzip
import json
import subprocess
import sys

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from sayagain import Learner
from sayagain.errors import InputError
from sayagain.formats import BadRecord, EventLog, RejectFile, TurnReader
from sayagain.formats.expansion import STREAMED, ExpansionLimit
from sayagain.turns import Turn

TOO_FAR = r"bomb expands to more than 200 times its size; if it is a log, raise max_expansion$"


class Words:
    """An assistant whose every event is a turn."""

    def turns(self, events, source):
        for number, event in enumerate(events, 1):
            if isinstance(event, dict):
                yield Turn(turn_id=str(number), started=0, request="lamp on")
            else:
                yield BadRecord(source, number, "no words", b"")


def compressed(path, unit, times, opened):
    """Write a unit of a megabyte or so many times."""
    with opened(path) as file:
        for _ in range(times):
            file.write(unit)
    return path


def gzipped(path):
    return gzip.open(path, "wb", compresslevel=6)


def zstandardised(path):
    return zstandard.open(path, "wb")


@pytest.mark.parametrize("opened", [gzipped, zstandardised])
@pytest.mark.parametrize("unit", [b"[" + b" " * (1 << 20), b"\n".rjust(1 << 20)])
def test_a_small_event_log_that_expands_too_far_is_one_sentence(tmp_path, unit, opened):
    path = compressed(tmp_path / "bomb", unit, 200, opened)
    assert path.stat().st_size < 300_000
    with pytest.raises(InputError, match=TOO_FAR):
        sum(1 for _ in EventLog(path, Words()))


def test_a_small_log_of_turns_that_expands_too_far_is_one_sentence(tmp_path):
    path = compressed(tmp_path / "bomb", b"\n".rjust(1 << 20), 1_100, zstandardised)
    with pytest.raises(InputError, match=TOO_FAR):
        list(TurnReader(path))
    assert list(TurnReader(path, max_expansion=1_000_000)) == []


def test_a_large_log_may_expand_as_far_as_it_says():
    limit = ExpansionLimit("log", 200, STREAMED)
    limit.check(expanded=200 * (1 << 30), stored=1 << 30)
    with pytest.raises(InputError):
        limit.check(expanded=200 * (1 << 30) + 1, stored=1 << 30)


@pytest.mark.parametrize("opened", [gzipped, zstandardised])
@pytest.mark.parametrize("form", ["lines", "array"])
def test_a_truncated_event_log_is_one_sentence(tmp_path, form, opened):
    events = [{"words": f"lamp {number} {hash((number, form))}"} for number in range(5_000)]
    text = json.dumps(events) if form == "array" else "".join(json.dumps(event) + "\n" for event in events)
    path = compressed(tmp_path / "log", text.encode(), 1, opened)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(InputError, match=r"log: the compressed data is damaged or truncated after line \d+$"):
        list(EventLog(path, Words()))


def test_an_endless_line_of_an_event_log_is_a_bad_event(tmp_path):
    path = compressed(tmp_path / "log", b"x" * (1 << 20), 20, gzipped)
    with gzip.open(path, "ab") as file:
        file.write(b'\n{"words": "lamp on"}\n')
    bad, turn = EventLog(path, Words())
    assert (bad.line, turn.request) == (1, "lamp on")


def rows(**columns):
    size = max(len(column) for column in columns.values())
    ids = {"turn_id": [str(number) for number in range(size)], "started": [0] * size, "request": ["lamp on"] * size}
    return ids | columns


LONG = "lamp " * 400_000


@pytest.mark.parametrize(
    "columns",
    [
        {"request": [LONG] * 1_000},
        {"asr": [{"text": "lamp on", "nbest": [{"text": LONG, "confidence": 0.5}]}] * 1_000},
    ],
)
def test_a_small_parquet_file_whose_rows_repeat_a_long_text_is_one_sentence(tmp_path, columns):
    path = tmp_path / "bomb"
    pq.write_table(pa.table(rows(**columns)), path, compression="zstd")
    assert path.stat().st_size < 100_000
    before, allocated = pa.total_allocated_bytes(), [0]
    with pytest.raises(InputError, match=TOO_FAR):
        allocated.extend(pa.total_allocated_bytes() - before for _ in TurnReader(path))
    assert max(allocated) < 64_000_000


def test_a_parquet_file_with_a_page_that_expands_too_far_is_not_opened(tmp_path):
    path = tmp_path / "bomb"
    columns = rows(request=["x" * 40_000_000 + str(number) for number in range(4)])
    pq.write_table(pa.table(columns), path, compression="zstd", use_dictionary=False)
    with pytest.raises(InputError, match=TOO_FAR):
        list(TurnReader(path))


def test_a_long_text_that_rows_repeat_is_read_where_it_is_no_bomb(tmp_path):
    path = tmp_path / "log"
    text = "x" * 100_000
    columns = rows(
        request=[text, "lamp on"] * 3,
        asr=[{"text": "lamp on", "nbest": [{"text": text, "confidence": 0.5}]}] * 6,
        speech=[{"started": 1, "text": text}] * 6,
    )
    columns["started"] = pa.array([1_000_000_000] * 6, pa.timestamp("us"))
    pq.write_table(pa.table(columns), path)
    turns = list(TurnReader(path))
    assert [turn.request for turn in turns] == [text, "lamp on"] * 3
    assert {turn.asr.nbest[0].text for turn in turns} == {text}
    assert {turn.started for turn in turns} == {1_000_000}


def test_a_row_longer_than_a_line_may_be_is_a_bad_record(tmp_path):
    path = tmp_path / "log"
    pq.write_table(pa.table(rows(request=["x" * 20_000_000, "lamp on"])), path)
    bad, turn = TurnReader(path)
    assert bad.reason == "the row is longer than 16,777,216 bytes; expected one turn a row"
    assert turn.request == "lamp on"


def test_the_reject_file_outgrows_four_times_the_log_by_no_more_than_its_setting(tmp_path):
    path = compressed(tmp_path / "log", b"{}\n" * (1 << 16), 4, gzipped)
    stored = path.stat().st_size
    assert stored < 3_000
    with Learner(tmp_path / "home.db", max_rejects=100_000) as learner:
        counts = learner.ingest(path)
    size = (tmp_path / "log.rejects.jsonl").stat().st_size
    assert 100_000 < size <= 4 * stored + 100_000
    lines = len((tmp_path / "log.rejects.jsonl").read_bytes().splitlines())
    assert (counts.bad, counts.omitted) == (4 << 16, (4 << 16) - lines)


def test_each_log_makes_its_own_room_in_a_reject_file_that_they_share(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).write_text("{}\n" * 1_000, encoding="utf-8")
    with Learner(tmp_path / "home.db") as learner, RejectFile(tmp_path / "rejects.jsonl", spare=0) as rejects:
        for name in ("a", "b"):
            learner.ingest(tmp_path / name, rejects=rejects)
    assert 23_000 < (tmp_path / "rejects.jsonl").stat().st_size <= 24_000


EVERY_BIT = """
import sys
from pathlib import Path
from sayagain.errors import InputError
from sayagain.formats import TurnReader

path = Path(sys.argv[1])
content = path.read_bytes()
footer = len(content) - 8 - int.from_bytes(content[-8:-4], "little")
for place in range(footer, len(content)):
    for bit in (0, 1, 2, 7):
        changed = bytearray(content)
        changed[place] ^= 1 << bit
        path.write_bytes(changed)
        try:
            for _ in TurnReader(path):
                pass
        except InputError:
            pass
print("all read")
"""


def test_no_damage_to_the_footer_of_a_parquet_file_ends_the_process(tmp_path):
    path = tmp_path / "turns.parquet"
    table = pa.table(
        {"turn_id": ["a", "b"], "started": [0, 1], "request": ["lamp on", "lamp off"], "user_id": ["u", None]}
    )
    pq.write_table(table, path, store_schema=False)
    done = subprocess.run([sys.executable, "-c", EVERY_BIT, str(path)], capture_output=True, text=True, check=False)
    assert done.stdout == "all read\n", done.stderr[-2000:]
