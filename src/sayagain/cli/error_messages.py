"""Error messages: one line on standard error for each error, and its exit code."""

import difflib
import os
import sys
from collections.abc import Iterable
from contextlib import suppress

import msgspec
from cyclopts import CycloptsError
from cyclopts.exceptions import (
    CoercionError,
    MissingArgumentError,
    UnknownCommandError,
    UnknownOptionError,
    UnusedCliTokensError,
)

from sayagain.cli.output import Output
from sayagain.errors import GateRefused, SayagainError

__all__ = ["EXIT_CODES", "Failure", "as_failure", "print_failure", "suggest"]

EXIT_CODES = {
    0: "success",
    1: "`ingest --strict` read lines that are not turns; the other lines are stored",
    2: "the command failed; standard error says why",
    3: "the gate refused the release in `promote`",
    4: "`doctor` found something that does not work",
    130: "interrupted with Ctrl-C",
    141: "the reader of the output closed the pipe",
}
"""Meaning of each exit code."""


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """Why a command failed."""

    kind: str
    """Class name of the error."""
    message: str
    """One sentence; empty when nobody reads the output."""
    exit_code: int
    """Exit code of the process."""


def as_failure(error: BaseException) -> Failure | None:
    """Return the failure to report for an error; None for a bug in sayagain, whose traceback is worth keeping.

    >>> as_failure(SayagainError("home.db is not a database")).exit_code
    2
    """
    code = 2
    match error:
        case KeyboardInterrupt():
            return Failure(kind="Interrupted", message=str(error) or "interrupted", exit_code=130)
        case BrokenPipeError():
            return Failure(kind="BrokenPipe", message="", exit_code=141)
        case CycloptsError():
            kind, message = "UsageError", _usage_message(error)
        case SayagainError():
            kind, message = type(error).__name__, str(error)
            code = 3 if isinstance(error, GateRefused) else 2
        case OSError():
            reason = (error.strerror or str(error)).lower()
            file = error.filename if error.filename is not None else "the output"
            kind, message = "OSError", f"{os.fsdecode(file) if isinstance(file, str | bytes) else file}: {reason}"
        case _:
            return None
    return Failure(kind=kind, message=message, exit_code=code)


def print_failure(failure: Failure, out: Output) -> None:
    """Print a failure, and flush both streams so that Python prints nothing about closed ones at exit."""
    _flush_or_drop("stdout")
    if failure.message:
        # Standard error may be closed too.
        with suppress(OSError):
            out.remark(f"sayagain: {failure.message}", error=failure)
    _flush_or_drop("stderr")


def suggest(name: str, known: Iterable[str]) -> str:
    """Return `; did you mean …?` with the most similar known name, or an empty string.

    >>> suggest("lern", ["ingest", "learn"])
    '; did you mean learn?'
    """
    close = difflib.get_close_matches(name, list(known), n=1)
    return f"; did you mean {close[0]}?" if close else ""


def _flush_or_drop(name: str) -> None:
    stream = getattr(sys, name)
    try:
        stream.flush()
    except OSError:
        # Python would write the rest of the buffer again at exit, and print an error.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def _usage_message(error: CycloptsError) -> str:
    command = " ".join(("sayagain", *(error.command_chain or ())))
    match error:
        case UnknownCommandError():
            return _unknown_command(error, command)
        case UnknownOptionError():
            name = error.token.keyword or error.token.value
            options = [option for argument in error.argument_collection if argument.parse for option in argument.names]
            return f"unknown option {name}{suggest(name.split('=')[0], options) or f'; see: {command} --help'}"
        case UnusedCliTokensError():
            extra = " ".join((error.unused_tokens or [])[:3])
            return f"unexpected argument {extra}; put quotes around an argument of several words; see: {command} --help"
        case MissingArgumentError() if error.argument is not None:
            return f"{_missing_message(error.argument.name, error)}; see: {command} --help"
        case CoercionError() if error.token is not None:
            name = error.token.keyword or (error.argument.name.upper() if error.argument else "an argument")
            expected = {int: "a whole number", float: "a number", bool: "no value"}.get(error.target_type or str)
            if expected is not None:
                return f"{name} is {error.token.value}; expected {expected}"
    error.verbose = False
    text = str(error).strip().rstrip(".")
    return f"{text[:1].lower()}{text[1:]}"


def _missing_message(name: str, error: MissingArgumentError) -> str:
    if error.keyword is not None:
        return f"{error.keyword} needs a value"
    if not name.startswith("-"):
        return f"{name.upper()} is missing"
    unknown = [token for token in error.unused_tokens or [] if token.startswith("--")]
    return f"{name} is missing" + (f" and {unknown[0]} is unknown" if unknown else "")


def _unknown_command(error: UnknownCommandError, command: str) -> str:
    name = (error.unused_tokens or ["?"])[0]
    if name.startswith("-"):
        return f"unknown option {name} before the command; options follow the command, as in: {command} learn --db FILE"
    known_names = [word for word in error.app.resolved_commands() if not word.startswith("-")] if error.app else []
    commands = ", ".join(known_names)
    return f"unknown command {name}{suggest(name, known_names) or f'; the commands are: {commands}'}"
