"""The recording as a file: outcomes to Parquet and back, with the same bytes for the same outcomes."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from sayagain.errors import InputError
from sayagain.household.outcome import SpeechOutcome

__all__ = ["KINDS", "SCHEMA", "SHIPPED_RECORDING", "Kind", "read_recording", "write_recording"]

Kind = Literal["request", "television"]
"""The kind of a row: a request of a person, or television speech that woke the assistant."""

KINDS: tuple[Kind, ...] = ("request", "television")
"""All kinds, in the order of the file."""

SHIPPED_RECORDING = Path(__file__).resolve().parent.parent / "outcomes.parquet"
"""The path of the shipped recording."""

SCHEMA = pa.schema(
    [
        pa.field("kind", pa.string(), nullable=False),
        pa.field("request", pa.string(), nullable=False),
        pa.field("voice", pa.string(), nullable=False),
        pa.field("condition", pa.string(), nullable=False),
        pa.field("pace", pa.string(), nullable=False),
        pa.field("loudness", pa.string(), nullable=False),
        pa.field("take", pa.int8(), nullable=False),
        pa.field("nbest_text", pa.list_(pa.string()), nullable=False),
        pa.field("nbest_confidence", pa.list_(pa.float32()), nullable=False),
        pa.field("duration_ms", pa.int32(), nullable=False),
        pa.field("asr_ms", pa.int32(), nullable=False),
        pa.field("no_speech", pa.float32(), nullable=False),
        pa.field("level_db", pa.float32(), nullable=False),
        pa.field("snr_db", pa.float32(), nullable=False),
        pa.field("wake", pa.float32(), nullable=False),
    ]
)
"""The columns: the kind of the row and the fields of `SpeechOutcome`, with the n-best as two lists."""

_NBEST_COLUMNS = ("nbest_text", "nbest_confidence")
_FLOAT_COLUMNS = ("no_speech", "level_db", "snr_db", "wake")
_DIGITS = 4


def write_recording(
    path: Path | str, outcomes: Iterable[SpeechOutcome], television: Iterable[SpeechOutcome] = ()
) -> None:
    """Write outcomes, sorted by kind and delivery, into one Parquet file.

    Order, row groups, encoding and compression are fixed, so the same outcomes give the same bytes. Another version of
    pyarrow may write other bytes.
    """
    rows: list[dict[str, Any]] = []
    for kind, kind_outcomes in zip(KINDS, (outcomes, television), strict=True):
        for outcome in sorted(kind_outcomes, key=lambda outcome: outcome.delivery):
            row = msgspec.structs.asdict(outcome)
            nbest = row.pop("nbest")
            row |= {"kind": kind, "nbest_text": [text for text, _ in nbest], "nbest_confidence": [c for _, c in nbest]}
            rows.append(row)
    pq.write_table(
        pa.Table.from_pylist(rows, schema=SCHEMA),
        path,
        compression="zstd",
        compression_level=19,
        use_dictionary=True,
        row_group_size=1 << 20,
        data_page_size=1 << 20,
        version="2.6",
        write_statistics=False,
        store_schema=False,
    )


def read_recording(path: Path | str = SHIPPED_RECORDING) -> dict[Kind, list[SpeechOutcome]]:
    """Return the outcomes of each kind, in the order of the file.

    Raises:
        InputError: the file is missing or is not a recording.
    """
    try:
        table = pq.read_table(path)
    except FileNotFoundError:
        raise InputError(f"{path}: no such file; make a recording with scripts/record_outcomes.py") from None
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, OSError) as error:
        raise InputError(f"{path}: not a recording of outcomes ({error})") from None
    if table.column_names != SCHEMA.names:
        raise InputError(
            f"{path}: not a recording of outcomes; its columns are {', '.join(table.column_names)}, "
            f"expected {', '.join(SCHEMA.names)}"
        )
    outcomes_by_kind: dict[Kind, list[SpeechOutcome]] = {kind: [] for kind in KINDS}
    columns = {name: table.column(name).to_pylist() for name in SCHEMA.names}
    # Thousands of outcomes share a few texts and names, so each string is kept once.
    interned: dict[str, str] = {}
    for row in zip(*columns.values(), strict=True):
        values: dict[str, Any] = dict(zip(SCHEMA.names, row, strict=True))
        kind = values.pop("kind")
        if kind not in outcomes_by_kind:
            raise InputError(f"{path}: a row is of kind {kind!r}; expected one of {', '.join(KINDS)}")
        texts, confidences = (values.pop(name) for name in _NBEST_COLUMNS)
        values["nbest"] = tuple(
            (interned.setdefault(text, text), round(confidence, _DIGITS))
            for text, confidence in zip(texts, confidences, strict=True)
        )
        for name in ("request", "voice", "condition", "pace", "loudness"):
            values[name] = interned.setdefault(values[name], values[name])
        for name in _FLOAT_COLUMNS:
            # A 32-bit float read as a 64-bit one has spurious digits.
            values[name] = round(values[name], _DIGITS)
        outcomes_by_kind[kind].append(SpeechOutcome(**values))
    return outcomes_by_kind
