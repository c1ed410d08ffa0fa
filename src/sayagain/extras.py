"""Optional parts of the package: import one, or tell how to install it."""

import importlib
import os
from types import ModuleType

from sayagain.errors import MissingExtra

__all__ = ["install_command", "missing_extra", "require"]

_TELEMETRY_OFF = {"ORT_DISABLE_TELEMETRY": "1", "HF_HUB_DISABLE_TELEMETRY": "1"}
"""Environment that turns off the telemetry of onnxruntime (its Privacy.md) and of huggingface_hub."""


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
    """Import `module`, which the extra `extra` installs, with the telemetry of optional parts turned off.

    onnxruntime decides on its telemetry while it is imported, perhaps by another package, so the environment of this
    process and of those that it starts is set first.

    >>> require("json", "voice").__name__
    'json'

    Raises:
        MissingExtra: the module is not installed; the message holds the command that installs it.
    """
    os.environ.update(_TELEMETRY_OFF)
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        # An installed module that fails on one of its own imports is a different fault: show it.
        if error.name is None or not f"{module}.".startswith(f"{error.name}."):
            raise
        raise missing_extra(module, extra) from None
