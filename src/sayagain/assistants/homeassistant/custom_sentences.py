"""What was learnt, in Home Assistant's own words: custom sentences, and other names for its things.

See https://www.home-assistant.io/voice_control/custom_sentences_yaml/ for the format.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import yaml
from hassil import Intents, recognize

from sayagain.assistants.homeassistant.cold_start.agent_hypothesis import AIMED
from sayagain.guardrails import refuse
from sayagain.labels import Example
from sayagain.text import normalise

__all__ = ["FILE", "SURE", "aliases", "custom_sentences"]

FILE = "custom_sentences/{language}/sayagain.yaml"
"""Where the sentences go, beneath Home Assistant's folder of configuration."""

SURE = 0.75
"""The least probability of what is exported."""

_SPECIAL = re.compile(r"[\[\](){}<>|:;\\]")
"""What a template would take for more than words."""

_PLACES = frozenset({"name", "area", "floor"})
_ROOM = frozenset({"domain", "device_class"})


def custom_sentences(examples: Sequence[Example], language: str = "en") -> dict[str, bytes]:
    """Return the file of custom sentences, by its name; none where there is nothing to say.

    Every sentence is parsed first: one that cannot be makes Home Assistant fail at every request. Left out are readings
    of no single intent, words that would mean two things, words that Home Assistant understands already, and whatever
    a guardrail would not let a rewrite do: nobody is asked before a sentence acts.

    Args:
        examples: what was learnt.
        language: of the words.

    >>> from sayagain.turns import Hypothesis, Slot
    >>> off = Hypothesis(intent="HassTurnOff", slots=(Slot("name", "Bed Light"),))
    >>> made = custom_sentences([Example(text="kill the bed light", reading=off, probability=0.9)])
    >>> list(made)
    ['custom_sentences/en/sayagain.yaml']
    """
    sure = [each for each in examples if each.probability >= SURE and not each.understood]
    meant: dict[str, set[tuple[str, bool]]] = defaultdict(set)
    for example in sure:
        meant[example.text].add((example.reading.key, example.here))
    grouped: dict[tuple[str, bool], tuple[Example, list[str]]] = {}
    for example in sure:
        if len(meant[example.text]) == 1 and _harmless(example) and _parses(example, language):
            _, texts = grouped.setdefault((example.reading.key, example.here), (example, []))
            if example.text not in texts:
                texts.append(example.text)
    if not grouped:
        return {}
    intents: dict[str, dict[str, Any]] = {}
    for example, texts in grouped.values():
        intents.setdefault(example.reading.intent, {"data": []})["data"].append(_block(example, texts))
    content = yaml.safe_dump({"language": language, "intents": intents}, sort_keys=False, allow_unicode=True, width=100)
    head = (
        "# Written by sayagain from what was said and what worked in its place; it writes it anew, so edit elsewhere.\n"
    )
    return {FILE.format(language=language): (head + content).encode()}


def aliases(examples: Iterable[Example]) -> dict[str, set[str]]:
    """Return other names of things: where what failed and what worked differ in nothing but the name.

    >>> from sayagain.turns import Hypothesis, Slot
    >>> off = Hypothesis(intent="HassTurnOff", slots=(Slot("name", "Bed Light"),))
    >>> said = "turn off the snooze lamp"
    >>> aliases([Example(text=said, reading=off, works="turn off the bed light", probability=0.9)])
    {'Bed Light': {'snooze lamp'}}
    """
    found: dict[str, set[str]] = {}
    for example in examples:
        names = [str(slot.value) for slot in example.reading.slots if slot.name == "name"]
        if example.works is None or len(names) != 1 or example.probability < SURE or example.understood:
            continue
        before, name, after = normalise(example.works).partition(normalise(names[0]))
        text = example.text
        framed = name and before.strip() and text.startswith(before) and text.endswith(after)
        other = text[len(before) : len(text) - len(after)].strip() if framed else ""
        if other and len(before) + len(after) < len(text) and other != name and not _SPECIAL.search(other):
            found.setdefault(names[0], set()).add(other)
    return found


def _harmless(example: Example) -> bool:
    return refuse(example.text, None, example.works or example.text, example.reading) is None


def _parses(example: Example, language: str) -> bool:
    """Whether the sentence alone is understood, by the parser that Home Assistant uses, as what it should be."""
    reading = example.reading
    names = {slot.name for slot in reading.slots}
    if not reading.intent or "+" in reading.intent or reading.intent == "said" or _SPECIAL.search(example.text):
        return False
    placed = example.here or names & _PLACES or (names and names <= _ROOM)
    # What needs something to act on would act on the whole house.
    if reading.intent in AIMED and not placed:
        return False
    if any(not isinstance(slot.value, str | int | float) for slot in reading.slots):
        return False
    block = _block(example, [example.text])
    block.pop("requires_context", None)
    try:
        alone = Intents.from_dict({"language": language, "intents": {reading.intent: {"data": [block]}}})
        found = recognize(example.text, alone)
    except Exception:  # noqa: BLE001  (whatever the parser stumbles over must not reach Home Assistant)
        return False
    return found is not None and found.intent.name == reading.intent


def _block(example: Example, texts: list[str]) -> dict[str, Any]:
    slots = {slot.name: slot.value for slot in sorted(example.reading.slots)}
    block: dict[str, Any] = {"sentences": sorted(texts)}
    if slots:
        block["slots"] = slots
    if example.here or (slots and slots.keys() <= _ROOM):
        # Only in a room that is known: without one it would act on the whole house.
        block["requires_context"] = {"area": {"slot": True}}
    return block
