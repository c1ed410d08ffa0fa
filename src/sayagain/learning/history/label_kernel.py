"""Weak labels by context: a kernel from a turn with its next two turns to the label that they support."""

from collections.abc import Callable, Mapping
from functools import lru_cache

import msgspec
import pyarrow as pa

from sayagain.feedback import state_failure
from sayagain.labels.weak_labels import AT_ONCE, SOON, infer_label
from sayagain.languages import language_of
from sayagain.learning.history.content_kernel import plain_hypothesis, turn_of_record
from sayagain.teaching import replace_taught
from sayagain.turns import Turn

__all__ = ["LABEL_FILES", "label_kernel"]

LABEL_FILES = {
    "meanings": pa.schema([("key", pa.string()), ("hypothesis", pa.string())]),
    "labels": pa.schema(
        [
            ("context", pa.uint64()),
            ("meant", pa.string()),
            ("meant_shape", pa.string()),
            ("probability", pa.float64()),
            ("words", pa.string()),
        ]
    ),
}
"""The files of the kernel; a label that is not verified has no meaning."""

_GAPS = (AT_ONCE, SOON, SOON + 1)
"""A gap of each class of `sessions.sql`, in milliseconds."""

_KEPT = 1 << 16
"""Turns that are kept decoded."""


def label_kernel(commonest: str | None) -> Callable[[pa.RecordBatch], Mapping[str, pa.RecordBatch]]:
    """Return the kernel for a log.

    Args:
        commonest: the language of turns that state none, where the log states any.
    """

    @lru_cache(_KEPT)
    def read(record: str) -> Turn:
        turn = state_failure(replace_taught(turn_of_record(record)))
        # As `state_languages` does with a log.
        return (
            turn
            if commonest is None
            else msgspec.structs.replace(turn, language=language_of(turn.language) or commonest)
        )

    def label(batch: pa.RecordBatch) -> dict[str, pa.RecordBatch]:
        rows: list[dict[str, object]] = []
        meanings: dict[str, str] = {}
        for row in batch.to_pylist():
            following = [
                msgspec.structs.replace(read(record), turn_id=place, started=_GAPS[row[f"{place}_gap"]])
                for place in ("next", "second")
                if (record := row[f"{place}_record"]) is not None
            ]
            inferred = infer_label(read(row["record"]), following)
            if inferred is None or not inferred.verified:
                rows.append({"context": row["context"]})
                continue
            meant = inferred.hypothesis
            if meant.key not in meanings:
                meanings[meant.key] = plain_hypothesis(meant)
            rows.append(
                {
                    "context": row["context"],
                    "meant": meant.key,
                    "meant_shape": meant.shape,
                    "probability": inferred.probability,
                    "words": inferred.words,
                }
            )
        return {
            "meanings": pa.RecordBatch.from_pylist(
                [{"key": key, "hypothesis": text} for key, text in meanings.items()], LABEL_FILES["meanings"]
            ),
            "labels": pa.RecordBatch.from_pylist(rows, LABEL_FILES["labels"]),
        }

    return label
