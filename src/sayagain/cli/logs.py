"""Commands that store turns, and the schema of a turn: ingest, observe, schema."""

import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
from cyclopts import Parameter

from sayagain.cli.error_messages import suggest
from sayagain.cli.options import COMMON, CommonOptions, open_learner
from sayagain.cli.output import Output, count
from sayagain.errors import InputError, TurnError

if TYPE_CHECKING:
    from sayagain.assistants import Assistant
    from sayagain.formats import BadRecord
    from sayagain.learner import Ingested

__all__ = ["SHOWN", "ingest", "observe", "schema"]

SHOWN = 20
"""Number of bad lines printed; all are in the reject file."""

_STDIN = "-"


class LogIngested(msgspec.Struct, frozen=True, kw_only=True):
    """Counts of one log."""

    source: str
    """Name of the log as given."""
    new: int
    """Turns stored now."""
    known: int
    """Turns stored before."""
    bad: int
    """Lines or rows that are not turns."""
    omitted: int
    """Bad lines that the reject file has no room for."""
    rejects: str | None
    """The file that holds the other bad lines; None without any."""


class LogsIngested(msgspec.Struct, frozen=True, kw_only=True):
    """Counts of several logs."""

    new: int
    """Turns stored now."""
    known: int
    """Turns stored before."""
    bad: int
    """Lines or rows that are not turns."""
    logs: list[LogIngested]
    """Counts of each log, in the order given."""


def ingest(
    *logs: Annotated[str, Parameter(allow_leading_hyphen=True, required=True)],
    assistant: str | None = None,
    rejects: str | None = None,
    strict: Annotated[bool, Parameter(negative="", show_default=False)] = False,
    common: CommonOptions = COMMON,
) -> int:
    """Store the turns of logs; reading a log again changes nothing.

    Args:
        logs: JSON Lines (plain, gzip, zstd) or Parquet files; - for standard input.
        assistant: Assistant whose event logs these are (JSON Lines or one JSON array); without it, logs hold turns.
        rejects: File for the bad lines of all logs; by default LOG.rejects.jsonl beside each log.
        strict: Exit with 1 when a line is bad; good lines are stored all the same.
        common: Options of every command.
    """
    from sayagain.formats import RejectFile  # noqa: PLC0415  (Parquet is slow to import; not every command needs it)

    out = common.output
    _check(logs, rejects)
    reader = _reader(assistant)
    bad_lines = _BadLines(out)
    ingested: list[LogIngested] = []
    with open_learner(common, make=True) as learner, ExitStack() as closing:
        reject_file = None
        if rejects is not None:
            reject_file = closing.enter_context(RejectFile(rejects, spare=learner.settings.max_rejects))
        try:
            with out.progress() as progress:
                for log in logs:
                    counts = learner.ingest(
                        log, assistant=reader, rejects=reject_file, bad_line=bad_lines.show, progress=progress
                    )
                    ingested.append(_of_log(log, counts))
        except KeyboardInterrupt:
            kept = f"{learner.settings.db_name} keeps {count(learner.store.count(), 'turn')}"
            raise KeyboardInterrupt(f"interrupted; {kept}; run the same command again to add the rest") from None
    files = [log.rejects for log in ingested if log.rejects is not None]
    bad_lines.show_rest(files, sum(log.omitted for log in ingested))
    total = LogsIngested(
        new=sum(log.new for log in ingested),
        known=sum(log.known for log in ingested),
        bad=sum(log.bad for log in ingested),
        logs=ingested,
    )
    lines = [_line(log) for log in ingested]
    if len(ingested) > 1:
        lines.append(f"total: {_counts(total)}")
    out.result(total, lines)
    return 1 if strict and total.bad else 0


