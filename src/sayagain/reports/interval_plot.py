"""A plot of shares with their intervals as one SVG file: no script, no font and no other file."""

from collections.abc import Sequence
from html import escape
from math import ceil, floor

import msgspec

__all__ = ["IntervalRow", "interval_plot"]

_NAMES, _WIDTH, _FIGURES = 220, 400, 150
"""Widths of the names, of the drawing and of the figures, in pixels."""
_ROW, _TOP, _BOTTOM = 30, 56, 40
"""Heights of a row, of the title and of the axis."""
_LONGEST = 28
"""Most letters of a name."""
_TICKS = 4

_STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#1f2933}.title{font-size:16px;font-weight:600}.small{fill:#52606d}"
    ".grid{stroke:#cbd2d9}.bar{stroke:#2f6f9f;stroke-width:3}.point{fill:#2f6f9f}.earlier{stroke:#b44d12;stroke-width:2}"
    "@media(prefers-color-scheme:dark){text{fill:#e4e7eb}.small{fill:#9aa5b1}.grid{stroke:#3e4c59}"
    ".bar{stroke:#7db9e0}.point{fill:#7db9e0}.earlier{stroke:#f0a070}}"
)


class IntervalRow(msgspec.Struct, frozen=True, kw_only=True):
    """One share with its interval."""

    name: str
    """What it is the share of."""
    value: float
    """The share."""
    low: float
    """Lower bound."""
    high: float
    """Upper bound."""
    earlier: float | None = None
    """The share before; None where there is none."""


def interval_plot(title: str, rows: Sequence[IntervalRow], *, note: str = "") -> str:
    """Return the plot: a row each, with a point at the share, a bar for its interval and a mark for the share before.

    Args:
        title: above the rows.
        rows: from top to bottom.
        note: below the title, smaller.

    >>> row = IntervalRow(name="asr", value=0.2, low=0.1, high=0.3)
    >>> plot = interval_plot("Failures", [row])
    >>> plot.startswith("<svg"), "20.0% [10.0, 30.0]" in plot
    (True, True)
    """
    low = min((min(row.low, 0.0) for row in rows), default=0.0)
    high = max((max(row.high, row.earlier or 0.0) for row in rows), default=0.0)
    # Round ends, so that the ticks are whole hundredths.
    first, last = floor(low * 25) / 25, max(ceil(high * 25) / 25, 0.04)
    height = _TOP + _ROW * len(rows) + _BOTTOM
    width = _NAMES + _WIDTH + _FIGURES

    def x(value: float) -> float:
        return _NAMES + _WIDTH * (value - first) / (last - first)

    parts = [_text(12, 24, title, "title"), _text(12, 44, note, "small")]
    for tick in range(_TICKS + 1):
        value = first + (last - first) * tick / _TICKS
        parts.append(_line(x(value), _TOP, x(value), height - _BOTTOM, "grid"))
        parts.append(_text(x(value), height - 16, f"{value:.0%}", "small", anchor="middle"))
    for place, row in enumerate(rows):
        y = _TOP + _ROW * (place + 0.5)
        name = row.name if len(row.name) <= _LONGEST else f"{row.name[: _LONGEST - 1]}…"
        figures = f"{row.value:.1%} [{100 * row.low:.1f}, {100 * row.high:.1f}]"
        parts.append(_text(_NAMES - 12, y + 4, name, "", anchor="end"))
        parts.append(_line(x(row.low), y, x(row.high), y, "bar"))
        parts.append(f'<circle class="point" cx="{x(row.value):.1f}" cy="{y:.1f}" r="5"/>')
        if row.earlier is not None:
            parts.append(_line(x(row.earlier), y - 8, x(row.earlier), y + 8, "earlier"))
        parts.append(_text(_NAMES + _WIDTH + 12, y + 4, figures, "small"))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
        f'aria-label="{escape(title)}"><style>{_STYLE}</style>{"".join(parts)}</svg>\n'
    )


def _text(x: float, y: float, text: str, style: str, *, anchor: str = "start") -> str:
    # A name may hold markup, and what no XML file may: control characters.
    shown = escape("".join(character for character in text if character.isprintable()))
    return f'<text class="{style}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{shown}</text>'


def _line(x1: float, y1: float, x2: float, y2: float, style: str) -> str:
    return f'<line class="{style}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'
