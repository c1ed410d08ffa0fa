"""Requests that no assistant of a home can serve."""

import tomllib
from functools import cache
from pathlib import Path

__all__ = ["impossible_requests"]


@cache
def impossible_requests() -> tuple[str, ...]:
    """Return the requests.

    >>> "fold the laundry" in impossible_requests()
    True
    """
    path = Path(__file__).with_name("impossible_requests.toml")
    return tuple(tomllib.loads(path.read_text(encoding="utf-8"))["requests"])
