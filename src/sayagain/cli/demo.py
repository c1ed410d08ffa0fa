"""The demo: learn from a simulated month, then replay the next week without and with sayagain.

The people and their homes are simulated. The voices, the room noise, the speech recognition and the NLU are real, and
so are the recognition errors. Learning reads only the log; the ground truth serves only to count. What is learnt serves
only if the gate admits it.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
from cyclopts import Parameter
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from sayagain.cli.demo_run import RewriteExample, WeekComparison, run_one_home, run_pooled_homes
from sayagain.cli.output import Output, count, plain_text, table

if TYPE_CHECKING:
    from sayagain.learner import Progress

__all__ = ["DemoResult", "demo", "run_demo"]

HOMES = 8
"""How many of the hundred homes take part."""

WEEKS = 4
"""How many weeks the releases are learnt from."""


class DemoResult(msgspec.Struct, frozen=True, kw_only=True):
    """What one run of the demo counted."""

    pooled: WeekComparison
    """Homes that share one log, in which it is known who speaks and what else was recognised."""
    one_home: WeekComparison
    """The first of them alone, with default settings, on what Home Assistant logs of it."""
    database: str | None
    """The kept database of the pooled homes; None unless --keep was given."""


def demo(
    *, keep: Path | None = None, json: Annotated[bool, Parameter(negative="", show_default=False)] = False
) -> None:
    """Learn from a month in simulated homes, then compare the next week without and with sayagain.

    Args:
        keep: New file in which to keep the database, for the other commands.
        json: Print one JSON document on standard output.
    """
    out = Output(as_json=json)
    with out.progress() as progress:
        if keep is not None:
            result = run_demo(keep, progress)
        else:
            with tempfile.TemporaryDirectory() as folder:
                result = msgspec.structs.replace(run_demo(Path(folder) / "demo.db", progress), database=None)
    out.result(result, Group(*_summary(result)))
    if result.database is not None:
        out.remark(f"next: sayagain defects --db {result.database}")


def run_demo(
    database: Path, progress: "Progress | None" = None, *, homes: int = HOMES, weeks: int = WEEKS
) -> DemoResult:
    """Run the demo in a database.

    Args:
        database: path of the database of the pooled homes; created when missing.
        progress: called with the progress of learning, as in `Learner.learn`.
        homes: number of pooled homes.
        weeks: number of weeks to learn from.
    """
    pooled = run_pooled_homes(database, progress, homes=homes, weeks=weeks)
    with tempfile.TemporaryDirectory() as folder:
        one_home = run_one_home(Path(folder) / "home.db", progress, weeks=weeks)
    return DemoResult(pooled=pooled, one_home=one_home, database=str(database))


def _summary(result: DemoResult) -> Iterator[RenderableType]:
    pooled, alone = result.pooled, result.one_home
    yield Text(
        f"Homes that share a log: learnt from a month of {count(pooled.learnt_from, 'turn')} without labels; the next "
        "week was simulated twice."
    )
    yield from _week("the next week, homes that share a log", pooled)
    yield Text(
        f"\nOne home alone, default settings, what Home Assistant logs: learnt from {count(alone.learnt_from, 'turn')}."
    )
    yield from _week("the next week, one home alone", alone)
    yield Text("\nThe ten most probable wins of the homes that share a log:\n", style="bold")
    yield from (part for example in pooled.best for part in _example(example))
    lost = [*pooled.lost, *alone.lost]
    if lost:
        yield Text("\nAll losses:\n", style="bold")
    for example in lost:
        spoken = f"spoken: “{example.said}”"
        yield Text(plain_text(f"  “{example.heard}” → “{example.text}” ({example.layer}); {spoken}"))


def _week(title: str, week: WeekComparison) -> Iterator[RenderableType]:
    yield Text()
    rates = [f"{bad / max(turns, 1):.1%}" for bad, turns in zip(week.defects, week.turns, strict=True)]
    rows = [
        ("turns", *(f"{n:,}" for n in week.turns)),
        ("answered wrongly", *(f"{n:,}" for n in week.defects)),
        ("defect rate", *rates),
        ("rewritten", "", f"{week.rewritten:,}"),
        ("asked first: yes, no", "", f"{week.confirmed:,}, {week.declined:,}"),
        ("wins: repaired a failing request", "", f"{week.wins:,}"),
        ("losses: spoiled a working request", "", f"{week.losses:,}"),
        ("still wrong: failed all the same", "", f"{week.still_wrong:,}"),
    ]
    yield table(title, "without", "with sayagain", rows=rows, right=("without", "with sayagain"))
    if week.gate is not None:
        yield Text(plain_text(f"Nothing was rewritten: {week.gate}"))


def _example(example: RewriteExample) -> Iterator[RenderableType]:
    yield Text(plain_text(f"  “{example.heard}” → “{example.text}” ({example.layer})"))
    yield Padding(Text(plain_text(example.why), style="dim"), (0, 0, 0, 4))
