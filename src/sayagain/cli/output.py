"""The output of a command: results as text or JSON on standard output, remarks and progress on standard error."""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

import msgspec
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

__all__ = ["Output", "count", "facts", "iso", "plain_text", "share", "table"]

Advance = Callable[[str, int, int | None], None]


class Output:
    """The output of one command.

    Args:
        as_json: whether to print results as one JSON document and each remark as one JSON line.

    >>> Output(as_json=True).result({"a": 1}, "one")
    {"a":1}
    >>> Output().result({"a": 1}, "one")
    one
    """

    def __init__(self, *, as_json: bool = False) -> None:
        self.as_json = as_json
        self.results: Console = _Console(markup=False, highlight=False, emoji=False)
        self.remarks: Console = _Console(markup=False, highlight=False, emoji=False, stderr=True)

    def result(self, record: object, human: RenderableType | Iterable[str]) -> None:
        """Print a result.

        Args:
            record: the result for `--json`; anything that msgspec encodes.
            human: the result as a table or as sentences.
        """
        if self.as_json:
            self.document(msgspec.json.encode(record, enc_hook=_encode_path))
        elif isinstance(human, str) or not isinstance(human, Iterable):
            _print(self.results, human)
        else:
            for sentence in human:
                _print(self.results, sentence)

    def document(self, text: bytes) -> None:
        """Print a document as it is, in UTF-8 whatever the terminal's encoding."""
        sys.stdout.flush()
        line = text.rstrip(b"\n") + b"\n"
        buffer = getattr(sys.stdout, "buffer", None)
        if buffer is None:
            # The stream was replaced by an object that takes text only.
            sys.stdout.write(line.decode())
        else:
            buffer.write(line)
            buffer.flush()

    def remark(self, text: str, **record: object) -> None:
        """Print a remark; with `--json`, print `record` instead, or the text under `remark`."""
        if self.as_json:
            line = msgspec.json.encode(record or {"remark": text}, enc_hook=_encode_path).decode()
            print(line, file=sys.stderr, flush=True)  # noqa: T201  (standard error is where remarks go)
        else:
            _print(self.remarks, plain_text(text))

    @contextmanager
    def progress(self) -> Iterator[Advance | None]:
        """Show a progress bar; give None when standard error is not a terminal, so that nothing is spent on it."""
        if self.as_json or not self.remarks.is_terminal:
            yield None
            return
        from rich.progress import (  # noqa: PLC0415  (slow to import, and seldom needed)
            BarColumn,
            Progress,
            TaskProgressColumn,
            TextColumn,
            TimeElapsedColumn,
        )

        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TaskProgressColumn(),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=self.remarks, transient=True) as bars:
            task = bars.add_task("", total=None)

            def advance(label: str, done: int, total: int | None) -> None:
                # Without a total, only the amount can be shown.
                amount = f" {done / 1e6:,.0f} MB" if total is None else ""
                bars.update(task, description=plain_text(label) + amount, completed=done, total=total)

            yield advance


class _Console(Console):
    """A console that raises `BrokenPipeError` for a closed pipe; `main` then ends quietly."""

    def on_broken_pipe(self) -> NoReturn:
        raise BrokenPipeError


def _print(console: Console, content: RenderableType) -> None:
    # One line a sentence in a file or pipe, so that it can be searched.
    console.print(content, soft_wrap=isinstance(content, str | Text) and not console.is_terminal)


def _encode_path(value: object) -> object:
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def plain_text(text: str) -> str:
    r"""Replace control characters, which a terminal would obey; a log can hold anything.

    >>> plain_text("lamp\x1b[2J on")
    'lamp�[2J on'
    """
    return "".join(letter if letter.isprintable() or letter == "\n" else "�" for letter in text)


def iso(at: int | None) -> str:
    """Format milliseconds since 1970 as ISO 8601.

    >>> iso(1_769_846_400_250)
    '2026-01-31T08:00:00Z'
    """
    if at is None:
        return "–"
    return datetime.fromtimestamp(at // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def count(number: float, one: str, many: str | None = None) -> str:
    """Format a number with its noun.

    >>> count(1, "turn"), count(1200, "turn")
    ('1 turn', '1,200 turns')
    """
    return f"{number:,.0f} {one if number == 1 else many or one + 's'}"


def share(value: float | None) -> str:
    """Format a probability or share as a percentage.

    >>> share(0.934), share(None)
    ('93%', '–')
    """
    return "–" if value is None else f"{value:.0%}"


def table(*columns: str, rows: Iterable[Iterable[str | Text]], right: Iterable[str] = (), apart: bool = False) -> Table:
    """Return a compact table; cells wrap, so that nothing is lost at 80 columns.

    Args:
        columns: heads of the columns.
        rows: cells of each row.
        right: heads of the columns to align right.
        apart: whether a blank line separates rows, for cells of several lines.
    """
    grid = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 1), leading=int(apart))
    aligned = set(right)
    for head in columns:
        grid.add_column(head, justify="right" if head in aligned else "left", overflow="fold", no_wrap=head in aligned)
    for row in rows:
        grid.add_row(*(cell if isinstance(cell, Text) else Text(plain_text(cell)) for cell in row))
    return grid


def facts(title: str, rows: Iterable[tuple[str, ...]]) -> Group:
    """Return a title with a list of names and values beneath it."""
    grid = Table.grid(padding=(0, 2))
    for row in rows:
        grid.add_row(*(Text(plain_text(cell)) for cell in row))
    return Group(Text(plain_text(title), style="bold"), grid)
