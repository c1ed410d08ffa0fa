"""The import of onnxruntime with its telemetry turned off; all code imports onnxruntime through it."""

from types import ModuleType

from sayagain.extras import require

__all__ = ["load_onnxruntime"]


def load_onnxruntime(extra: str = "models") -> ModuleType:
    """Import onnxruntime without its telemetry, even if the host process imported it before.

    Args:
        extra: name of the extra that installs it.

    Raises:
        MissingExtra: it is not installed.
    """
    runtime = require("onnxruntime", extra)
    # `require` keeps telemetry from starting; this call stops most of it where a host started onnxruntime earlier.
    runtime.disable_telemetry_events()
    return runtime
