"""The demo: learn from a simulated month, then replay the next week without and with sayagain.

The people and their homes are simulated. The voices, the room noise, the speech recognition and the NLU are real, and
so are the recognition errors. Learning reads only the log; the ground truth serves only to count.
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
"""How many of the hundred homes take part."""

WEEKS = 4
"""How many weeks the release is learnt from."""


class RewriteExample(msgspec.Struct, frozen=True, kw_only=True):
    """One rewrite of the last week."""

    heard: str
    """The request as heard."""
    text: str
    """The words passed on instead."""
    said: str
    """The words that were spoken."""
    layer: str
    """The layer of the rewrite."""
    why: str
    """The reason, in plain words."""


class DemoResult(msgspec.Struct, frozen=True, kw_only=True):
    """Counts and examples of one run of the demo."""

    learnt_from: int
    """Turns of the month that the release was learnt from."""
    turns: tuple[int, int]
    """Turns of the next week, without and with sayagain; people repeat themselves less when it works."""
    defects: tuple[int, int]
    """Turns answered wrongly, without and with sayagain."""
    rewritten: int
    """Rewrites in the week with sayagain."""
    wins: int
    """Rewrites that repaired a failing request."""
    losses: int
    """Rewrites that spoiled a working request."""
    still_wrong: int
    """Rewrites of failing requests that failed all the same."""
    best: list[RewriteExample]
    """The ten wins with the highest probability, each wording once."""
    lost: list[RewriteExample]
    """Every loss."""
    database: str | None
    """The kept database; None unless --keep was given."""


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
        database: path of the database; created when missing.
        progress: called with the progress of learning, as in `Learner.learn`.
        homes: number of homes.
        weeks: number of weeks to learn from.
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
                progress("simulating a month", number, weeks)
            learnt_from += learner.store.add_turns(without.step().turns).new
        learner.promote(learner.learn(progress=progress), force=True)
        decider = learner.runtime.decider
        assert decider is not None
        served = RewritingFront(decider)
        # The same month again, so that both runs of the next week start alike.
        repeated = Replay(homes=homes, recorded=recorded, assistant=assistant)
        for _ in range(weeks):
            repeated.step()
        plain_week = without.step()
        helped_week = repeated.step({person.id: served for person in repeated.people})
        learner.store.add_turns(helped_week.turns)
    return _count_results(plain_week, helped_week, served.decisions, learnt_from=learnt_from, database=str(database))


def _count_results(
    plain_week: "Week", helped: "Week", decisions: "Mapping[str, Decision]", *, learnt_from: int, database: str
) -> DemoResult:
    won: list[tuple[float, RewriteExample]] = []
    lost: list[RewriteExample] = []
    rewritten = still_wrong = 0
    for turn, truth in zip(helped.turns, helped.truths, strict=True):
        decision = decisions.get(turn.turn_id)
        if decision is None or not decision.changed:
            continue
        rewritten += 1
        example = RewriteExample(
            heard=decision.heard, text=decision.text, said=truth.said, layer=decision.layer, why=decision.why
        )
        if truth.right_without is False and not truth.defect:
            won.append((-(decision.probability or 0.0), example))
        elif truth.right_without and truth.defect:
            lost.append(example)
        else:
            still_wrong += truth.defect
    best = {example.heard: example for _, example in sorted(won, key=lambda win: (win[0], win[1].heard))}
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


def _summary(result: DemoResult) -> Iterator[RenderableType]:
    yield Text(
        f"Learnt from a month of {count(result.learnt_from, 'turn')} without labels; the next week was simulated twice."
    )
    yield Text()
    rates = [f"{bad / max(turns, 1):.1%}" for bad, turns in zip(result.defects, result.turns, strict=True)]
    rows = [
        ("turns", *(f"{n:,}" for n in result.turns)),
        ("answered wrongly", *(f"{n:,}" for n in result.defects)),
        ("defect rate", *rates),
        ("rewritten", "", f"{result.rewritten:,}"),
        ("wins: repaired a failing request", "", f"{result.wins:,}"),
        ("losses: spoiled a working request", "", f"{result.losses:,}"),
        ("still wrong: failed all the same", "", f"{result.still_wrong:,}"),
    ]
    yield table("the next week", "without", "with sayagain", rows=rows, right=("without", "with sayagain"))
    yield Text("\nThe ten most probable wins:\n", style="bold")
    for example in result.best:
        yield Text(plain_text(f"  “{example.heard}” → “{example.text}” ({example.layer})"))
        yield Padding(Text(plain_text(example.why), style="dim"), (0, 0, 0, 4))
    if result.lost:
        yield Text("\nAll losses:\n", style="bold")
    for example in result.lost:
        spoken = f"spoken: “{example.said}”"
        yield Text(plain_text(f"  “{example.heard}” → “{example.text}” ({example.layer}); {spoken}"))
