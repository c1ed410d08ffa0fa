"""Examples as lines for the `.intent` and `.voc` files of OVOS skills."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sayagain.assistants.exported_examples import keeps_meaning
from sayagain.turns import Slot

if TYPE_CHECKING:
    from sayagain.labels import Example

__all__ = ["ENGLISH", "intent_files"]

ENGLISH = "en-us"
"""The folder of English, as OVOS skills name it; another language's is its tag, which OVOS finds for each region."""

_INTENT = ".intent"
_NAME = re.compile(r"[A-Za-z0-9][\w.-]*")
_SYNTAX = re.compile(r"[\[\](){}|:*#<>\\\r\n]")
"""Characters with a meaning in the files; words that hold one are left out, because they would be misread."""


def intent_files(examples: Sequence["Example"]) -> dict[str, bytes]:
    """Return one file an intent, `<skill>/locale/<language>/<name>`, each line one way to say it.

    An intent that a skill defines by sentences (padatious, padacioso) gets the words with each slot's value replaced
    by its name. One that it defines by keywords (adapt) gets the words as another form of its only keyword, in a
    `.voc` file. An example without a skill, or with several keywords, is left out, and so are negated sentences with
    another meaning. Append the lines to those of the skill: OVOS reads a user's file in place of the skill's own.

    Args:
        examples: labelled with hypotheses of OVOS, whose domain is the skill.
    """
    lines: dict[str, set[str]] = {}
    for example in examples:
        hypothesis = example.hypothesis
        if (
            hypothesis.domain is None
            or not _NAME.fullmatch(hypothesis.domain)
            or not _NAME.fullmatch(hypothesis.intent)
        ):
            continue
        words = " ".join(example.text.split())
        if not keeps_meaning(example) or not words or _SYNTAX.search(words):
            continue
        line: str | None
        if hypothesis.intent.endswith(_INTENT):
            name, line = hypothesis.intent, _with_slots(words, hypothesis.slots)
        elif len(hypothesis.slots) == 1 and _NAME.fullmatch(hypothesis.slots[0].name):
            name, line = f"{hypothesis.slots[0].name}.voc", words
        else:
            continue
        if line is not None:
            folder = (example.tag or example.language or ENGLISH).lower() if example.language != "en" else ENGLISH
            lines.setdefault(f"{hypothesis.domain}/locale/{folder}/{name}", set()).add(line)
    return {file: "".join(f"{line}\n" for line in sorted(lines[file])).encode() for file in sorted(lines)}


def _with_slots(words: str, slots: Sequence[Slot]) -> str | None:
    """Replace each slot's value by its name; None if a value is not among the words."""
    for slot in slots:
        value = str(slot.value)
        pattern = re.compile(rf"(?<!\w){re.escape(value)}(?!\w)", re.IGNORECASE)
        if not value.strip() or not re.fullmatch(r"[a-z_]\w*", slot.name, re.ASCII) or not pattern.search(words):
            return None
        words = pattern.sub(f"{{{slot.name}}}", words, count=1)
    return words
