"""Examples as lines for the `.intent` and `.voc` files of OVOS skills."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sayagain.turns import Slot

if TYPE_CHECKING:
    from sayagain.labels import Example

__all__ = ["LANGUAGE", "intent_files"]

LANGUAGE = "en-us"
"""The folder of the language, as OVOS skills name it."""

_INTENT = ".intent"
_NAME = re.compile(r"[A-Za-z0-9][\w.-]*")
_SYNTAX = re.compile(r"[\[\](){}|:*#<>\\\r\n]")
"""What the files give a meaning of their own; words that hold it are left out rather than misread."""


def intent_files(examples: Sequence["Example"]) -> dict[str, bytes]:
    """Return one file an intent, `<skill>/locale/en-us/<name>`, each line words that it is to understand.

    An intent that a skill defines by sentences (padatious, padacioso) gets the words with each slot's value replaced
    by its name. One that it defines by keywords (adapt) gets the words as one more way to say its only keyword, in a
    `.voc`. Where neither can be done (no skill, several keywords) the example is left out. The lines are to be
    added to those that the skill has: OVOS reads a file of the user's in place of the skill's own.

    Args:
        examples: with the readings of OVOS: the skill as domain.
    """
    lines: dict[str, set[str]] = {}
    for example in examples:
        reading = example.reading
        if reading.domain is None or not _NAME.fullmatch(reading.domain) or not _NAME.fullmatch(reading.intent):
            continue
        words = " ".join(example.text.split())
        if not words or _SYNTAX.search(words):
            continue
        line: str | None
        if reading.intent.endswith(_INTENT):
            name, line = reading.intent, _with_slots(words, reading.slots)
        elif len(reading.slots) == 1 and _NAME.fullmatch(reading.slots[0].name):
            name, line = f"{reading.slots[0].name}.voc", words
        else:
            continue
        if line is not None:
            lines.setdefault(f"{reading.domain}/locale/{LANGUAGE}/{name}", set()).add(line)
    return {file: "".join(f"{line}\n" for line in sorted(lines[file])).encode() for file in sorted(lines)}


def _with_slots(words: str, slots: Sequence[Slot]) -> str | None:
    """Put each slot's name in place of its value; None where a value is not said in these words."""
    for slot in slots:
        value = str(slot.value)
        said = re.compile(rf"(?<!\w){re.escape(value)}(?!\w)", re.IGNORECASE)
        if not value.strip() or not re.fullmatch(r"[a-z_]\w*", slot.name, re.ASCII) or not said.search(words):
            return None
        words = said.sub(f"{{{slot.name}}}", words, count=1)
    return words
