"""Commands that store turns, and the schema of a turn: ingest, observe, schema."""

import re
import sys
import tempfile
from collections import Counter
from contextlib import ExitStack
from datetime import UTC, datetime
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
    from sayagain.formats import BadRecord, ColumnMap
    from sayagain.learner import Ingested
    from sayagain.turns import Turn

__all__ = ["SHOWN", "ingest", "observe", "schema"]

SHOWN = 20
"""Number of kinds of bad lines of which the first is printed; all lines are in the reject file."""

PREVIEWED = 3
"""Number of turns printed of a log whose columns are guessed."""

_VALUES = re.compile(r"\"[^\"]*\"|'[^']*'|\d+")
"""What differs between bad lines of one kind: quoted values and numbers."""

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
    columns: Annotated[tuple[str, ...] | None, Parameter(name="--map", negative="")] = None,
    guess: Annotated[bool, Parameter(negative="", show_default=False)] = False,
    zone: str | None = None,
    time_format: str | None = None,
    rejects: str | None = None,
    strict: Annotated[bool, Parameter(negative="", show_default=False)] = False,
    common: CommonOptions = COMMON,
) -> int:
    """Store the turns of logs; reading a log again changes nothing.

    Args:
        logs: JSON Lines (plain, gzip, zstd) or Parquet files; - for standard input. With --map or --guess also CSV,
            TSV or one JSON array.
        assistant: Assistant whose event logs these are (JSON Lines or one JSON array); without it, logs hold turns.
        columns: Which column holds which field of a turn, as FIELD=COLUMN,FIELD=COLUMN: request=text,started=time.
        guess: Take the columns that their names and values suggest, and print them with the first turns.
        zone: Time zone of times that state none, such as Europe/Berlin; with --map or --guess.
        time_format: Format of times, such as "%d.%m.%Y %H:%M"; with --map or --guess.
        rejects: File for the bad lines of all logs; by default LOG.rejects.jsonl beside each log.
        strict: Exit with 1 when a line is bad; good lines are stored all the same.
        common: Options of every command.
    """
    from sayagain.formats import RejectFile  # noqa: PLC0415  (Parquet is slow to import; not every command needs it)

    out = common.output
    _check(logs, rejects)
    reader = _reader(assistant)
    if not guess and columns is None and (zone or time_format):
        raise InputError("--zone and --time-format go with --map or --guess; a log of turns states its zones")
    if guess and columns is not None:
        raise InputError("--guess and --map exclude each other; expected one of them")
    bad_lines = _BadLines(out)
    ingested: list[LogIngested] = []
    with open_learner(common, make=True) as learner, ExitStack() as closing:
        reject_file = None
        if rejects is not None:
            reject_file = closing.enter_context(RejectFile(rejects, spare=learner.settings.max_rejects))
        try:
            with out.progress() as progress:
                for log in logs:
                    mapped = None
                    if guess or columns is not None:
                        mapped = _column_map(out, log, columns, zone, time_format)
                    counts = learner.ingest(
                        log,
                        assistant=reader,
                        columns=mapped,
                        rejects=reject_file,
                        bad_line=bad_lines.show,
                        progress=progress,
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
    nothing_loaded = total.bad > 0 and not total.new + total.known
    if nothing_loaded:
        hint = (
            ""
            if guess or columns is not None or reader is not None
            else "; if its fields have other names, try --guess"
        )
        lines.append(f"nothing was loaded: no line is a turn{hint}")
    out.result(total, lines)
    return 1 if nothing_loaded or (strict and total.bad) else 0


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


def _column_map(
    out: Output, log: str, pairs: tuple[str, ...] | None, zone: str | None, time_format: str | None
) -> "ColumnMap":
    """Return the column map of a log; print a guessed one with the first turns that it makes."""
    from sayagain.formats import BadRecord, MappedLog, known_columns, make_column_map, sample_rows  # noqa: PLC0415  (as in ingest)

    sample = sample_rows(log)
    mapped = make_column_map(sample, pairs, zone=zone, time_format=time_format)
    if pairs is None:
        stated = ",".join(f"{field}={column}" for field, column in mapped.columns.items())
        unused = [column for column in known_columns(sample) if column not in mapped.columns.values()]
        rest = f" (not used: {', '.join(unused)})" if unused else ""
        out.remark(f"{log}: --map '{stated}'{rest}", columns=mapped.columns, unused=unused)
        for record in list(MappedLog(sample, mapped))[:PREVIEWED]:
            out.remark(f"  {record.reason if isinstance(record, BadRecord) else _preview(record)}")
    return mapped


def _preview(turn: "Turn") -> str:
    started = datetime.fromtimestamp(turn.started / 1000, UTC).isoformat(timespec="seconds")
    answer = f" → “{turn.response.text}”" if turn.response is not None and turn.response.text else ""
    trouble = f" ({turn.trouble})" if turn.trouble else ""
    user = f" {turn.user_id}:" if turn.user_id else ""
    return f"{started}{user} “{turn.request}”{answer}{trouble}"


class _BadLines:
    """Prints the first bad line of each kind and counts the others."""

    def __init__(self, out: Output) -> None:
        self._out = out
        self._counts: Counter[str] = Counter()

    def show(self, bad: "BadRecord") -> None:
        kind = _VALUES.sub("…", bad.reason)
        if not self._counts[kind] and len(self._counts) < SHOWN:
            line = {"source": bad.source, "line": bad.line, "reason": bad.reason}
            self._out.remark(str(bad), bad_line=line)
        self._counts[kind] += 1

    def show_rest(self, files: list[str], omitted: int) -> None:
        unseen = self._counts.total() - min(len(self._counts), SHOWN)
        if not unseen:
            return
        repeated = sum(self._counts.values()) - len(self._counts)
        names = " and ".join(dict.fromkeys(files))
        kept = f"all bad lines but {omitted:,} are in {names}; more would exceed its limit" if omitted else None
        like = f", {repeated:,} of them like those above" if repeated and repeated < unseen else ""
        like = " like those above" if repeated == unseen else like
        self._out.remark(f"… and {unseen:,} more{like}; {kept or f'all bad lines are in {names}'}")


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
            options = ["--assistant", "--db", "--guess", "--help", "--json", "--map", "--rejects", "--strict"]
            options += ["--time-format", "--zone"]
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
