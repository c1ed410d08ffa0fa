"""Runs SQL steps over Parquet: each writes one file, is not run again once that is there, and is timed."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from sayagain.errors import ReleaseError
from sayagain.extras import require
from sayagain.models import Progress

__all__ = ["StepRecord", "StepRunner", "step_sql"]

_DRAFT = ".draft"
"""Ending of a file that is not whole yet."""

_KERNEL_ROWS = 4096
"""Rows that a kernel reads at once."""

Kernel = Callable[[pa.RecordBatch], Mapping[str, pa.RecordBatch]]
"""From the rows of a query to rows of named files."""


class StepRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What one step did."""

    step: str
    """Its name, that of its SQL file."""
    rows: int
    """Rows that it wrote."""
    seconds: float
    """How long it took; 0 where its file was there already."""
    bytes: int
    """Size of its file."""


class StepRunner:
    """A DuckDB connection whose tables are Parquet files, within a limit of memory.

    Args:
        folder: for what does not fit into memory; made when missing.
        memory: the limit of DuckDB, for example `2GB`.
        progress: told of each step.

    Raises:
        MissingExtra: DuckDB is not installed.
    """

    def __init__(self, folder: Path, *, memory: str, progress: Progress | None = None) -> None:
        duckdb = require("duckdb", "scale")
        self._error: type[Exception] = duckdb.Error
        self.records: list[StepRecord] = []
        self._progress = progress
        folder.mkdir(parents=True, exist_ok=True)
        self._connection = duckdb.connect(
            config={
                "memory_limit": memory,
                "temp_directory": str(folder / "spill"),
                "autoinstall_known_extensions": "false",
                "preserve_insertion_order": "false",
            }
        )
        # A bar of its own would stand in the output of `--json`.
        self._connection.execute("SET enable_progress_bar = false")

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def name_files(self, name: str, files: list[Path]) -> None:
        """Let SQL read Parquet files of one schema as one table."""
        listed = ", ".join(_quoted(path) for path in files)
        self._connection.execute(f"CREATE OR REPLACE VIEW {name} AS SELECT * FROM read_parquet([{listed}])")  # noqa: S608  (names are constants of the steps, paths are quoted)

    def name_rows(self, name: str, rows: pa.Table) -> None:
        """Let SQL read an Arrow table."""
        self._connection.register("given_rows", rows)
        self._connection.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM given_rows")  # noqa: S608  (as above)
        self._connection.unregister("given_rows")

    def name_view(self, name: str) -> None:
        """Let SQL read what a step's file selects, without writing it."""
        self._connection.execute(f"CREATE OR REPLACE VIEW {name} AS {step_sql(name)}")

    def run(self, step: str, path: Path, *, name: str | None = None) -> None:
        """Write what a step selects as a Parquet file, unless that is there, and name it for later steps.

        Args:
            step: the SQL file.
            path: of the result; until it is whole it has another name, so a killed step is run again.
            name: of the result in SQL; that of the step by default.
        """
        began = time.perf_counter()
        seconds = 0.0
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            draft = path.with_name(path.name + _DRAFT)
            with self._errors_of(step):
                self._connection.execute(
                    f"COPY ({step_sql(step)}) TO {_quoted(draft)} (FORMAT parquet, COMPRESSION zstd)"
                )
            draft.replace(path)
            seconds = time.perf_counter() - began
        self.name_files(name or step, [path])
        self._record(step, pq.read_metadata(path).num_rows, seconds, path.stat().st_size)

    def run_kernel(
        self, step: str, kernel: Kernel, files: Mapping[str, Path], schemas: Mapping[str, pa.Schema]
    ) -> None:
        """Pass what a step selects through a function, batch by batch, and write the results.

        Args:
            step: the SQL file.
            kernel: from a batch to a batch for each file.
            files: by name; the last one is renamed last, and shows that the step is done.
            schemas: of the files, by name.
        """
        began = time.perf_counter()
        done = list(files.values())[-1]
        seconds = 0.0
        if not done.exists():
            for path in files.values():
                path.parent.mkdir(parents=True, exist_ok=True)
            drafts = {name: path.with_name(path.name + _DRAFT) for name, path in files.items()}
            writers = {name: pq.ParquetWriter(drafts[name], schemas[name], compression="zstd") for name in files}
            try:
                with self._errors_of(step):
                    for batch in self._connection.sql(step_sql(step)).to_arrow_reader(_KERNEL_ROWS):
                        for name, rows in kernel(batch).items():
                            writers[name].write_batch(rows)
            finally:
                for writer in writers.values():
                    writer.close()
            for name, path in files.items():
                drafts[name].replace(path)
            seconds = time.perf_counter() - began
        self._record(
            step, pq.read_metadata(done).num_rows, seconds, sum(path.stat().st_size for path in files.values())
        )

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Return the rows of a short question."""
        rows: list[tuple[Any, ...]] = self._connection.execute(sql).fetchall()
        return rows

    @contextmanager
    def _errors_of(self, step: str) -> Iterator[None]:
        try:
            yield
        except self._error as error:
            first = str(error).partition("\n")[0]
            raise ReleaseError(f"the step {step} over older turns failed: {first}") from None

    def _record(self, step: str, rows: int, seconds: float, size: int) -> None:
        self.records.append(StepRecord(step=step, rows=rows, seconds=round(seconds, 3), bytes=size))
        if self._progress is not None:
            self._progress(step, len(self.records), None)


@cache
def step_sql(step: str) -> str:
    """Return the SQL of a step.

    >>> "GROUP BY" in step_sql("priors")
    True
    """
    return resources.files("sayagain.learning.history").joinpath("sql", f"{step}.sql").read_text(encoding="utf-8")


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
