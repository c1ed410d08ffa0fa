"""The content of a message, a string or a list of parts: its text, and the same content with other text."""

import json

__all__ = ["replace_text", "reports_error", "text_of"]

_TEXT_TYPES = ("text", "input_text")
"""Types of a part with words of the user, in chat completions and in responses."""


def text_of(content: object) -> str | None:
    r"""Return the text of a message; None without any.

    >>> text_of([{"type": "input_text", "text": "lamp"}, {"type": "input_image"}, {"type": "input_text", "text": "on"}])
    'lamp\non'
    """
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return "\n".join(part["text"] for part in content if _is_text(part)) or None
    return None


def replace_text(content: object, words: str) -> object:
    """Replace all the text of a message; images and files beside it stay."""
    if not isinstance(content, list):
        return words
    first_text = next((index for index, part in enumerate(content) if _is_text(part)), None)
    return [
        {**part, "text": words} if index == first_text else part
        for index, part in enumerate(content)
        if index == first_text or not _is_text(part)
    ]


def reports_error(content: object) -> bool:
    """Return whether a tool's result reports a failure: an object with `error`, or with `isError` as in MCP."""
    text = text_of(content)
    try:
        document = json.loads(text) if text else None
    except (ValueError, RecursionError):
        return False
    return isinstance(document, dict) and any(document.get(key) for key in ("error", "isError", "is_error"))


def _is_text(part: object) -> bool:
    return isinstance(part, dict) and part.get("type") in _TEXT_TYPES and isinstance(part.get("text"), str)
