import gzip
import io
import json
import sys
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayagain.errors import InputError
from sayagain.formats import BadRecord, EventLog
from sayagain.turns import Turn


class Words:
    """An assistant whose every event is a turn."""

    def turns(self, events, source):
        for number, event in enumerate(events, 1):
            if isinstance(event, dict) and "words" in event:
                yield Turn(turn_id=str(event["id"]), started=0, request=event["words"])
            else:
                yield BadRecord(source, number, "no words", b"")


def event(number):
    return {"id": number, "words": f"lamp {number}"}


def read(path):
    return list(EventLog(path, Words()))


@pytest.mark.parametrize(
    "content",
    [
        "".join(json.dumps(event(n)) + "\n" for n in range(3)),
        json.dumps([event(n) for n in range(3)]),
        json.dumps([event(n) for n in range(3)], indent=2),
        "\n\n  " + json.dumps([event(n) for n in range(3)]) + "\n",
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_lines_and_one_array_are_read_alike(tmp_path, content, packed):
    data = gzip.compress(content.encode()) if packed else content.encode()
    (tmp_path / "log").write_bytes(data)
    log = EventLog(tmp_path / "log", Words())
    assert [turn.request for turn in log] == ["lamp 0", "lamp 1", "lamp 2"]
    assert log.position == log.size == len(data)
    assert [turn.request for turn in log] == ["lamp 0", "lamp 1", "lamp 2"]


@given(st.lists(st.sampled_from(["good", "bad", "blank", "broken"]), max_size=12))
def test_a_bad_event_is_told_with_the_line_that_it_stands_in(tmp_path_factory, kinds):
    lines = {"good": json.dumps(event(1)), "bad": "{}", "blank": " ", "broken": '{"words'}
    path = tmp_path_factory.mktemp("log") / "log"
    path.write_text("".join(lines[kind] + "\n" for kind in kinds), encoding="utf-8")
    bad = [each.line for each in read(path) if isinstance(each, BadRecord)]
    assert bad == [n for n, kind in enumerate(kinds, 1) if kind in {"bad", "broken"}]


def test_an_array_that_breaks_off_is_an_error(tmp_path):
    (tmp_path / "log").write_text('[{"words": "a"},')
    with pytest.raises(InputError, match="log begins like a JSON array, but is not valid JSON"):
        read(tmp_path / "log")


def test_a_log_that_is_not_there(tmp_path):
    with pytest.raises(InputError, match="there is no such file"):
        EventLog(tmp_path / "log", Words())


def test_standard_input(monkeypatch):
    data = (json.dumps(event(1)) + "\n{}\n").encode()
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BufferedReader(io.BytesIO(data))))
    turn, bad = read("-")
    assert turn.request == "lamp 1"
    assert str(bad) == "standard input:2: no words"
