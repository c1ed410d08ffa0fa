"""The entry point: run a command and return its exit code."""

import io
import os
import sys
from collections.abc import Sequence

from sayagain.cli.error_messages import as_failure, print_failure
from sayagain.cli.output import Output

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; see `EXIT_CODES`.

    Args:
        arguments: the words after `sayagain`; None for those of the process.

    >>> main(["--version"])  # doctest: +ELLIPSIS
    sayagain ...
    0
    """
    _prepare_streams()
    words = list(sys.argv[1:] if arguments is None else arguments)
    out = Output(as_json="--json" in words)
    try:
        # Imported here, because Ctrl-C may come during the import.
        from sayagain.cli.app import app  # noqa: PLC0415  (see above)

        answer = app(words, console=out.results, error_console=out.remarks)
        code = answer if isinstance(answer, int) else 0
        sys.stdout.flush()
    except (Exception, KeyboardInterrupt) as error:
        failure = as_failure(error)
        if failure is None:
            raise
        code = failure.exit_code
        print_failure(failure, out)
    return code


def _prepare_streams() -> None:
    """Make standard output and standard error writable, whatever the shell did to them."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            # Closed by the shell (`>&-`): Python then has no stream.
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123  (for the process)
        elif isinstance(stream, io.TextIOWrapper) and stream.errors == "strict":
            # A terminal whose encoding lacks “ shows ? instead.
            stream.reconfigure(errors="replace")
