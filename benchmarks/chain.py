"""The chain alone: aware of rewrites, with live correction too, unaware of rewrites, and plain pair counts.

In the household, a turn is judged by its response and by whether the user had to continue, and names change their
meaning in one week; on real calls nothing changes and nothing is served.
"""

import sys
from pathlib import Path
from typing import Any

from benchmarks.chain_dstc2 import run_dstc2
from benchmarks.chain_household import VARIANTS, run_household

__all__ = ["run"]


def run(_train: Path, test: Path) -> dict[str, Any]:
    """Run the benchmark and print its tables; return the figures. Without DSTC2 the real calls are left out."""
    figures: dict[str, Any] = {}
    if (test / "dstc2").is_dir():
        figures["dstc2"] = run_dstc2(test)
        _print("dstc2", figures["dstc2"])
    else:
        print(f"chain: real calls left out, {test} has no dstc2/", file=sys.stderr)
    figures["household"] = {variant: run_household(variant) for variant in VARIANTS}
    _print("household", figures["household"])
    return {"chain": figures}


def _print(log: str, by_variant: dict[str, dict[str, Any]]) -> None:
    head = f"{'wins':>6} {'losses':>6} {'ratio':>6} {'coverage':>8} {'flips':>6} {'weeks to retire':>15}"
    print(f"{log:<20} {head}")
    for variant, figures in by_variant.items():
        retire = "-" if figures["weeks_to_retire"] is None else f"{figures['weeks_to_retire']:.1f}"
        print(
            f"{variant:<20} {figures['wins']:>6.0f} {figures['losses']:>6.0f} {figures['ratio']:>6.1f} "
            f"{figures['coverage']:>8.2%} {figures['flips']:>6.2f} {retire:>15}",
            flush=True,
        )
