"""How long work tells how far it has come."""

from collections.abc import Callable

__all__ = ["Progress"]

Progress = Callable[[str, int, int | None], None]
"""Told what is under way, how far it has come, and how far it is in all, where known."""
