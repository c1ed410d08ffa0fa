"""The callback by which long work reports its progress."""

from collections.abc import Callable

__all__ = ["Progress"]

Progress = Callable[[str, int, int | None], None]
"""Called with the name of the work, the steps done, and the total number of steps where known."""
