"""Plots of commands: the file named by --plot, as SVG."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sayagain.cli.output import Output, plain_text
from sayagain.errors import InputError
from sayagain.reports.interval_plot import IntervalRow, interval_plot

if TYPE_CHECKING:
    from sayagain.evaluation import Report
    from sayagain.learner import FailureReport

__all__ = ["evaluation_rows", "failure_rows", "save_plot"]


def save_plot(out: Output, path: Path, title: str, rows: Sequence[IntervalRow], *, note: str = "") -> None:
    """Write a plot and say where.

    Raises:
        InputError: the file cannot be written.
    """
    try:
        path.write_text(interval_plot(title, rows, note=note), encoding="utf-8")
    except OSError as error:
        raise InputError(f"--plot: {path}: cannot be written ({error.strerror})") from None
    out.remark(plain_text(f"the plot is in {path}"))


def failure_rows(report: "FailureReport") -> list[IntervalRow]:
    """Return the share of failures of each group, with that of the period before."""
    return [
        IntervalRow(
            name=group.name.replace("_", " ") if report.by == "stage" else group.name,
            value=group.share,
            low=group.low,
            high=group.high,
            earlier=group.earlier,
        )
        for group in report.groups
        if group.turns
    ]


def evaluation_rows(report: "Report") -> list[IntervalRow]:
    """Return the gain of a release in its replay, (wins - losses) ÷ turns, and that of the release in use."""
    results = [(f"release {report.release}", report.result)]
    if report.in_use_result is not None:
        results.append((f"in use: release {report.in_use}", report.in_use_result))
    return [
        IntervalRow(
            name=name,
            value=(result.tally.wins - result.tally.losses) / max(result.tally.turns, 1),
            low=result.gain[0],
            high=result.gain[1],
        )
        for name, result in results
    ]
