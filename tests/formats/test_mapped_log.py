import gzip
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sayagain.errors import InputError
from sayagain.formats import BadRecord, ColumnMap, MappedLog, make_column_map, sample_rows

ROWS = [
    {"said": "lamp on", "when": "2026-01-31T08:00:00Z", "who": "ann"},
    {"said": 'say "hi", Ben', "when": "2026-01-31T08:01:00Z", "who": "ben"},
    {"said": "schöne\nGrüße", "when": "2026-01-31T08:02:00Z", "who": ""},
]
COLUMNS = ColumnMap(columns={"request": "said", "started": "when", "user_id": "who"})


def csv_text(delimiter):
    quoted = [['"' + row[name].replace('"', '""') + '"' for name in row] for row in ROWS]
    return "\r\n".join(delimiter.join(values) for values in [list(ROWS[0]), *quoted])


LOGS = {
    "log.csv": csv_text(",").encode(),
    "bom.csv": b"\xef\xbb\xbf" + csv_text(";").encode(),
    "log.tsv": csv_text("\t").encode(),
    "log.csv.gz": gzip.compress(csv_text(",").encode()),
    "log.jsonl": "\n".join(map(json.dumps, ROWS)).encode(),
    "log.json": json.dumps(ROWS, indent=1).encode(),
}


@pytest.mark.parametrize("name", LOGS)
def test_a_log_of_any_format_gives_the_same_turns(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(LOGS[name])
    log = MappedLog(path, COLUMNS)
    turns = list(log)
    assert [turn.request for turn in turns] == [row["said"] for row in ROWS]
    assert [turn.user_id for turn in turns] == ["ann", "ben", None]
    assert turns == list(MappedLog(ROWS, COLUMNS))
    assert log.position == log.size == path.stat().st_size


def test_parquet_and_arrow_tables_are_read(tmp_path):
    table = pa.Table.from_pylist(ROWS)
    pq.write_table(table, tmp_path / "log.parquet")
    from_file = list(MappedLog(tmp_path / "log.parquet", COLUMNS))
    assert from_file == list(MappedLog(table, COLUMNS)) == list(MappedLog(ROWS, COLUMNS))


def test_a_bad_row_is_named_and_reading_continues(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text("said,when\nlamp on,soon\nlamp on,2026-01-31T08:00:00Z,more\n\nlamp off,2026-01-31T08:00:00Z\n")
    first, second, turn = MappedLog(path, ColumnMap(columns={"request": "said", "started": "when"}))
    assert (first.line, first.raw) == (2, b"lamp on,soon")
    assert (second.line, second.reason) == (3, "3 values for 2 columns")
    assert turn.request == "lamp off"


def test_bad_lines_of_json_are_named(tmp_path):
    path = tmp_path / "log.jsonl"
    path.write_text('{"said": "a"\n[1]\n{"said": "lamp on", "when": 1769842800}\n')
    *bad, turn = MappedLog(path, COLUMNS)
    assert [(record.line, record.reason.partition(";")[0]) for record in bad] == [(1, "not JSON"), (2, "not an object")]
    assert turn.started == 1_769_842_800_000


def test_what_is_no_table_is_one_sentence(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text("just words\nand more\n")
    with pytest.raises(InputError, match="neither JSON nor a table"):
        list(MappedLog(path, COLUMNS))
    path.write_bytes("said,when\nsch\xf6n,2026-01-31T08:00:00Z\n".encode("latin-1"))
    with pytest.raises(InputError, match=r"not UTF-8 \(byte 0xf6\); convert it"):
        list(MappedLog(path, COLUMNS))
    with pytest.raises(InputError, match="has no rows"):
        sample_rows([])
    with pytest.raises(InputError, match="a int is no log"):
        list(MappedLog(17, COLUMNS))
    with pytest.raises(InputError, match="only once"):
        sample_rows(iter(ROWS))


def test_rows_of_a_dialogue_are_joined_to_turns():
    def row(role, content, chat, second):
        return {"role": role, "content": content, "chat_id": chat, "ts": 1_769_842_800 + second}

    rows = [
        row("user", "hi", "a", 0),
        row("user", "lamp on", "b", 1),
        row("assistant", "Hello.", "a", 2),
        row("assistant", "How can I help?", "a", 3),
        row("tool", "{}", "b", 4),
        row("user", "lamp on!", "b", 5),
        row("assistant", "Done", "b", 6),
        row("assistant", "of no dialogue", "c", 7),
    ]
    turns = list(MappedLog(rows, make_column_map(rows, None)))
    answers = {turn.request: None if turn.response is None else turn.response.text for turn in turns}
    assert answers == {"lamp on": None, "hi": "Hello. How can I help?", "lamp on!": "Done"}
    assert {turn.session_id for turn in turns} == {"a", "b"}


def test_a_bad_row_of_the_user_is_named_too():
    rows = [{"role": "user", "content": "hi", "ts": "soon"}, {"role": "user", "content": "hi", "ts": 1_769_842_800}]
    bad, turn = MappedLog(rows, ColumnMap(columns={"role": "role", "request": "content", "started": "ts"}))
    assert isinstance(bad, BadRecord)
    assert turn.request == "hi"
