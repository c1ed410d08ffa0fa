"""The record of one thing that can be done: how people say it, and the words that Home Assistant knows for it."""

import msgspec

__all__ = ["ActionPhrasing"]


class ActionPhrasing(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that can be done."""

    name: str
    """What we call it."""
    say: tuple[str, ...]
    """How to say it to Home Assistant; `{}` is the thing, `{value}` a number. The first that it understands is used."""
    domains: frozenset[str]
    """What it can be done to."""
    ways: tuple[str, ...]
    """How people say it; `*` is a gap for the thing, which may also stand behind."""
    opposite: str | None = None
    """What undoes it."""
    value: str | None = None
    """The number it needs: percent or degrees."""
    asks: bool = False
    """Whether it is a question, so that nothing is done."""
