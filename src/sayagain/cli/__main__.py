"""Run the command line as a module: `python -m sayagain.cli`."""

import sys

from sayagain.cli import main

__all__: list[str] = []

if __name__ == "__main__":
    sys.exit(main())
