"""Errors as sentences: what went wrong, in one line on standard error, and the exit code that goes with it."""

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

__all__ = ["EXIT_CODES", "Failure", "failed", "nearest", "told"]

EXIT_CODES = {
    0: "done",
    1: "done, but `ingest --strict` met bad lines",
    2: "what was asked cannot be done; standard error says why",
    3: "`promote` was refused by the gate",
    130: "interrupted with Ctrl-C",
    141: "whoever read the output stopped reading",
}
"""What each exit code means."""


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """Why a command did not end well."""

    kind: str
    """The name of the error's class."""
    message: str
    """One sentence; empty when there is nobody to tell."""
    exit_code: int
    """What the process ends with."""


def failed(error: BaseException) -> Failure | None:
    """Return what to tell of an error; None for a fault of sayagain's own, whose traceback is worth keeping.

    >>> failed(SayagainError("home.db is no database")).exit_code
    2
    """
    code = 2
    match error:
        case KeyboardInterrupt():
            return Failure(kind="Interrupted", message=str(error) or "interrupted", exit_code=130)
        case BrokenPipeError():
            return Failure(kind="BrokenPipe", message="", exit_code=141)
        case CycloptsError():
            kind, message = "UsageError", _usage(error)
        case SayagainError():
            kind, message = type(error).__name__, str(error)
            code = 3 if isinstance(error, GateRefused) else 2
        case OSError():
            what = (error.strerror or str(error)).lower()
            named = error.filename if error.filename is not None else "the output"
            kind, message = "OSError", f"{os.fsdecode(named) if isinstance(named, str | bytes) else named}: {what}"
        case _:
            return None
    return Failure(kind=kind, message=message, exit_code=code)


def told(failure: Failure, out: Output) -> None:
    """Print a failure, and make sure that nothing else is said at exit about streams that are closed."""
    _flush_or_drop("stdout")
    if failure.message:
        # When standard error is closed too, there is nobody left to tell.
        with suppress(OSError):
            out.remark(f"sayagain: {failure.message}", error=failure)
    _flush_or_drop("stderr")


def nearest(name: str, known: Iterable[str]) -> str:
    """Return `; did you mean …?` for the nearest name, or nothing.

    >>> nearest("lern", ["ingest", "learn"])
    '; did you mean learn?'
    """
    close = difflib.get_close_matches(name, list(known), n=1)
    return f"; did you mean {close[0]}?" if close else ""


def _flush_or_drop(name: str) -> None:
    stream = getattr(sys, name)
    try:
        stream.flush()
    except OSError:
        # What is left in the buffer would be tried again at exit, and complained about.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def _usage(error: CycloptsError) -> str:
    command = " ".join(("sayagain", *(error.command_chain or ())))
    match error:
        case UnknownCommandError():
            return _unknown_command(error, command)
        case UnknownOptionError():
            name = error.token.keyword or error.token.value
            known = [each for argument in error.argument_collection if argument.parse for each in argument.names]
            return f"unknown option {name}{nearest(name.split('=')[0], known) or f'; see: {command} --help'}"
        case UnusedCliTokensError():
            extra = " ".join((error.unused_tokens or [])[:3])
            return f"unexpected argument {extra}; several words that belong together need quotes; see: {command} --help"
        case MissingArgumentError() if error.argument is not None:
            return f"{_missing(error.argument.name, error)}; see: {command} --help"
        case CoercionError() if error.token is not None:
            name = error.token.keyword or (error.argument.name.upper() if error.argument else "an argument")
            expected = {int: "a whole number", float: "a number", bool: "no value"}.get(error.target_type or str)
            if expected is not None:
                return f"{name} is {error.token.value}; expected {expected}"
    error.verbose = False
    text = str(error).strip().rstrip(".")
    return f"{text[:1].lower()}{text[1:]}"


def _missing(name: str, error: MissingArgumentError) -> str:
    if error.keyword is not None:
        return f"{error.keyword} needs a value"
    if not name.startswith("-"):
        return f"{name.upper()} is missing"
    unknown = [each for each in error.unused_tokens or [] if each.startswith("--")]
    return f"{name} is missing" + (f" and {unknown[0]} is unknown" if unknown else "")


def _unknown_command(error: UnknownCommandError, command: str) -> str:
    name = (error.unused_tokens or ["?"])[0]
    if name.startswith("-"):
        return f"unknown option {name} before the command; options come after it, as in: {command} learn --db FILE"
    known = [each for each in error.app.resolved_commands() if not each.startswith("-")] if error.app else []
    there = ", ".join(known)
    return f"unknown command {name}{nearest(name, known) or f'; there are: {there}'}"
