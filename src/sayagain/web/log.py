"""The log of the service: JSON lines on standard error, without words, users, turn ids or query strings."""

import logging
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

import msgspec

__all__ = ["LOG", "JsonLines", "log_to_stderr"]

LOG = logging.getLogger("sayagain.web")
"""Logger of the service; `extra={"fields": {...}}` adds fields to a line."""


class JsonLines(logging.Formatter):
    """A formatter that writes one JSON object a line: time, level, event and its fields.

    An exception is logged by its class and its stack only: its message may hold what a user said.

    >>> record = logging.LogRecord("sayagain.web", logging.INFO, "", 0, "listening", None, None)
    >>> record.created, record.fields = 0.25, {"port": 8787}
    >>> JsonLines().format(record)
    '{"at":"1970-01-01T00:00:00.250Z","level":"info","what":"listening","port":8787}'
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record, without the newline."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        line: dict[str, object] = {"at": at, "level": record.levelname.lower(), "what": record.getMessage()}
        line |= getattr(record, "fields", {})
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = record.exc_info[0].__name__
            line["through"] = _stack(record.exc_info[2])
        return msgspec.json.encode(line).decode()


def log_to_stderr(*, requests: bool) -> None:
    """Write the log of this process to standard error.

    Args:
        requests: whether to log each request, or only warnings and errors.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    LOG.handlers[:] = [handler]
    LOG.propagate = False
    LOG.setLevel(logging.INFO if requests else logging.WARNING)
    server = logging.getLogger("uvicorn.error")
    server.handlers[:] = [handler]
    server.propagate = False
    server.setLevel(logging.WARNING)


def _stack(trace: TracebackType | None) -> list[str]:
    return [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)]
