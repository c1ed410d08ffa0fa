"""JSON Lines: what a line may look like, and what is said of lines that are none."""

import gzip
import io
import json

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from sayagain.errors import InputError, TurnError
from sayagain.formats import BadRecord, read_turns, turn_from_line
from sayagain.formats.log_stream import CountedStream
from sayagain.formats.turns_jsonl import jsonl_turns
from sayagain.turns import Turn

LINE = b'{"turn_id":"a","started":0,"request":"lamp on"}'
TURN = Turn(turn_id="a", started=0, request="lamp on")


def read(content, limit=None):
    stream = CountedStream(io.BytesIO(content))
    return list(jsonl_turns(stream, "log") if limit is None else jsonl_turns(stream, "log", limit=limit))


@pytest.mark.parametrize(
    "content",
    [
        LINE,
        LINE + b"\n",
        LINE + b"\r\n",
        b"\n \t\r\n" + LINE + b"\n\n\n",
        b"\xef\xbb\xbf" + LINE,
        b"\xef\xbb\xbf\n" + LINE,
        b"  " + LINE + b"  \n",
        # The time is part of a test's name, and processes that collect the tests must agree on it.
        gzip.compress(LINE, mtime=0),
        gzip.compress(b"\n", mtime=0) + gzip.compress(LINE + b"\n", mtime=0),
        zstandard.compress(LINE),
        zstandard.compress(b"\n\n") + zstandard.compress(LINE),
        gzip.compress(b"\xef\xbb\xbf" + LINE, mtime=0),
    ],
)
def test_one_turn_however_it_is_packed(content):
    assert read(content) == [TURN]


@pytest.mark.parametrize("content", [b"", b"\n", b"\xef\xbb\xbf", gzip.compress(b"", mtime=0), zstandard.compress(b"")])
def test_an_empty_log_has_no_turns(content):
    assert read(content) == []


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"lamp on", "not JSON: invalid character (byte 0); expected one object a line"),
        (LINE[:-1], "not JSON: the line is truncated; expected one object a line"),
        (LINE + b",", "not JSON: trailing characters (byte 48); expected one object a line"),
        (b'{"turn_id": NaN}', "not JSON: invalid character (byte 12); expected one object a line"),
        (b"5", "the record is a number; expected an object"),
        (b'"a"', "the record is text; expected an object"),
        (b"{}", '"turn_id" is missing; each turn needs an id of its own'),
        (b'{"a":"\xff"}', "not UTF-8: byte 0xff at position 7; expected a log in UTF-8"),
        (LINE[:-1] + b',"x":"\xc3"}', "not UTF-8: byte 0xc3 at position 53; expected a log in UTF-8"),
        (LINE.replace(b"lamp", b"\\ud800 lamp"),
         "not JSON: unexpected end of escaped utf-16 surrogate pair (byte 44); expected one object a line"),
        (LINE[:-1] + b',"x":' + b"[" * 9999, "not a turn: the line is nested too deep"),
    ],
)  # fmt: skip
def test_a_bad_line_is_named_and_reading_goes_on(line, reason):
    found = read(b"\n".join([LINE, b"", line, LINE]))
    bad = found[1]
    assert found == [TURN, bad, TURN]
    assert (bad.source, bad.line, bad.raw) == ("log", 3, line)
    assert bad.reason == reason
    assert str(bad) == f"log:3: {bad.reason}"


def test_a_line_over_the_limit_is_named_and_not_kept():
    long = LINE[:-1] + b',"raw":"' + b"x" * 300_000 + b'"}'
    first, bad, last = read(b"\n".join([LINE, long, LINE]), limit=100_000)
    assert first == last == TURN
    assert (bad.line, bad.reason) == (2, "the line is longer than 100,000 bytes; expected one turn a line")
    assert bad.raw == long[:1000]
    assert isinstance(read(long, limit=100_000)[0], BadRecord)


def test_a_line_of_just_the_limit_is_read():
    assert read(LINE + b"\n" + LINE, limit=len(LINE)) == [TURN, TURN]
    assert [type(each) for each in read(LINE + b" \n" + LINE, limit=len(LINE))] == [BadRecord, Turn]


@pytest.mark.parametrize("content", [b'[{"turn_id": "a"}]', b"\n  [\n", b"[" * 100])
def test_an_array_is_told_how_to_become_lines(content):
    with pytest.raises(InputError, match="log is one JSON array; expected one object a line"):
        read(content)


def test_an_object_over_several_lines_is_told_how_to_become_one():
    with pytest.raises(InputError, match="log spreads an object over several lines"):
        read(json.dumps({"turn_id": "a"}, indent=2).encode())


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress])
def test_compressed_data_that_breaks_off_gives_its_turns_and_then_an_error(pack):
    packed = pack(b"".join(b'{"turn_id":"t%d","started":0,"request":"%d"}\n' % (i, i * i) for i in range(20_000)))
    found = []
    with pytest.raises(InputError, match=r"log: the compressed data is damaged or truncated after line \d{3,5}$"):  # noqa: PT012  (the turns before the error count)
        for each in jsonl_turns(CountedStream(io.BytesIO(packed[:-20])), "log"):
            found.append(each.turn_id)  # noqa: PERF401  (the error comes out of the loop)
    assert found == [f"t{i}" for i in range(len(found))]
    assert len(found) > 1000


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress])
def test_what_follows_the_compressed_data_is_an_error(pack):
    with pytest.raises(InputError, match="compressed data is damaged"):
        read(pack(LINE + b"\n") + b"more")


def test_plain_and_slow_lines_give_the_same_turn():
    slow = LINE.replace(b'"started":0', b'"started":"1970-01-01T00:00:00Z","resolution":null')
    assert turn_from_line(slow) == turn_from_line(LINE) == TURN


def test_a_line_obeys_the_rules_of_a_record():
    with pytest.raises(TurnError, match="which looks like seconds"):
        turn_from_line(LINE.replace(b":0", b":1769846400"))


@settings(max_examples=300)
@given(st.binary(max_size=200))
def test_any_bytes_give_turns_bad_records_or_an_input_error(content):
    try:
        found = read(content, limit=50)
    except InputError as error:
        assert str(error).startswith("log")  # noqa: PT017  (either way out is right)
    else:
        assert all(isinstance(each, BadRecord) for each in found)


@settings(max_examples=200)
@given(
    lines=st.lists(st.sampled_from([LINE, b"{}", b"", b"\xff", b"x" * 80, b"null", b'{"turn_id":"a"']), max_size=8),
    pack=st.sampled_from([bytes, gzip.compress, zstandard.compress]),
)
def test_every_line_that_is_not_blank_is_accounted_for(lines, pack):
    found = read(pack(b"\n".join(lines)), limit=60)
    good = sum(line == LINE for line in lines)
    assert sum(isinstance(each, Turn) for each in found) == good
    assert [each.line for each in found if isinstance(each, BadRecord)] == [
        number for number, line in enumerate(lines, 1) if line not in {b"", LINE}
    ]


def test_read_turns_names_the_file_as_it_was_given(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "turns.jsonl").write_bytes(b"\n{}")
    assert [str(each) for each in read_turns("turns.jsonl")] == [
        'turns.jsonl:2: "turn_id" is missing; each turn needs an id of its own'
    ]
