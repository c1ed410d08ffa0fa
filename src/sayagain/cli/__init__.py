"""The command line, `sayagain COMMAND`: results on standard output, remarks and progress on standard error."""

from sayagain.cli.entry import main

__all__ = ["main"]
