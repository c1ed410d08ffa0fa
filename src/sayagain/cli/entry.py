"""The entry point: run a command, and end with its exit code."""

import io
import os
import sys
from collections.abc import Sequence

from sayagain.cli.error_messages import failed, told
from sayagain.cli.output import Output

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; see `EXIT_CODES`.

    Args:
        arguments: what follows `sayagain`; those of the process when None.

    >>> main(["--version"])  # doctest: +ELLIPSIS
    sayagain ...
    0
    """
    _standard_streams()
    given = list(sys.argv[1:] if arguments is None else arguments)
    out = Output(as_json="--json" in given)
    try:
        # In here, because Ctrl-C may come while the rest is being imported.
        from sayagain.cli.app import app  # noqa: PLC0415  (see above)

        answer = app(given, console=out.results, error_console=out.remarks)
        code = answer if isinstance(answer, int) else 0
        sys.stdout.flush()
    except (Exception, KeyboardInterrupt) as error:
        failure = failed(error)
        if failure is None:
            raise
        code = failure.exit_code
        told(failure, out)
    return code


def _standard_streams() -> None:
    """Make both streams fit for writing, whatever the shell made of them."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            # Closed by the shell (`>&-`): Python then has none.
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123  (for the process)
        elif isinstance(stream, io.TextIOWrapper) and stream.errors == "strict":
            # A terminal that has no “ shows ? and goes on.
            stream.reconfigure(errors="replace")
