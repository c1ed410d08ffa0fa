"""Values of JSON that another program wrote, read as the type that is expected, whatever is there."""

from collections.abc import Mapping
from typing import Any

__all__ = ["as_list", "as_mapping", "as_text"]


def as_text(value: object) -> str | None:
    """Return a text that is not blank; None for anything else.

    >>> as_text("lamp on"), as_text(" "), as_text(5)
    ('lamp on', None, None)
    """
    return value if isinstance(value, str) and value.strip() else None


def as_mapping(value: object) -> Mapping[str, Any]:
    """Return an object; an empty one for anything else.

    >>> as_mapping({"a": 1}), as_mapping([])
    ({'a': 1}, {})
    """
    return value if isinstance(value, Mapping) else {}


def as_list(value: object) -> list[Any]:
    """Return a list; an empty one for anything else.

    >>> as_list([1]), as_list("ab")
    ([1], [])
    """
    return value if isinstance(value, list) else []
