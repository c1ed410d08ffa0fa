"""Reading a log, whatever it is: files that are none, standard input, pipes, memory."""

import gzip
import io
import os
import sqlite3
import subprocess
import sys
import threading
import tracemalloc
from pathlib import Path

import pytest
import zstandard

from sayagain.errors import InputError
from sayagain.formats import TurnReader, read_turns, turns_to_parquet, write_turns_jsonl
from sayagain.turns import Turn

LINE = b'{"turn_id":"a","started":0,"request":"lamp on"}\n'
TURN = Turn(turn_id="a", started=0, request="lamp on")


def test_a_file_that_is_not_there_is_named_before_anything_is_read(tmp_path):
    with pytest.raises(InputError, match=r"nothing\.jsonl: there is no such file"):
        read_turns(tmp_path / "nothing.jsonl")


@pytest.mark.parametrize("name", ["a\0b", "x" * 5000])
def test_a_name_that_no_file_can_have_is_an_input_error(name):
    with pytest.raises(InputError, match="cannot be read"):
        read_turns(name)


def test_a_directory_is_named(tmp_path):
    with pytest.raises(InputError, match="is a directory; expected a file of JSON Lines or Parquet"):
        read_turns(tmp_path)


def test_a_file_that_vanishes_between_is_named(tmp_path):
    (tmp_path / "turns.jsonl").write_bytes(LINE)
    reader = TurnReader(tmp_path / "turns.jsonl")
    (tmp_path / "turns.jsonl").unlink()
    with pytest.raises(InputError, match="cannot be read: No such file"):
        list(reader)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"PK\x03\x04 and so on", "a zip archive"),
        (b"BZh91AY", "compressed with bzip2"),
        (b"\xfd7zXZ\0\0", "compressed with xz"),
        (b"ARROW1\0\0", "an Arrow file"),
        ('{"turn_id":'.encode("utf-16"), "UTF-16 text"),
    ],
)
def test_a_file_of_another_kind_is_named(content, what, tmp_path):
    (tmp_path / "turns.jsonl").write_bytes(content)
    with pytest.raises(InputError, match=f"turns.jsonl is {what}; expected JSON Lines"):
        list(read_turns(tmp_path / "turns.jsonl"))


def test_a_database_is_named(tmp_path):
    database = sqlite3.connect(tmp_path / "home.db")
    database.execute("CREATE TABLE a (b)")
    database.close()
    with pytest.raises(InputError, match=r"home\.db is an SQLite database"):
        list(read_turns(tmp_path / "home.db"))


@pytest.mark.parametrize("name", ["turns.jsonl", "turns.parquet", "turns.jsonl.gz", "turns"])
def test_an_empty_file_has_no_turns(name, tmp_path):
    (tmp_path / name).touch()
    assert list(read_turns(tmp_path / name)) == []


@pytest.mark.parametrize("pack", [bytes, gzip.compress, zstandard.compress])
def test_standard_input_is_read_whatever_it_is(pack, monkeypatch):
    given = io.BytesIO(pack(LINE + b"{}\n"))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(given))
    reader = TurnReader("-")
    assert reader.size is None
    turn, bad = reader
    assert turn == TURN
    assert (bad.source, bad.line) == ("standard input", 2)
    assert reader.position == len(given.getvalue())
    assert not given.closed


def test_standard_input_is_read_as_it_comes():
    # The reader answers each line before the next is written, as under `tail -f`.
    program = "from sayagain.formats import read_turns\nfor turn in read_turns('-'): print(turn.turn_id, flush=True)"
    command = [sys.executable, "-c", program]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        for _ in range(3):
            process.stdin.write(LINE)
            process.stdin.flush()
            assert process.stdout.readline() == b"a\n"
        process.stdin.close()
        assert process.wait() == 0


def test_parquet_from_standard_input_is_refused(tmp_path, monkeypatch):
    turns_to_parquet(tmp_path / "turns.parquet", [TURN])
    content = (tmp_path / "turns.parquet").read_bytes()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    with pytest.raises(InputError, match="Parquet cannot be read from a pipe"):
        list(read_turns("-"))


def test_a_named_pipe_is_read_though_its_size_is_unknown(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    writer = threading.Thread(target=(tmp_path / "pipe").write_bytes, args=(gzip.compress(LINE),))
    writer.start()
    reader = TurnReader(tmp_path / "pipe")
    assert reader.size is None
    assert list(reader) == [TURN]
    writer.join()


def test_reading_may_stop_early(tmp_path):
    write_turns_jsonl(tmp_path / "turns.jsonl", [Turn(turn_id=str(i), started=i, request="x") for i in range(5)])
    stream = read_turns(tmp_path / "turns.jsonl")
    assert next(stream).turn_id == "0"
    # An open file left behind would be a ResourceWarning, which is an error here.
    stream.close()


@pytest.mark.parametrize("name", ["turns.jsonl", "turns.jsonl.gz", "turns.jsonl.zst", "turns.parquet"])
def test_memory_does_not_grow_with_the_log(name, tmp_path):
    log = tmp_path / name
    turns = (Turn(turn_id=f"{i}", started=i, request=f"{i}" + " lamp" * 500) for i in range(15_000))
    (turns_to_parquet if log.suffix == ".parquet" else write_turns_jsonl)(log, turns)
    tracemalloc.start()
    try:
        read = sum(len(turn.request) for turn in read_turns(log))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert read > 37_500_000
    assert peak < 10_000_000


def test_a_log_larger_than_the_memory_allowed_is_read(tmp_path):
    # A quarter of a gigabyte of blanks and one turn: a megabyte on disk.
    with gzip.open(tmp_path / "turns.jsonl.gz", "wb", compresslevel=1) as file:
        for _ in range(256):
            file.write(b"\n".rjust(1 << 20))
        file.write(LINE)
    tracemalloc.start()
    try:
        assert list(read_turns(tmp_path / "turns.jsonl.gz")) == [TURN]
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 8_000_000


def test_an_endless_line_is_not_held(tmp_path):
    log = Path(tmp_path, "turns.jsonl.zst")
    with zstandard.open(log, "wb") as file:
        for _ in range(100):
            file.write(b"x" * (1 << 20))
        file.write(b"\n" + LINE)
    tracemalloc.start()
    try:
        bad, turn = read_turns(log)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (bad.line, len(bad.raw), turn) == (1, 1000, TURN)
    assert "longer than 16,777,216 bytes" in bad.reason
    # The line's first 16 MB, while they are being looked at, twice; and what one feed of zstd may hold.
    assert peak < 100_000_000
