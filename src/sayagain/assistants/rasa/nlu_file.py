"""Rasa's NLU training data: examples by intent, the words of each entity marked, synonyms beside them.

See https://rasa.com/docs/rasa/training-data-format for the form.
"""

import json
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from sayagain.turns import SAID, Slot

if TYPE_CHECKING:
    from sayagain.labels import Example

__all__ = ["VERSION", "nlu_file"]

VERSION = "3.1"
"""Of the form."""

_MARKS = re.compile(r"[\[\](){}]")
"""What marks an entity in an example, so that words which hold it would be read as something else."""

_NAME = re.compile(r"[^\s:\[\](){}][^:\[\](){}]*")
"""What may name an intent or an entity; a retrieval intent has a slash."""


def nlu_file(examples: "Sequence[Example]") -> dict[str, bytes]:
    r"""Return `nlu.yml`, or no file where no example can be taught.

    An entity whose value is nowhere among the words is left out of the example, never written into it; words that
    differ from the value in their capitals are written as a synonym too. Examples of which only words are known, and
    words that Rasa would read as marks or as the name of an intent, are left out.

    >>> from sayagain.labels import Example
    >>> from sayagain.turns import Hypothesis, Slot
    >>> reading = Hypothesis(intent="turn_off", slots=(Slot("area", "kitchen"),))
    >>> print(nlu_file([Example(text="kill the kitchen light", reading=reading, probability=0.9)])["nlu.yml"].decode())
    version: "3.1"
    nlu:
    - intent: "turn_off"
      examples: |
        - kill the [kitchen](area) light
    <BLANKLINE>
    """
    intents: dict[str, dict[str, str]] = {}
    synonyms: dict[str, str] = {}
    for example in examples:
        text = " ".join(example.text.split())
        intent = example.reading.intent
        if intent == SAID or not _name(intent) or not _readable(text) or text.startswith("/"):
            continue
        marked = "".join(_marked(text, example.reading.slots, synonyms))
        # The first wording of a text stands: the examples come in order of how sure they are.
        intents.setdefault(intent, {}).setdefault(text.lower(), marked)
    if not intents:
        return {}
    lines = [f'version: "{VERSION}"', "nlu:"]
    for intent, wordings in sorted(intents.items()):
        lines += [
            f"- intent: {json.dumps(intent, ensure_ascii=False)}",
            "  examples: |",
            *(f"    - {each}" for each in wordings.values()),
        ]
    for value in sorted(set(synonyms.values())):
        words = sorted(each for each, stands_for in synonyms.items() if stands_for == value)
        lines += [
            f"- synonym: {json.dumps(value, ensure_ascii=False)}",
            "  examples: |",
            *(f"    - {each}" for each in words),
        ]
    return {"nlu.yml": ("\n".join(lines) + "\n").encode()}


def _marked(text: str, slots: Sequence[Slot], synonyms: dict[str, str]) -> Iterator[str]:
    """The words with those of each entity marked."""
    places: list[tuple[int, int, Slot]] = []
    for slot in slots:
        found = _place(text, slot)
        if found is not None and all(found[1] <= start or end <= found[0] for start, end, _ in places):
            places.append((*found, slot))
    at = 0
    for start, end, slot in sorted(places, key=lambda each: each[:2]):
        name, _, role = slot.name.partition(":")
        words, value = text[start:end], str(slot.value)
        yield text[at:start]
        if role:
            yield f"[{words}]" + json.dumps({"entity": name, "role": role, "value": value}, ensure_ascii=False)
        else:
            yield f"[{words}]({name})"
        if words != value:
            synonyms.setdefault(words, value)
        at = end
    yield text[at:]


def _place(text: str, slot: Slot) -> tuple[int, int] | None:
    """Where the words of an entity stand, whole words only."""
    name, _, role = slot.name.partition(":")
    value = str(slot.value) if slot.value is not None else ""
    if not _readable(value) or not _name(name) or (role and not _name(role)):
        return None
    found = re.search(rf"(?<!\w){re.escape(value)}(?!\w)", text, re.IGNORECASE)
    return (found.start(), found.end()) if found is not None else None


def _name(name: str) -> bool:
    return _NAME.fullmatch(name) is not None and name.isprintable() and name == name.strip()


def _readable(text: str) -> bool:
    """Whether YAML and Rasa read it back as it is."""
    return bool(text) and text.isprintable() and text == text.strip() and _MARKS.search(text) is None
