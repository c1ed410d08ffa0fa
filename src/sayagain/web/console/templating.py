"""The templates of the console: HTML with everything escaped, numbers and times as a language writes them."""

from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from functools import cache
from pathlib import Path
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from sayagain.web.console.chart import draw, top_of
from sayagain.web.console.texts import Texts

__all__ = ["Formats", "render"]


class Formats:
    """Numbers and times as a language writes them.

    Args:
        texts: of the language.
        zone: time zone of the home; None for that of this machine.

    >>> formats = Formats(Texts("de"), UTC)
    >>> formats.when(1_769_846_400_250), formats.percent(0.1234), formats.number(12345)
    ('31.01.2026, 08:00', '12,3 %', '12.345')
    """

    def __init__(self, texts: Texts, zone: tzinfo | None) -> None:
        self._texts = texts
        self._zone = zone

    def when(self, at: int) -> str:
        """Return a time with its day."""
        return self._local(at).strftime(self._texts("format.when"))

    def day(self, at: int) -> str:
        """Return a day without its year."""
        return self._local(at).strftime(self._texts("format.day"))

    def clock(self, at: int) -> str:
        """Return the time of a day to the second."""
        return self._local(at).strftime("%H:%M:%S")

    def iso(self, at: int) -> str:
        """Return a time for programs."""
        return datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def number(self, value: float, digits: int = 0) -> str:
        """Return a number."""
        return self._localised(f"{value:,.{digits}f}")

    def percent(self, share: float | None, digits: int = 1) -> str:
        """Return a share as a percentage; a dash for none."""
        if share is None:
            return "–"
        return self._localised(f"{100 * share:.{digits}f}") + self._texts("format.percent")

    def _localised(self, text: str) -> str:
        marks = {",": self._texts("format.thousands"), ".": self._texts("format.point")}
        return "".join(marks.get(letter, letter) for letter in text)

    def _local(self, at: int) -> datetime:
        return datetime.fromtimestamp(at / 1000, self._zone)


def render(template: str, texts: Texts, zone: tzinfo | None, **values: object) -> bytes:
    """Return a page as HTML.

    Args:
        template: name of the template, without its ending.
        texts: of the language.
        zone: time zone of the home; None for that of this machine.
        values: what the template shows.
    """
    page = _environment().get_template(f"{template}.html")
    return page.render(t=texts, f=Formats(texts, zone), **values).encode("utf-8", "replace")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals.update(draw=draw, top_of=top_of, link=_link)
    return environment


def _link(page: str, query: Mapping[str, object] | None = None, /, **changes: object) -> str:
    """Return the address of a page with parameters; those that are None are left out."""
    merged = {name: value for name, value in {**(query or {}), **changes}.items() if value not in (None, "")}
    return f"{page}?{urlencode(merged)}" if merged else page
