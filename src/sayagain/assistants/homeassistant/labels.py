"""What was learnt, in Home Assistant's own words: custom sentences, and other names for its things.

See https://www.home-assistant.io/voice_control/custom_sentences_yaml/ for the format.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import yaml
from hassil import Intents, recognize

from sayagain.labels import Example
from sayagain.text import normalise
from sayagain.turns import Hypothesis

__all__ = ["FILE", "SURE", "aliases", "sentences"]

FILE = "custom_sentences/{language}/sayagain.yaml"
"""Where the sentences go, beneath Home Assistant's folder of configuration."""

SURE = 0.75
"""The least probability of what is exported."""

_SPECIAL = re.compile(r"[\[\](){}<>|:;\\]")
"""What a template would take for more than words."""

_PLACES = frozenset({"name", "area", "floor"})
_ROOM = frozenset({"domain", "device_class"})


def sentences(examples: Sequence[Example], language: str = "en") -> dict[str, bytes]:
    """Return the file of custom sentences, by its name; none where there is nothing to say.

    Every sentence is parsed first: one that cannot be makes Home Assistant fail at every request. Left out are readings
    of no single intent, and words that would mean two things.

    Args:
        examples: what was learnt.
        language: of the words.

    >>> from sayagain.turns import Slot
    >>> off = Hypothesis(intent="HassTurnOff", slots=(Slot("name", "Bed Light"),))
    >>> made = sentences([Example(text="kill the bed light", reading=off, probability=0.9)])
    >>> list(made)
    ['custom_sentences/en/sayagain.yaml']
    """
    meant: dict[str, set[str]] = defaultdict(set)
    for example in examples:
        if example.probability >= SURE:
            meant[example.text].add(example.reading.key)
    grouped: dict[str, tuple[Hypothesis, list[str]]] = {}
    for example in examples:
        if example.probability >= SURE and len(meant[example.text]) == 1 and _parses(example, language):
            _, texts = grouped.setdefault(example.reading.key, (example.reading, []))
            if example.text not in texts:
                texts.append(example.text)
    if not grouped:
        return {}
    intents: dict[str, dict[str, Any]] = {}
    for reading, texts in grouped.values():
        intents.setdefault(reading.intent, {"data": []})["data"].append(_block(reading, texts))
    content = yaml.safe_dump({"language": language, "intents": intents}, sort_keys=False, allow_unicode=True, width=100)
    head = (
        "# Written by sayagain from what was said and what worked in its place; it writes it anew, so edit elsewhere.\n"
    )
    return {FILE.format(language=language): (head + content).encode()}


def aliases(examples: Iterable[Example]) -> dict[str, set[str]]:
    """Return other names of things: where what failed and what worked differ in nothing but the name.

    >>> from sayagain.turns import Slot
    >>> off = Hypothesis(intent="HassTurnOff", slots=(Slot("name", "Bed Light"),))
    >>> said = "turn off the snooze lamp"
    >>> aliases([Example(text=said, reading=off, works="turn off the bed light", probability=0.9)])
    {'Bed Light': {'snooze lamp'}}
    """
    found: dict[str, set[str]] = {}
    for example in examples:
        names = [str(slot.value) for slot in example.reading.slots if slot.name == "name"]
        if example.works is None or len(names) != 1 or example.probability < SURE:
            continue
        before, name, after = normalise(example.works).partition(normalise(names[0]))
        text = example.text
        framed = name and before.strip() and text.startswith(before) and text.endswith(after)
        other = text[len(before) : len(text) - len(after)].strip() if framed else ""
        if other and len(before) + len(after) < len(text) and other != name and not _SPECIAL.search(other):
            found.setdefault(names[0], set()).add(other)
    return found


def _parses(example: Example, language: str) -> bool:
    """Whether the sentence alone is understood, by the parser that Home Assistant uses, as what it should be."""
    reading = example.reading
    names = {slot.name for slot in reading.slots}
    if not reading.intent or "+" in reading.intent or reading.intent == "said" or _SPECIAL.search(example.text):
        return False
    aims_at_nothing = not names and reading.intent.startswith("HassGetCurrent")
    if not names & _PLACES and not aims_at_nothing and not (names and names <= _ROOM):
        return False
    if any(not isinstance(slot.value, str | int | float) for slot in reading.slots):
        return False
    block = _block(reading, [example.text])
    block.pop("requires_context", None)
    try:
        alone = Intents.from_dict({"language": language, "intents": {reading.intent: {"data": [block]}}})
        found = recognize(example.text, alone)
    except Exception:  # noqa: BLE001  (whatever the parser stumbles over must not reach Home Assistant)
        return False
    return found is not None and found.intent.name == reading.intent


def _block(reading: Hypothesis, texts: list[str]) -> dict[str, Any]:
    slots = {slot.name: slot.value for slot in sorted(reading.slots)}
    block: dict[str, Any] = {"sentences": sorted(texts)}
    if slots:
        block["slots"] = slots
    if slots and not slots.keys() & _PLACES:
        # Only in a room that is known: without one it would act on the whole house.
        block["requires_context"] = {"area": {"slot": True}}
    return block
