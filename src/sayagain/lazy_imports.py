"""Names of a package that are imported only when someone asks for them, so that a light part of it stays light."""

import importlib
from collections.abc import Callable, Mapping

__all__ = ["lazy_exports"]


def lazy_exports(package: str, where: Mapping[str, str]) -> Callable[[str], object]:
    """Return the `__getattr__` of a package (PEP 562) that imports its modules when one of their names is asked for.

    Args:
        package: its dotted name.
        where: the module, relative to the package, that defines each name; no name may be that of a module of the
            package, since Python would find the module first.

    >>> lazy_exports("sayagain", {"Turn": "turns"})("Turn").__name__
    'Turn'
    """

    def found(name: str) -> object:
        if name not in where:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(importlib.import_module(f"{package}.{where[name]}"), name)

    return found
