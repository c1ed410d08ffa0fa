"""The command that says where turns broke: counts by stage or place with their trend, and the requests behind them."""

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from rich.console import Group, RenderableType
from rich.text import Text

from sayagain.cli.options import COMMON, CommonOptions, at_least_one, open_learner
from sayagain.cli.output import count, iso, plain_text, share, table
from sayagain.cli.plots import failure_rows, save_plot

if TYPE_CHECKING:
    from sayagain.learner import FailureCause, FailureGroup, FailureReport

__all__ = ["failures"]


def failures(
    *,
    since: str | None = None,
    by: Literal["stage", "device", "room", "intent", "language"] = "stage",
    limit: int = 10,
    plot: Path | None = None,
    common: CommonOptions = COMMON,
) -> None:
    """Say where turns broke: the stage that failed first, how often, and the requests behind it.

    Args:
        since: Start of the period: 24h, 7d or 2w before the last turn, or a time; without it the whole log,
            or the latest 20,000 turns of a longer one.
        by: What failures are counted by.
        limit: Largest number of requests to list.
        plot: File to write a plot of the shares to, as SVG.
        common: Options of every command.
    """
    out = common.output
    most = at_least_one(limit)
    with open_learner(common) as learner:
        report = learner.failures(since, by=by, limit=most)
    out.result(report, Group(*_parts(report)))
    if plot is not None:
        save_plot(
            out, plot, f"Failed turns by {report.by}", failure_rows(report), note=f"{_period(report)}; 95% intervals"
        )
    if report.is_cut:
        out.remark("the log is long, so its latest turns alone were read; --since 30d states another period")
    if report.judged < report.turns:
        unjudged = count(report.turns - report.judged, "turn has", "turns have")
        out.remark(f"{unjudged} not been judged yet, so whether they failed is less sure; run: sayagain learn")


def _parts(report: "FailureReport") -> list[RenderableType]:
    failed = f"{report.failed:,} of {count(report.turns, 'turn')} failed, {_period(report)}"
    parts: list[RenderableType] = [Text(failed)]
    groups = [group for group in report.groups if group.failed]
    if groups:
        rows = (_group_row(group, by_stage=report.by == "stage") for group in groups)
        numbers = ("failed", "share", "95%", "before")
        parts += [Text(""), table(report.by, *numbers, "", rows=rows, right=numbers)]
    if report.causes:
        causes = (_cause_row(cause) for cause in report.causes)
        parts += [Text(""), table("where", "request", "times", rows=causes, right=("times",), apart=True)]
    return parts


def _period(report: "FailureReport") -> str:
    return f"from {iso(report.since)} to {iso(report.until - 1)}"


def _group_row(group: "FailureGroup", *, by_stage: bool) -> tuple[str, ...]:
    remarks = [] if by_stage else [f"mostly {_stage(max(group.stages, key=lambda stage: group.stages[stage]))}"]
    if group.moved is not None:
        remarks.append(f"went {group.moved}")
    return (
        _stage(group.name) if by_stage else group.name,
        f"{group.failed:,}",
        _percent(group.share),
        f"{_percent(group.low)}–{_percent(group.high)}",
        "–" if group.earlier is None else _percent(group.earlier),
        ", ".join(remarks),
    )


def _cause_row(cause: "FailureCause") -> tuple[Text, Text, str]:
    where = Text(_stage(cause.stage))
    where.append(f"\n{share(cause.probability)} sure", style="dim")
    request = Text(f"“{plain_text(cause.words)}”")
    if cause.remedy is not None:
        request.append(f"\n{plain_text(cause.remedy)}")
    request.append(f"\nfor example turn {plain_text(cause.examples[0])}", style="dim")
    return where, request, f"{cause.times:,}"


def _stage(name: str) -> str:
    return name.replace("_", " ")


def _percent(value: float) -> str:
    return f"{value:.1%}"
