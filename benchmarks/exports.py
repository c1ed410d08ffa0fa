"""Labels leave as training data: does an assistant trained on sayagain's exports understand more?"""

import sys
from pathlib import Path
from typing import Any

from benchmarks.exports_dstc2 import dstc2
from benchmarks.exports_household import household

__all__ = ["run"]


def run(train: Path, test: Path) -> dict[str, Any]:
    """Run both parts and return the figures for JSON; without DSTC2 the household alone, which needs no data."""
    found: dict[str, Any] = {}
    missing = next((part for part in (train, test) if not (part / "dstc2").is_dir()), None)
    if missing is None:
        found["dstc2"] = dstc2(train, test)
    else:
        print(f"exports: the classifier is left out, {missing} has no dstc2/", file=sys.stderr)
    found["household"] = household()
    return {"exports": found}
