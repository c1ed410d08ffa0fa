"""The demo: a month in simulated homes, learn, and the next week once without and once with what was learnt.

The people and their homes are simulated; the voices, the rooms' noise, the speech recognition and the understanding are
real, so the mishearings are. Learning sees the log alone; the truth only counts.
"""

import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
from cyclopts import Parameter
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from sayagain.cli.output import Output, count, plain_text, table

if TYPE_CHECKING:
    from sayagain.household import Week
    from sayagain.learner import Progress
    from sayagain.runtime import Decision

__all__ = ["DemoResult", "demo", "run_demo"]

HOMES = 8
"""Homes of the hundred that take part."""

WEEKS = 4
"""Weeks learnt from."""


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """One rewrite of the last week."""

    heard: str
    """The request as heard."""
    text: str
    """The words passed on instead."""
    said: str
    """What was really said."""
    layer: str
    """Where the rewrite came from."""
    why: str
    """In plain words."""


class DemoResult(msgspec.Struct, frozen=True, kw_only=True):
    """What the demo found."""

    learnt_from: int
    """Turns of the month."""
    turns: tuple[int, int]
    """Turns of the next week, without and with sayagain; people repeat themselves less when it works."""
    defects: tuple[int, int]
    """Those answered wrongly."""
    rewritten: int
    """Requests rewritten."""
    wins: int
    """Rewrites of requests that would have failed and did not."""
    losses: int
    """Rewrites of requests that would have worked and did not."""
    still_wrong: int
    """Rewrites of requests that would have failed and failed with the rewrite too: something else was done."""
    best: list[Shown]
    """The ten surest rewrites that won, each wording once."""
    lost: list[Shown]
    """Every rewrite that lost."""
    database: str | None
    """Where the learnt database is kept, when it was asked for."""


def demo(
    *, keep: Path | None = None, json: Annotated[bool, Parameter(negative="", show_default=False)] = False
) -> None:
    """Live a month in simulated homes, learn from its log, and live the next week without and with what was learnt.

    Args:
        keep: Keep the database here, to look around with the other commands; a new file.
        json: One JSON document on standard output.
    """
    out = Output(as_json=json)
    with out.progress() as progress:
        if keep is not None:
            found = run_demo(keep, progress)
        else:
            with tempfile.TemporaryDirectory() as folder:
                found = msgspec.structs.replace(run_demo(Path(folder) / "demo.db", progress), database=None)
    out.result(found, Group(*_told(found)))
    if found.database is not None:
        out.remark(f"next: sayagain defects --db {found.database}")


def run_demo(
    database: Path, progress: "Progress | None" = None, *, homes: int = HOMES, weeks: int = WEEKS
) -> DemoResult:
    """Run the demo in a database.

    Args:
        database: where; made when missing.
        progress: told how far learning has come, as for `Learner.learn`.
        homes: how many homes take part.
        weeks: how many weeks are learnt from.
    """
    from sayagain.household import HouseholdAssistant, RecordedSpeech, Replay  # noqa: PLC0415  (slow to import; the help needs none)
    from sayagain.household.rewriting_front import RewritingFront  # noqa: PLC0415  (the same)
    from sayagain.learner import Learner  # noqa: PLC0415  (the same)

    recorded, assistant = RecordedSpeech.open(), HouseholdAssistant()
    without = Replay(homes=homes, recorded=recorded, assistant=assistant)
    learnt_from = 0
    with Learner(database, position="parsed", holdout=0.0) as learner:
        for number in range(weeks):
            if progress is not None:
                progress("living a month", number, weeks)
            learnt_from += learner.store.add_turns(without.step().turns).new
        learner.promote(learner.learn(progress=progress), force=True)
        decider = learner.runtime.decider
        assert decider is not None
        served = RewritingFront(decider)
        # The same month again, so that the same week can be lived twice.
        again = Replay(homes=homes, recorded=recorded, assistant=assistant)
        for _ in range(weeks):
            again.step()
        plain_week = without.step()
        helped_week = again.step({person.id: served for person in again.people})
        learner.store.add_turns(helped_week.turns)
    return _counted(plain_week, helped_week, served.decisions, learnt_from=learnt_from, database=str(database))


def _counted(
    plain_week: "Week", helped: "Week", decisions: "Mapping[str, Decision]", *, learnt_from: int, database: str
) -> DemoResult:
    won: list[tuple[float, Shown]] = []
    lost: list[Shown] = []
    rewritten = still_wrong = 0
    for turn, truth in zip(helped.turns, helped.truths, strict=True):
        decision = decisions.get(turn.turn_id)
        if decision is None or not decision.changed:
            continue
        rewritten += 1
        shown = Shown(heard=decision.heard, text=decision.text, said=truth.said, layer=decision.layer, why=decision.why)
        if truth.right_without is False and not truth.defect:
            won.append((-(decision.probability or 0.0), shown))
        elif truth.right_without and truth.defect:
            lost.append(shown)
        else:
            still_wrong += truth.defect
    best = {shown.heard: shown for _, shown in sorted(won, key=lambda each: (each[0], each[1].heard))}
    return DemoResult(
        learnt_from=learnt_from,
        turns=(len(plain_week.turns), len(helped.turns)),
        defects=(sum(truth.defect for truth in plain_week.truths), sum(truth.defect for truth in helped.truths)),
        rewritten=rewritten,
        wins=len(won),
        losses=len(lost),
        still_wrong=still_wrong,
        best=list(best.values())[:10],
        lost=lost,
        database=database,
    )


def _told(found: DemoResult) -> Iterator[RenderableType]:
    yield Text(
        f"Learnt from {count(found.learnt_from, 'turn')} of a month, with no label; then the next week was lived twice."
    )
    yield Text()
    rates = [f"{bad / max(turns, 1):.1%}" for bad, turns in zip(found.defects, found.turns, strict=True)]
    rows = [
        ("turns", *(f"{n:,}" for n in found.turns)),
        ("answered wrongly", *(f"{n:,}" for n in found.defects)),
        ("defect rate", *rates),
        ("rewritten", "", f"{found.rewritten:,}"),
        ("wins: would have failed, did not", "", f"{found.wins:,}"),
        ("losses: would have worked, did not", "", f"{found.losses:,}"),
        ("still wrong: would have failed, did", "", f"{found.still_wrong:,}"),
    ]
    yield table("the next week", "without", "with sayagain", rows=rows, right=("without", "with sayagain"))
    yield Text("\nThe ten surest rewrites that repaired a request:\n", style="bold")
    for shown in found.best:
        yield Text(plain_text(f"  “{shown.heard}” → “{shown.text}” ({shown.layer})"))
        yield Padding(Text(plain_text(shown.why), style="dim"), (0, 0, 0, 4))
    if found.lost:
        yield Text("\nThe rewrites that spoiled one:\n", style="bold")
    for shown in found.lost:
        yield Text(plain_text(f"  “{shown.heard}” → “{shown.text}” ({shown.layer}); said was “{shown.said}”"))
