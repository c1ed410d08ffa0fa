"""Rasa's NLU training data: examples by intent with marked entities, and synonyms.

See https://rasa.com/docs/rasa/training-data-format for the format.
"""

import json
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from sayagain.assistants.exported_examples import group_by, keeps_meaning
from sayagain.turns import SAID, Slot

if TYPE_CHECKING:
    from sayagain.labels import Example

__all__ = ["VERSION", "nlu_file"]

VERSION = "3.1"
"""Version of the format."""

_MARKS = re.compile(r"[\[\](){}]")
"""Characters that mark an entity; words that hold one would be misread."""

_NAME = re.compile(r"[^\s:\[\](){}][^:\[\](){}]*")
"""Valid names of intents and entities; a retrieval intent has a slash."""


def nlu_file(examples: "Sequence[Example]") -> dict[str, bytes]:
    r"""Return `nlu.yml`, or no file if no example can be used; in a log of several languages a folder for each.

    An entity whose value is not among the words is left out, never written into the example; words that differ from
    the value in their capitals become a synonym too. Left out are examples without a hypothesis, words that Rasa would
    read as marks or as the name of an intent, and negated sentences with another meaning. A model of Rasa's has one
    language, so each language gets a file of its own: `de/nlu.yml`.

    >>> from sayagain.labels import Example
    >>> from sayagain.turns import Hypothesis, Slot
    >>> hypothesis = Hypothesis(intent="turn_off", slots=(Slot("area", "kitchen"),))
    >>> example = Example(text="kill the kitchen light", hypothesis=hypothesis, probability=0.9)
    >>> print(nlu_file([example])["nlu.yml"].decode())
    version: "3.1"
    nlu:
    - intent: "turn_off"
      examples: |
        - kill the [kitchen](area) light
    <BLANKLINE>
    """
    languages = group_by(examples, lambda example: example.language)
    files: dict[str, bytes] = {}
    for language, said in languages.items():
        content = _content(said)
        if content is not None:
            files["nlu.yml" if language is None or len(languages) == 1 else f"{language}/nlu.yml"] = content
    return files


def _content(examples: "Sequence[Example]") -> bytes | None:
    intents: dict[str, dict[str, str]] = {}
    synonyms: dict[str, str] = {}
    for example in examples:
        text = " ".join(example.text.split())
        intent = example.hypothesis.intent
        if intent == SAID or not _is_valid_name(intent) or not _is_plain_text(text) or text.startswith("/"):
            continue
        if not keeps_meaning(example):
            continue
        marked_text = "".join(_mark_entities(text, example.hypothesis.slots, synonyms))
        # The first marking of a text wins: the most probable examples come first.
        intents.setdefault(intent, {}).setdefault(text.lower(), marked_text)
    if not intents:
        return None
    lines = [f'version: "{VERSION}"', "nlu:"]
    for intent, texts in sorted(intents.items()):
        lines += [
            f"- intent: {json.dumps(intent, ensure_ascii=False)}",
            "  examples: |",
            *(f"    - {marked_text}" for marked_text in texts.values()),
        ]
    for value in sorted(set(synonyms.values())):
        phrases = sorted(phrase for phrase, meaning in synonyms.items() if meaning == value)
        lines += [
            f"- synonym: {json.dumps(value, ensure_ascii=False)}",
            "  examples: |",
            *(f"    - {phrase}" for phrase in phrases),
        ]
    return ("\n".join(lines) + "\n").encode()


def _mark_entities(text: str, slots: Sequence[Slot], synonyms: dict[str, str]) -> Iterator[str]:
    """Yield the parts of the text, with its entities marked."""
    spans: list[tuple[int, int, Slot]] = []
    for slot in slots:
        span = _entity_span(text, slot)
        if span is not None and all(span[1] <= start or end <= span[0] for start, end, _ in spans):
            spans.append((*span, slot))
    position = 0
    for start, end, slot in sorted(spans, key=lambda entry: entry[:2]):
        name, _, role = slot.name.partition(":")
        words, value = text[start:end], str(slot.value)
        yield text[position:start]
        if role:
            yield f"[{words}]" + json.dumps({"entity": name, "role": role, "value": value}, ensure_ascii=False)
        else:
            yield f"[{words}]({name})"
        if words != value:
            synonyms.setdefault(words, value)
        position = end
    yield text[position:]


def _entity_span(text: str, slot: Slot) -> tuple[int, int] | None:
    """Return start and end of an entity in the text, whole words only."""
    name, _, role = slot.name.partition(":")
    value = str(slot.value) if slot.value is not None else ""
    if not _is_plain_text(value) or not _is_valid_name(name) or (role and not _is_valid_name(role)):
        return None
    match = re.search(rf"(?<!\w){re.escape(value)}(?!\w)", text, re.IGNORECASE)
    return (match.start(), match.end()) if match is not None else None


def _is_valid_name(name: str) -> bool:
    return _NAME.fullmatch(name) is not None and name.isprintable() and name == name.strip()


def _is_plain_text(text: str) -> bool:
    """Whether YAML and Rasa read the text back unchanged."""
    return bool(text) and text.isprintable() and text == text.strip() and _MARKS.search(text) is None
