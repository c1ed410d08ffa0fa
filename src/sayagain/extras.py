"""Optional parts of the package: import one, or tell how to install it."""

import importlib
from types import ModuleType

from sayagain.errors import MissingExtra

__all__ = ["install_command", "missing_extra", "require"]


def install_command(extra: str) -> str:
    """Return the command that installs an extra, from a package index or from a clone of the repository.

    >>> install_command("voice")
    "pip install 'sayagain[voice]' (in a clone: pip install '.[voice]')"
    """
    return f"pip install 'sayagain[{extra}]' (in a clone: pip install '.[{extra}]')"


def missing_extra(module: str, extra: str) -> MissingExtra:
    """Return the error for a module that the extra `extra` installs."""
    return MissingExtra(f"{module} is not installed; run: {install_command(extra)}")


def require(module: str, extra: str) -> ModuleType:
    """Import `module`, which the extra `extra` installs.

    >>> require("json", "voice").__name__
    'json'

    Raises:
        MissingExtra: the module is not installed; the message holds the command that installs it.
    """
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        # An installed module that fails on one of its own imports is a different fault: show it.
        if error.name is None or not f"{module}.".startswith(f"{error.name}."):
            raise
        raise missing_extra(module, extra) from None
