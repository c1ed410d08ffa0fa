"""Broken input made from good input: changed bytes, and JSON with values that nobody expects."""

import json
import random
from copy import deepcopy
from typing import Any

__all__ = ["mutate", "mutate_json"]

TOKENS = (
    *(b"null", b"true", b"[]", b"{}", b'""', b"-1", b"1e999", b"NaN", b"9" * 40, b"\\ud800", b"\x00", b"\xff\xfe"),
    *(
        b"\xf0\x9f",
        b"\r\n",
        b"\n\n",
        b"'",
        b'"',
        b",",
        b";",
        b"\t",
        b"[" * 300,
        b'{"a":' * 200,
        b"A" * 5000,
        b"..%2f..",
    ),
    "İıſﬀ﷽".encode(),
)
"""What is put in between bytes."""

VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 2**31, 2**63, -(2**63), 10**30, 0.1, -1e308, float("nan"), float("inf")),
    *("", " ", "\x00", "\ud800", "a" * 70_000, "İ" * 300, "1", "2026-13-45T99:99:99Z", "0001-01-01T00:00:00+23:59"),
    *([], [[]], {}, {"": {}}, [None] * 500),
)
"""What takes the place of a value."""


def mutate(content: bytes, dice: random.Random) -> bytes:
    """Change some bytes of a content: flipped, cut, doubled, moved, or others put in between."""
    data = bytearray(content)
    for _ in range(dice.choice((1, 1, 2, 4, 8))):
        place = dice.randrange(len(data) + 1)
        end = min(len(data), place + dice.choice((1, 2, 8, 64, 512)))
        match dice.randrange(6):
            case 0 if place < len(data):
                data[place] ^= 1 << dice.randrange(8)
            case 1:
                del data[place:end]
            case 2:
                data[place:place] = data[place:end] * dice.choice((1, 2, 50))
            case 3:
                data[place:end] = dice.choice(TOKENS)
            case 4:
                data[place:place] = dice.choice(TOKENS)
            case _:
                if not dice.randrange(8):
                    del data[place:]
    return bytes(data)


def mutate_json(value: Any, dice: random.Random) -> Any:  # noqa: ANN401  (any JSON)
    """Return a JSON value in which some values or keys are others."""
    value = json.loads(json.dumps(value))
    for _ in range(dice.choice((1, 1, 2, 5))):
        value = _change(value, dice)
    return value


def _change(value: Any, dice: random.Random) -> Any:  # noqa: ANN401  (any JSON)
    inner = list(value) if isinstance(value, dict) else list(range(len(value))) if isinstance(value, list) else []
    if not inner or not dice.randrange(4):
        return _nested(dice) if not dice.randrange(20) else deepcopy(dice.choice(VALUES))
    key = dice.choice(inner)
    match dice.randrange(8):
        case 0:
            del value[key]
        case 1 if isinstance(value, dict):
            value[dice.choice(("", "id", "user_id", "text", str(key).upper()))] = value.pop(key)
        case 2 if isinstance(value, list):
            value.insert(key, value[key])
        case _:
            value[key] = _change(value[key], dice)
    return value


def _nested(dice: random.Random) -> Any:  # noqa: ANN401  (any JSON)
    value: Any = deepcopy(dice.choice(VALUES))
    for _ in range(dice.choice((20, 200))):
        value = [value] if dice.randrange(2) else {"a": value}
    return value
