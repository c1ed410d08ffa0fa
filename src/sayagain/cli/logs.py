"""Commands that take in turns: ingest, observe; and schema, for those who write them."""

import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
from cyclopts import Parameter

from sayagain.cli.error_messages import nearest
from sayagain.cli.options import COMMON, CommonOptions, open_learner
from sayagain.cli.output import Output, count
from sayagain.errors import InputError, TurnError

if TYPE_CHECKING:
    from sayagain.assistants import Assistant
    from sayagain.formats import BadRecord
    from sayagain.learner import Ingested

__all__ = ["SHOWN", "ingest", "observe", "schema"]

SHOWN = 20
"""How many bad lines are printed; the rest are in the reject file."""

_STDIN = "-"


class LogIngested(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one log."""

    source: str
    """The log as it was named."""
    new: int
    """Turns stored now."""
    known: int
    """Turns that were there before."""
    bad: int
    """Lines or rows that are no turn."""
    rejects: str | None
    """The file that holds them; None without any."""


class LogsIngested(msgspec.Struct, frozen=True, kw_only=True):
    """What became of several logs."""

    new: int
    """Turns stored now."""
    known: int
    """Turns that were there before."""
    bad: int
    """Lines or rows that are no turn."""
    logs: list[LogIngested]
    """Each log by itself, in the order given."""


def ingest(
    *logs: Annotated[str, Parameter(allow_leading_hyphen=True, required=True)],
    assistant: str | None = None,
    rejects: str | None = None,
    strict: Annotated[bool, Parameter(negative="", show_default=False)] = False,
    common: CommonOptions = COMMON,
) -> int:
    """Read logs into the store; reading one again changes nothing.

    Args:
        logs: JSON Lines (plain, gzip, zstd) or Parquet; - for standard input.
        assistant: Whose own logs these are: its events as JSON Lines, or one JSON array; turns when not given.
        rejects: Where bad lines of all logs go; LOG.rejects.jsonl beside each log when not given.
        strict: Exit with 1 when a line is bad; the good ones are stored all the same.
        common: What every command takes.
    """
    from sayagain.formats import RejectFile  # noqa: PLC0415  (Parquet is slow to import; not every command needs it)

    out = common.output
    _check(logs, rejects)
    reader = _reader(assistant)
    bad_lines = _BadLines(out)
    found: list[LogIngested] = []
    with open_learner(common, make=True) as learner, ExitStack() as closing:
        reject_file = closing.enter_context(RejectFile(rejects)) if rejects is not None else None
        try:
            with out.progress() as progress:
                for log in logs:
                    became = learner.ingest(
                        log, assistant=reader, rejects=reject_file, bad_line=bad_lines.tell, progress=progress
                    )
                    found.append(_named(log, became))
        except KeyboardInterrupt:
            there = count(learner.store.count(), "turn")
            kept = f"what was stored stays, {there} in {learner.settings.db_name}"
            raise KeyboardInterrupt(f"interrupted; {kept}; the same command again adds the rest") from None
    bad_lines.tell_rest([each.rejects for each in found if each.rejects is not None])
    total = LogsIngested(
        new=sum(each.new for each in found),
        known=sum(each.known for each in found),
        bad=sum(each.bad for each in found),
        logs=found,
    )
    lines = [_line(each) for each in found]
    if len(found) > 1:
        lines.append(f"in all: {_counts(total)}")
    out.result(total, lines)
    return 1 if strict and total.bad else 0


def observe(file: Annotated[str, Parameter(allow_leading_hyphen=True)], /, *, common: CommonOptions = COMMON) -> None:
    """Store one turn, with what was applied to it; it is on disk when the command returns.

    Args:
        file: The turn as JSON; - for standard input.
        common: What every command takes.
    """
    from sayagain.formats import turn_from_line  # noqa: PLC0415  (as in ingest)

    _check_options([file])
    text = sys.stdin.buffer.read() if file == _STDIN else Path(file).read_bytes()
    named = "standard input" if file == _STDIN else file
    try:
        turn = turn_from_line(text.strip())
    except TurnError as error:
        raise TurnError(f"{named}: {error}") from None
    with open_learner(common, make=True) as learner:
        known = learner.store.turn(turn.turn_id) is not None
        learner.observe(turn)
    said = "was known already, and stays as it was" if known else "is stored"
    common.output.result({"turn_id": turn.turn_id, "new": not known}, [f"turn {turn.turn_id} {said}"])


def schema(*, common: CommonOptions = COMMON) -> None:
    """Print the JSON Schema of a turn, for those who write logs."""
    from sayagain.formats import write_turn_schema  # noqa: PLC0415  (as in ingest)

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "turn.schema.json")
        write_turn_schema(path)
        common.output.document(path.read_bytes())


class _BadLines:
    """Prints the first bad lines and counts the others."""

    def __init__(self, out: Output) -> None:
        self._out = out
        self._count = 0

    def tell(self, bad: "BadRecord") -> None:
        self._count += 1
        if self._count <= SHOWN:
            line = {"source": bad.source, "line": bad.line, "reason": bad.reason}
            self._out.remark(str(bad), bad_line=line)

    def tell_rest(self, files: list[str]) -> None:
        if self._count > SHOWN:
            where = " and ".join(dict.fromkeys(files))
            self._out.remark(f"… and {self._count - SHOWN:,} more, all in {where}")


def _check(logs: tuple[str, ...], rejects: str | None) -> None:
    """Look at all logs before the first is read, so that a wrong name costs no half-done work."""
    from sayagain.formats import TurnReader  # noqa: PLC0415  (as in ingest)

    _check_options(logs)
    if logs.count(_STDIN) > 1:
        raise InputError("standard input can be read only once; - stands there twice")
    for log in logs:
        TurnReader(log)
        if rejects is not None and log != _STDIN and Path(rejects).exists() and Path(rejects).samefile(log):
            raise InputError(f"--rejects is {rejects}, a log that is to be read; expected another file")


def _check_options(given: tuple[str, ...] | list[str]) -> None:
    # `-` may stand where a file does, so the parser takes any option for a file.
    for name in given:
        if name.startswith("-") and name != _STDIN:
            known = ["--assistant", "--db", "--help", "--json", "--rejects", "--strict"]
            raise InputError(f"unknown option {name}{nearest(name, known) or f'; a file of that name is ./{name}'}")


def _reader(assistant: str | None) -> "Assistant | None":
    if assistant is None:
        return None
    from sayagain.assistants.by_name import assistant_named  # noqa: PLC0415  (only where an assistant is named)

    return assistant_named(assistant)


def _named(log: str, became: "Ingested") -> LogIngested:
    return LogIngested(
        source="standard input" if log == _STDIN else log,
        new=became.new,
        known=became.known,
        bad=became.bad,
        rejects=became.rejects,
    )


def _line(log: LogIngested) -> str:
    where = f" (in {log.rejects})" if log.rejects is not None else ""
    return f"{log.source}: {_counts(log)}{where}"


def _counts(found: LogIngested | LogsIngested) -> str:
    parts = [count(found.new, "new turn")]
    if found.known:
        parts.append(f"{found.known:,} known already")
    if found.bad:
        parts.append(count(found.bad, "bad line"))
    return ", ".join(parts)
