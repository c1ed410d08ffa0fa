"""`python -m sayagain.cli` does what `sayagain` does."""

import sys

from sayagain.cli import main

__all__: list[str] = []

if __name__ == "__main__":
    sys.exit(main())
