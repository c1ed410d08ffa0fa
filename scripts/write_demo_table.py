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

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = (ROOT / "README.md", ROOT / "docs" / "results.md")
TABLE = re.compile(r"^\| the next week, eight homes .*?\n(?=\n)", re.MULTILINE | re.DOTALL)


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
    (without, served), (failed, failed_served) = result.turns, result.defects
    rows = [
        ("the next week, eight homes", "without", "with sayagain"),
        ("---", "---", "---"),
        ("turns", f"{without:,}", f"{served:,}"),
        ("answered wrongly", f"{failed:,}", f"{failed_served:,}"),
        ("defect rate", f"{failed / without:.1%}", f"{failed_served / served:.1%}"),
        ("rewritten", "", f"{result.rewritten:,}"),
        ("wins: repaired a failing request", "", f"{result.wins:,}"),
        ("losses: spoiled a working request", "", f"{result.losses:,}"),
        ("still wrong: failed all the same", "", f"{result.still_wrong:,}"),
    ]
    lines = ("| " + " | ".join(row) + " |" for row in rows)
    return "".join(re.sub(r" {2,}", " ", line).replace("| --- | --- | --- |", "|---|---|---|") + "\n" for line in lines)


if __name__ == "__main__":
    sys.exit(main())
