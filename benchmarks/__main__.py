"""Run one benchmark, or all whose data is there: python -m benchmarks NAME --train DIR --test DIR [--json FILE]."""

import argparse
import importlib
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sayagain.errors import SayagainError

BENCHMARKS: dict[str, str | None] = {
    "loop": "dstc2",
    "ab": None,
    "layers": None,
    "one_home": None,
    "promise": None,
    "chain": None,
    "exports": None,
    "satisfaction": "uss",
    "pretraining": "uss",
    "goals": None,
    "frames": None,
    "sound": "coffee_speech",
    "serve": None,
    "homeassistant": None,
}
"""By name: the folder of data that it needs; None for none."""

SERVERS = {"homeassistant": "SAYAGAIN_HOMEASSISTANT_URL"}
"""By name: what names the server that it needs."""


def main() -> int:
    """Run what the command line asks for; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("name", choices=[*BENCHMARKS, "all"])
    parser.add_argument("--train", type=Path, default=Path(), help="a folder of public data sets, dstc2/ and so on")
    parser.add_argument("--test", type=Path, default=Path(), help="another such folder, or the same")
    parser.add_argument("--json", type=Path, help="where the figures go")
    asked = parser.parse_args()
    figures: dict[str, Any] = {}
    for name, folder in BENCHMARKS.items():
        if asked.name not in (name, "all"):
            continue
        missing = [part for part in (asked.train, asked.test) if folder and not (part / folder).is_dir()]
        if missing:
            print(f"{name}: left out, {missing[0]} has no {folder}/", file=sys.stderr)
            if asked.name != "all":
                return 2
            continue
        if asked.name == "all" and name in SERVERS and SERVERS[name] not in os.environ:
            print(f"{name}: left out, {SERVERS[name]} is not set", file=sys.stderr)
            continue
        print(f"== {name}: learn on {asked.train}, decide on {asked.test}" if folder else f"== {name}")
        try:
            figures |= importlib.import_module(f"benchmarks.{name}").run(asked.train, asked.test)
        except SayagainError as error:
            print(f"{name}: {error}", file=sys.stderr)
            return 2
    print_table(figures)
    if asked.json is not None:
        asked.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return 0


def print_table(figures: dict[str, Any]) -> None:
    """Print every figure of all benchmarks that ran as one table, under the names that `--json` gives them."""

    def rows(name: str, value: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401  (anything that JSON holds)
        if isinstance(value, dict):
            for key, inner in value.items():
                yield from rows(f"{name}.{key}" if name else key, inner)
        else:
            yield name, f"{value:.4g}" if isinstance(value, float) and value != int(value) else str(value)

    found = list(rows("", figures))
    width = max((len(name) for name, _ in found), default=0)
    for name, value in found:
        print(f"{name:<{width}}  {value}")


if __name__ == "__main__":
    sys.exit(main())
