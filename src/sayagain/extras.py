"""Ask for an optional part, and say how to install it when it is missing."""

import importlib
from types import ModuleType

from sayagain.errors import MissingExtra

__all__ = ["require"]


def require(module: str, extra: str) -> ModuleType:
    """Import `module`, which the extra `extra` installs.

    >>> require("json", "voice").__name__
    'json'

    Raises:
        MissingExtra: with the exact command to install it.
    """
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        # A module that is there but fails on one of its own imports is a different fault: show it.
        if error.name is None or not f"{module}.".startswith(f"{error.name}."):
            raise
        raise MissingExtra(f"{module} is not installed; run: pip install 'sayagain[{extra}]'") from None
