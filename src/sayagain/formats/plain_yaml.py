"""YAML that says what JSON could say: no aliases, which expand without bound, and no types of its own."""

from typing import Any

import msgspec

from sayagain.errors import InputError
from sayagain.extras import require

__all__ = ["read_plain_yaml"]

LONGEST = 16_000_000
"""Longest document, in bytes; it is in memory as a whole, several times its size."""


def read_plain_yaml(text: bytes, name: str) -> Any:  # noqa: ANN401  (as decoded JSON)
    r"""Return the document as decoded JSON: times as text.

    Args:
        text: the document.
        name: name of the file, for errors.

    Raises:
        InputError: it is too long, no valid YAML, holds several documents, or repeats a part by an alias.
        MissingExtra: the reader of YAML is not installed.

    >>> read_plain_yaml(b"events:\n- type: run-start\n  timestamp: 2026-01-31T08:00:00+00:00", "run.yaml")
    {'events': [{'type': 'run-start', 'timestamp': '2026-01-31T08:00:00Z'}]}
    """
    if len(text) > LONGEST:
        raise InputError(f"{name} is a YAML document of more than {LONGEST:,} bytes; expected JSON")
    yaml = require("yaml", "homeassistant")
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, yaml.SafeLoader)):
            raise InputError(f"{name} is YAML that repeats a part by an alias; expected a document without aliases")
        return msgspec.json.decode(msgspec.json.encode(yaml.safe_load(text)))
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError, TypeError, ValueError) as error:
        reason = " ".join(str(error).split())[:200]
        raise InputError(f"{name} begins like YAML, but cannot be read: {reason}") from None
