"""Lazy exports of a package: a name's module is imported at the first access to the name."""

import importlib
import sys
from collections.abc import Callable, Mapping

__all__ = ["lazy_exports"]


def lazy_exports(package: str, where: Mapping[str, str]) -> tuple[Callable[[str], object], Callable[[], list[str]]]:
    """Return `__getattr__` and `__dir__` of a package (PEP 562).

    The first imports a module at the first access to one of its names; the second lists these names before that, too,
    so that `dir` and an editor's completion show them.

    Args:
        package: its dotted name.
        where: the module that defines each name, relative to the package. No name may equal the name of a module of
            the package, since Python would find the module first.

    >>> attribute, names = lazy_exports("sayagain", {"Turn": "turns"})
    >>> attribute("Turn").__name__, "Turn" in names()
    ('Turn', True)
    """

    def attribute(name: str) -> object:
        if name not in where:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(importlib.import_module(f"{package}.{where[name]}"), name)

    def names() -> list[str]:
        return sorted({*vars(sys.modules[package]), *where})

    return attribute, names
