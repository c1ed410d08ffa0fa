"""Log formats: turns as JSON Lines and Parquet, an assistant's own events, and the reject file for bad lines."""

from typing import TYPE_CHECKING

from sayagain.formats.bad_record import BadRecord
from sayagain.formats.rejects import RejectFile, append_reject, forget_rejects
from sayagain.formats.times import as_milliseconds
from sayagain.formats.turn_record import encode_turn, turn_from_record
from sayagain.lazy_imports import lazy_exports

if TYPE_CHECKING:
    from sayagain.formats.column_map import ColumnMap
    from sayagain.formats.event_log import EventLog, ReadsEvents
    from sayagain.formats.guess_columns import known_columns
    from sayagain.formats.mapped_log import MappedLog, Table, make_column_map, sample_rows
    from sayagain.formats.turn_schema_file import write_turn_schema
    from sayagain.formats.turns import TurnReader, read_turns
    from sayagain.formats.turns_jsonl import turn_from_line, write_turns_jsonl
    from sayagain.formats.turns_parquet import turns_to_parquet

__all__ = [
    "BadRecord",
    "ColumnMap",
    "EventLog",
    "MappedLog",
    "ReadsEvents",
    "RejectFile",
    "Table",
    "TurnReader",
    "append_reject",
    "as_milliseconds",
    "encode_turn",
    "forget_rejects",
    "known_columns",
    "make_column_map",
    "read_turns",
    "sample_rows",
    "turn_from_line",
    "turn_from_record",
    "turns_to_parquet",
    "write_turn_schema",
    "write_turns_jsonl",
]

# Lazy, because Parquet is slow to import, and an assistant that sends its turns does not need it.
__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "ColumnMap": "column_map",
        "EventLog": "event_log",
        "MappedLog": "mapped_log",
        "ReadsEvents": "event_log",
        "Table": "mapped_log",
        "TurnReader": "turns",
        "known_columns": "guess_columns",
        "make_column_map": "mapped_log",
        "read_turns": "turns",
        "sample_rows": "mapped_log",
        "turn_from_line": "turns_jsonl",
        "turns_to_parquet": "turns_parquet",
        "write_turn_schema": "turn_schema_file",
        "write_turns_jsonl": "turns_jsonl",
    },
)
