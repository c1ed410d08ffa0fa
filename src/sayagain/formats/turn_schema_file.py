"""The published JSON Schema of a turn, for programs that write logs."""

import ast
import inspect
from pathlib import Path
from typing import Any

import msgspec

from sayagain import turns
from sayagain.turns import turn_schema

__all__ = ["write_turn_schema"]


def write_turn_schema(path: str | Path) -> None:
    """Write the JSON Schema of one line of a log, as in docs/turn.schema.json; the same bytes each time.

    The schema is `turn_schema()` with the docstring of each field as its description, and with both forms of times.
    """
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **turn_schema()}
    for name, record in schema["$defs"].items():
        # Only the first line: the example in a docstring is for Python.
        record["description"] = record["description"].partition("\n")[0]
        descriptions = _descriptions(getattr(turns, name))
        for field, part in record["properties"].items():
            for kind in (part, *part.get("anyOf", ())):
                # msgspec puts its own type in place of the wider one that `Time` declares.
                if "1970" in kind.get("description", ""):
                    kind["type"] = ["integer", "string"]
                    descriptions[field] += " " + kind.pop("description")
            part["description"] = descriptions[field]
    Path(path).write_bytes(msgspec.json.format(msgspec.json.encode(schema), indent=2) + b"\n")


def _descriptions(record: type[Any]) -> dict[str, str]:
    """Return the docstring beneath each field, by the field's name in a log."""
    names = {part.name: part.encode_name for part in msgspec.structs.fields(record)}
    (tree,) = ast.parse(inspect.getsource(record)).body
    assert isinstance(tree, ast.ClassDef)
    descriptions: dict[str, str] = {}
    for before, after in zip(tree.body, tree.body[1:], strict=False):
        match before, after:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                descriptions[names[name]] = text
            case _:
                pass
    return descriptions
