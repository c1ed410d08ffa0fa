"""Lazy exports of a package: a name's module is imported at the first access to the name."""

import importlib
from collections.abc import Callable, Mapping

__all__ = ["lazy_exports"]


def lazy_exports(package: str, where: Mapping[str, str]) -> Callable[[str], object]:
    """Return the `__getattr__` of a package (PEP 562), which imports a module at the first access to one of its names.

    Args:
        package: its dotted name.
        where: the module that defines each name, relative to the package. No name may equal the name of a module of
            the package, since Python would find the module first.

    >>> lazy_exports("sayagain", {"Turn": "turns"})("Turn").__name__
    'Turn'
    """

    def attribute(name: str) -> object:
        if name not in where:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(importlib.import_module(f"{package}.{where[name]}"), name)

    return attribute
