"""Run one benchmark, or all that have their data: python -m benchmarks NAME --train DIR --test DIR [--json FILE]."""

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
    "kernel": None,
    "exports": None,
    "satisfaction": "uss",
    "pretraining": "uss",
    "goals": None,
    "frames": None,
    "failure_points": None,
    "rephrase": None,
    "online": "snips_asr",
    "sound": "coffee_speech",
    "latency": None,
    "serve": None,
    "no_harm": None,
    "cold_start_languages": None,
    "trust": None,
    "teach": None,
    "console": None,
    "homeassistant": None,
    "context_household": None,
    "rewrite_context": "mudoco_qr",
    "explore": None,
    "scale": None,
}
"""Benchmarks by name, each with the data folder that it needs; None if it needs none."""

SERVERS = {"homeassistant": "SAYAGAIN_HOMEASSISTANT_URL"}
"""Benchmarks that need a server, each with the environment variable of its address."""


def main() -> int:
    """Run the benchmarks of the command line; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("name", choices=[*BENCHMARKS, "all"])
    parser.add_argument("--train", type=Path, default=Path(), help="a folder of public data sets, dstc2/ and so on")
    parser.add_argument("--test", type=Path, default=Path(), help="another such folder, or the same")
    parser.add_argument("--json", type=Path, help="where the figures go")
    arguments = parser.parse_args()
    figures: dict[str, Any] = {}
    for name, folder in BENCHMARKS.items():
        if arguments.name not in (name, "all"):
            continue
        missing = [data for data in (arguments.train, arguments.test) if folder and not (data / folder).is_dir()]
        if missing:
            print(f"{name}: left out, {missing[0]} has no {folder}/", file=sys.stderr)
            if arguments.name != "all":
                return 2
            continue
        if arguments.name == "all" and name in SERVERS and SERVERS[name] not in os.environ:
            print(f"{name}: left out, {SERVERS[name]} is not set", file=sys.stderr)
            continue
        print(f"== {name}: learn on {arguments.train}, decide on {arguments.test}" if folder else f"== {name}")
        try:
            figures |= importlib.import_module(f"benchmarks.{name}").run(arguments.train, arguments.test)
        except SayagainError as error:
            print(f"{name}: {error}", file=sys.stderr)
            return 2
    print_table(figures)
    if arguments.json is not None:
        arguments.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return 0


def print_table(figures: dict[str, Any]) -> None:
    """Print all figures of the benchmarks that ran as one table, with the same names as in the JSON file."""

    def rows(name: str, value: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401  (anything that JSON holds)
        if isinstance(value, dict):
            for key, inner in value.items():
                yield from rows(f"{name}.{key}" if name else key, inner)
        else:
            yield name, f"{value:.4g}" if isinstance(value, float) and value != int(value) else str(value)

    table = list(rows("", figures))
    width = max((len(name) for name, _ in table), default=0)
    for name, value in table:
        print(f"{name:<{width}}  {value}")


if __name__ == "__main__":
    sys.exit(main())
