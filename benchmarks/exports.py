"""Exports as training data: does an assistant trained on sayagain's exports understand more?"""

import sys
from pathlib import Path
from typing import Any

from benchmarks.exports_dstc2 import dstc2
from benchmarks.exports_household import household

__all__ = ["run"]


def run(train: Path, test: Path) -> dict[str, Any]:
    """Run both parts and return the figures for JSON; without DSTC2 the household alone, which needs no data."""
    figures: dict[str, Any] = {}
    missing = next((folder for folder in (train, test) if not (folder / "dstc2").is_dir()), None)
    if missing is None:
        figures["dstc2"] = dstc2(train, test)
    else:
        print(f"exports: the classifier is left out, {missing} has no dstc2/", file=sys.stderr)
    figures["household"] = household()
    return {"exports": figures}