def observe(file: Annotated[str, Parameter(allow_leading_hyphen=True)], /, *, common: CommonOptions = COMMON) -> None:
    """Store one turn, with its applied rewrite; the turn is on disk when the command returns.

    Args:
        file: File that holds the turn as JSON; - for standard input.
        common: Options of every command.
    """
    from sayagain.formats import turn_from_line  # noqa: PLC0415  (as in ingest)

    _check_options([file])
    text = sys.stdin.buffer.read() if file == _STDIN else Path(file).read_bytes()
    source = "standard input" if file == _STDIN else file
    try:
        turn = turn_from_line(text.strip())
    except TurnError as error:
        raise TurnError(f"{source}: {error}") from None
    with open_learner(common, make=True) as learner:
        is_known = learner.store.turn(turn.turn_id) is not None
        learner.observe(turn)
    outcome = "was stored before and is unchanged" if is_known else "is stored"
    common.output.result({"turn_id": turn.turn_id, "new": not is_known}, [f"turn {turn.turn_id} {outcome}"])


def schema(*, common: CommonOptions = COMMON) -> None:
    """Print the JSON Schema of a turn, for programs that write logs."""
    from sayagain.formats import write_turn_schema  # noqa: PLC0415  (as in ingest)

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "turn.schema.json")
        write_turn_schema(path)
        common.output.document(path.read_bytes())


class _BadLines:
    """Prints the first bad lines and counts the rest."""

    def __init__(self, out: Output) -> None:
        self._out = out
        self._count = 0

    def show(self, bad: "BadRecord") -> None:
        self._count += 1
        if self._count <= SHOWN:
            line = {"source": bad.source, "line": bad.line, "reason": bad.reason}
            self._out.remark(str(bad), bad_line=line)

    def show_rest(self, files: list[str], omitted: int) -> None:
        if self._count > SHOWN:
            names = " and ".join(dict.fromkeys(files))
            kept = f"all bad lines but {omitted:,} are in {names}; more would exceed its limit" if omitted else None
            self._out.remark(f"… and {self._count - SHOWN:,} more; {kept or f'all bad lines are in {names}'}")


def _check(logs: tuple[str, ...], rejects: str | None) -> None:
    """Check all logs before the first is read, so that a wrong name leaves nothing half done."""
    from sayagain.formats import TurnReader  # noqa: PLC0415  (as in ingest)

    _check_options(logs)
    if logs.count(_STDIN) > 1:
        raise InputError("standard input can be read only once; expected one -")
    for log in logs:
        TurnReader(log)
        if rejects is not None and log != _STDIN and Path(rejects).exists() and Path(rejects).samefile(log):
            raise InputError(f"--rejects is {rejects}, which is one of the logs; expected another file")


def _check_options(names: tuple[str, ...] | list[str]) -> None:
    # `-` may stand for a file, so the parser takes any unknown option for a file.
    for name in names:
        if name.startswith("-") and name != _STDIN:
            options = ["--assistant", "--db", "--help", "--json", "--rejects", "--strict"]
            raise InputError(f"unknown option {name}{suggest(name, options) or f'; a file of that name is ./{name}'}")


def _reader(assistant: str | None) -> "Assistant | None":
    if assistant is None:
        return None
    from sayagain.assistants.by_name import assistant_named  # noqa: PLC0415  (only where an assistant is named)

    return assistant_named(assistant)


def _of_log(log: str, counts: "Ingested") -> LogIngested:
    return LogIngested(
        source="standard input" if log == _STDIN else log,
        new=counts.new,
        known=counts.known,
        bad=counts.bad,
        omitted=counts.omitted,
        rejects=counts.rejects,
    )


def _line(log: LogIngested) -> str:
    reject_note = f" (in {log.rejects})" if log.rejects is not None else ""
    return f"{log.source}: {_counts(log)}{reject_note}"


def _counts(ingested: LogIngested | LogsIngested) -> str:
    parts = [count(ingested.new, "new turn")]
    if ingested.known:
        parts.append(f"{ingested.known:,} stored before")
    if ingested.bad:
        parts.append(count(ingested.bad, "bad line"))
    return ", ".join(parts)
