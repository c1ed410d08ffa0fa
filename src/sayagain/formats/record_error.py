"""Error message for a decoded record that is not a turn."""

import re
from functools import cache

import msgspec
from msgspec import inspect

from sayagain.turns import Turn

__all__ = ["record_error"]

_MISSING = {
    "turn_id": "each turn needs an id of its own",
    "started": "each turn needs a time such as 2026-01-31T08:00:00Z",
    "request": "each turn needs the words of the user",
}
_SEEN = {
    "str": "text",
    "int": "a number",
    "float": "a number with a fraction",
    "bool": "true or false",
    "null": "null",
    "array": "a list",
    "object": "an object",
    "bytes": "binary data",
}
# In the order in which the message names them.
_EXPECTED = {
    "str": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "array": "a list",
    "object": "an object",
}
_PLACE = re.compile(r"(?P<fault>.*) - at (?P<key>`key` in )?`\$(?P<path>.*)`", re.DOTALL)
_STEP = re.compile(r"\.([^.\[]+)|\[(\d+|\.\.\.)\]")


def record_error(record: object, error: msgspec.ValidationError) -> str:
    """Return a sentence for the failure of `msgspec.convert(record, Turn)`: what was seen, what was expected.

    Args:
        record: the record, with field names as in the log.
        error: the error of msgspec.

    >>> record = {"turn_id": "a", "started": 0, "request": "lamp on", "nlu": {"ranking": [{"confidence": "high"}]}}
    >>> try:
    ...     msgspec.convert(record, Turn)
    ... except msgspec.ValidationError as error:
    ...     print(record_error(record, error))
    "nlu.ranking[0].confidence" is text; expected a number
    """
    place = _PLACE.fullmatch(str(error))
    fault, path, key = (place["fault"], place["path"], place["key"]) if place else (str(error), "", None)
    name = path.removeprefix(".")
    if missing := re.fullmatch(r"Object missing required field `(.*)`", fault):
        field = missing[1]
        return f'"{name}.{field}" is missing; "{name}" needs it' if name else f'"{field}" is missing; {_MISSING[field]}'
    if key is not None:
        return f'a key of "{name}" is not text; expected text' if name else "a key is not text; expected text"
    subject = _subject(name)
    if typed := re.fullmatch(r"Expected `(.*)`, got `(.*)`", fault):
        expected = _type_names(typed[1])
        seen = _SEEN.get(typed[2], typed[2])
        # The fraction matters only where a whole number was expected.
        seen = "a number" if seen == "a number with a fraction" and expected != "a whole number" else seen
        return f"{subject} is {seen}; expected {expected}"
    if bounded := re.fullmatch(r"Expected `(.*)` ([<>]=) (.*)", fault):
        side = "at most" if bounded[2] == "<=" else "at least"
        bound = bounded[3].removesuffix(".0")
        return f"{subject} is {_value_at(record, path)}; expected {_type_names(bounded[1])} of {side} {bound}"
    if fault.startswith("Invalid enum value"):
        options = ", ".join(f'"{option}"' for option in _options_at(path))
        return f'{subject} is "{_value_at(record, path)}"; expected one of {options}'
    return f"{subject}: {fault[0].lower()}{fault[1:]}"


def _subject(name: str) -> str:
    if not name:
        return "the record"
    # msgspec does not name the key of a mapping.
    return f'a value of "{name.removesuffix("[...]")}"' if name.endswith("[...]") else f'"{name}"'


def _type_names(types: str) -> str:
    expected = types.split(" | ")
    names = [
        words for kind, words in _EXPECTED.items() if kind in expected and not (kind == "int" and "float" in expected)
    ]
    return " or ".join(names)


def _value_at(record: object, path: str) -> str:
    """Return the value at `path`, shortened for a sentence."""
    value = record
    for field, index in _STEP.findall(path):
        if isinstance(value, dict) and field:
            value = value.get(field)
        elif isinstance(value, list | tuple) and index.isdecimal():
            value = value[int(index)]
    if isinstance(value, int) and abs(value) >= 10**20:
        return "a very long number"
    return shown if len(shown := str(value)) <= 40 else f"{shown[:40]}..."


@cache
def _turn_type() -> inspect.Type:
    return inspect.type_info(Turn)


def _options_at(path: str) -> tuple[object, ...]:
    """Return the words allowed at `path` by the type of a turn."""
    kind = _turn_type()
    for field, _ in _STEP.findall(path):
        kind = _bare(kind)
        if isinstance(kind, inspect.StructType) and field:
            kind = next(part.type for part in kind.fields if part.encode_name == field)
        elif isinstance(kind, inspect.VarTupleType):
            kind = kind.item_type
    kind = _bare(kind)
    return tuple(kind.values) if isinstance(kind, inspect.LiteralType) else ()


def _bare(kind: inspect.Type) -> inspect.Type:
    """Strip metadata and `| None` from a type."""
    while isinstance(kind, inspect.Metadata | inspect.UnionType):
        if isinstance(kind, inspect.Metadata):
            kind = kind.type
        else:
            kind = next(part for part in kind.types if not isinstance(part, inspect.NoneType))
    return kind
