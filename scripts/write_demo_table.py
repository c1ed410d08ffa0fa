"""Run the demo and write its table into README.md and docs/results.md.

    python scripts/write_demo_table.py

Run it in an environment as `make demo` makes it, without the extra `models`, whose judge changes the figures a little.
"""

import re
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

from sayagain.cli.demo import DemoResult, run_demo
from sayagain.cli.demo_run import WeekComparison

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = (ROOT / "README.md", ROOT / "docs" / "results.md")
TABLE = re.compile(r"^\| the next week[ ,].*?\n(?=\n)", re.MULTILINE | re.DOTALL)


def main() -> int:
    """Run the demo, then write both tables; return the exit code."""
    if find_spec("onnxruntime") is not None:
        print("the extra `models` is installed here; the demo's figures are those without it", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as folder:
        written = table(run_demo(Path(folder) / "demo.db"))
    for path in DOCUMENTS:
        text, times = TABLE.subn(lambda _: written, path.read_text(encoding="utf-8"))
        if times != 1:
            print(f"{path.name}: {times} tables of the demo, not one", file=sys.stderr)
            return 1
        path.write_text(text, encoding="utf-8")
    print(written, end="")
    return 0


def table(result: DemoResult) -> str:
    """Return the demo's table in Markdown."""
    pooled, alone = result.pooled, result.one_home
    rows = [
        ("the next week", "eight homes, without", "with sayagain", "one home alone, without", "with sayagain"),
        ("---",) * 5,
        ("turns", *_pairs(pooled, alone, "turns")),
        ("answered wrongly", *_pairs(pooled, alone, "defects")),
        ("defect rate", *(f"{week.defects[k] / week.turns[k]:.1%}" for week in (pooled, alone) for k in (0, 1))),
        ("rewritten", *_counts(pooled, alone, "rewritten")),
        ("asked first: yes, no", *_answers(pooled, alone)),
        ("wins: repaired a failing request", *_counts(pooled, alone, "wins")),
        ("losses: spoiled a working request", *_counts(pooled, alone, "losses")),
        ("still wrong: failed all the same", *_counts(pooled, alone, "still_wrong")),
    ]
    lines = ("| " + " | ".join(row) + " |" for row in rows)
    return "".join(re.sub(r" {2,}", " ", line).replace("| --- " * 5 + "|", "|---" * 5 + "|") + "\n" for line in lines)


def _pairs(pooled: WeekComparison, alone: WeekComparison, name: str) -> list[str]:
    return [f"{n:,}" for week in (pooled, alone) for n in getattr(week, name)]


def _answers(pooled: WeekComparison, alone: WeekComparison) -> list[str]:
    return [text for week in (pooled, alone) for text in ("", f"{week.confirmed:,}, {week.declined:,}")]


def _counts(pooled: WeekComparison, alone: WeekComparison, name: str) -> list[str]:
    return [text for week in (pooled, alone) for text in ("", f"{getattr(week, name):,}")]


if __name__ == "__main__":
    sys.exit(main())
