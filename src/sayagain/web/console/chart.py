"""Charts as SVG without styles of their own, so that a strict content security policy holds; texts stand around them.

The drawing is stretched to the width of the page, so it holds shapes alone; labels are HTML and keep their size.
"""

from collections.abc import Sequence
from typing import Literal

import msgspec
from markupsafe import Markup

__all__ = ["Chart", "Series", "draw", "top_of"]


_WIDEST = 8.0
"""Widest bar, in percent of the drawing: a chart of two days is no wall."""


class Series(msgspec.Struct, frozen=True, kw_only=True):
    """One line, or one part of each bar."""

    name: str
    """Key of its name among the texts, or a name that a log holds."""
    values: list[float | None]
    """A value for each point; None where there is none."""
    low: list[float] | None = None
    """Lower bounds of a line."""
    high: list[float] | None = None
    """Upper bounds of a line."""


class Chart(msgspec.Struct, frozen=True, kw_only=True):
    """A chart over time; the page shows its numbers in a table, too."""

    title: str
    """Key of its title among the texts."""
    kind: Literal["line", "bars"]
    """A line with its interval, or stacked bars."""
    unit: Literal["share", "count"]
    """What the values are."""
    at: list[int]
    """Start of the period of each point, in milliseconds since 1970."""
    series: list[Series]
    """What is drawn."""


def top_of(chart: Chart) -> float:
    """Return the upper end of the vertical axis: a round number above all values.

    >>> top_of(Chart(title="t", kind="bars", unit="count", at=[0], series=[Series(name="a", values=[7.0])]))
    8
    """
    if chart.kind == "bars":
        highest = max((sum(values) for values in _columns(chart)), default=0.0)
    else:
        highest = max(
            (value for series in chart.series for value in [*_shown(series), *(series.high or ())]), default=0
        )
    if chart.unit == "share":
        return next((top for top in (0.05, 0.1, 0.2, 0.3, 0.5, 0.75) if highest <= top), 1.0)
    step = 1
    while True:
        for factor in (2, 4, 6, 8, 10, 12, 16, 20):
            if highest <= factor * step:
                return factor * step
        step *= 10


def draw(chart: Chart) -> Markup:
    """Return the drawing as SVG.

    >>> "<rect" in draw(Chart(title="t", kind="bars", unit="count", at=[0], series=[Series(name="a", values=[7.0])]))
    True
    """
    top = top_of(chart)
    grid = "".join(
        f'<line class="grid" x1="0" x2="100" y1="{y}" y2="{y}" vector-effect="non-scaling-stroke"/>'
        for y in (0, 50, 100)
    )
    shapes = _bars(chart, top) if chart.kind == "bars" else _lines(chart, top)
    # Numbers and constants only: nothing that a log holds is part of the drawing.
    return Markup(  # noqa: S704  (see above)
        '<svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
        f"{grid}{shapes}</svg>"
    )


def _shown(series: Series) -> list[float]:
    return [value for value in series.values if value is not None]


def _columns(chart: Chart) -> list[list[float]]:
    return [[series.values[place] or 0.0 for series in chart.series] for place in range(len(chart.at))]


def _bars(chart: Chart, top: float) -> str:
    slot = 100 / max(1, len(chart.at))
    width = min(slot - min(slot * 0.2, 1.0), _WIDEST)
    shapes = []
    for place, values in enumerate(_columns(chart)):
        floor = 0.0
        for number, value in enumerate(values):
            height = 100 * value / top
            if height:
                x, y = place * slot + (slot - width) / 2, 100 - floor - height
                shapes.append(
                    f'<rect class="s{number}" x="{x:.2f}" y="{y:.2f}" width="{width:.2f}" height="{height:.2f}"/>'
                )
            floor += height
    return "".join(shapes)


def _lines(chart: Chart, top: float) -> str:
    shapes = []
    for number, series in enumerate(chart.series):
        if series.low is not None and series.high is not None:
            upper = _points(series.high, top)
            lower = _points(series.low, top)
            shapes.append(f'<polygon class="band s{number}" points="{" ".join([*upper, *reversed(lower)])}"/>')
        drawn = " ".join(_points(series.values, top))
        shapes.append(f'<polyline class="s{number}" points="{drawn}" vector-effect="non-scaling-stroke"/>')
    return "".join(shapes)


def _points(values: Sequence[float | None], top: float) -> list[str]:
    last = max(1, len(values) - 1)
    return [
        f"{100 * place / last:.2f},{100 - 100 * min(value, top) / top:.2f}"
        for place, value in enumerate(values)
        if value is not None
    ]
