"""Trust: killed writers, broken input, planted secrets and poisoning; each counted, and each meant to be 0.

A short run by default; `make trust` runs the full scale:

    python -m benchmarks.trust --kills 1000 --inputs 10000000 --secrets 5000 --accounts 10 --json trust.json

Made data, nothing is tuned on it.
"""

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.trust_inputs import break_readers
from benchmarks.trust_kills import kill_writers
from benchmarks.trust_poison import poison
from benchmarks.trust_secrets import search_secrets

__all__ = ["Scale", "measure", "run"]


class Scale(NamedTuple):
    """How much is tried."""

    kills: int = 120
    """Killed writers, all kinds together."""
    inputs: int = 60_000
    """Broken inputs, all readers together."""
    secrets: int = 200
    """Planted secrets."""
    accounts: tuple[int, ...] = (1, 2, 3, 10)
    """Sizes of the attacker's group."""
    seed: int = 1
    """Seed of the kills, the inputs and the secrets."""


def run(_train: Path, _test: Path) -> dict[str, Any]:
    """Run the short benchmark; return its figures."""
    return measure(Scale())


def measure(scale: Scale) -> dict[str, Any]:
    """Run all parts; return `trust.{kills,lost,inputs,crashes,planted,leaked,poison.<m>}` and more."""
    parts: dict[str, Callable[[], dict[str, Any]]] = {
        "killed writers": lambda: kill_writers(scale.kills, scale.seed),
        "broken input": lambda: break_readers(scale.inputs, scale.seed),
        "planted secrets": lambda: search_secrets(scale.secrets, scale.seed),
        "poisoning": lambda: poison(scale.accounts),
    }
    figures: dict[str, Any] = {}
    for title, part in parts.items():
        print(f"-- {title}", flush=True)
        figures |= part()
    return {"trust": figures}


def main() -> int:
    """Run at the scale of the command line; return 1 where anything was lost, crashed, leaked or poisoned."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.trust", description=__doc__)
    parser.add_argument("--kills", type=int, default=Scale().kills)
    parser.add_argument("--inputs", type=int, default=Scale().inputs)
    parser.add_argument("--secrets", type=int, default=Scale().secrets)
    parser.add_argument("--accounts", type=int, help="attack with 1 to so many accounts")
    parser.add_argument("--seed", type=int, default=Scale().seed)
    parser.add_argument("--json", type=Path, help="where the figures go")
    given = parser.parse_args()
    accounts = Scale().accounts if given.accounts is None else tuple(range(1, given.accounts + 1))
    figures = measure(Scale(given.kills, given.inputs, given.secrets, accounts, given.seed))
    text = json.dumps(figures, indent=1)
    print(text)
    if given.json is not None:
        given.json.write_text(text + "\n", encoding="utf-8")
    trust = figures["trust"]
    sensitive = (value for name, part in trust.items() if name.endswith("_sensitive") for value in part.values())
    return int(any([trust["lost"], trust["crashes"], trust["leaked"], *trust["poison"].values(), *sensitive]))


if __name__ == "__main__":
    sys.exit(main())
