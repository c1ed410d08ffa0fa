"""Labels as custom sentences for Home Assistant, and aliases of its entities.

See https://www.home-assistant.io/voice_control/custom_sentences_yaml/ for the format.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import yaml
from hassil import Intents, recognize

from sayagain.assistants.exported_examples import group_by, keeps_meaning
from sayagain.assistants.homeassistant.cold_start.agent_hypothesis import AIMED
from sayagain.assistants.homeassistant.cold_start.oracle import template_language
from sayagain.assistants.homeassistant.resolve import PLACES
from sayagain.guardrails import changed_negation, refuse
from sayagain.labels import Example
from sayagain.languages import DEFAULT, language_of, language_pack
from sayagain.text import normalise

__all__ = ["FILE", "MIN_PROBABILITY", "aliases", "custom_sentences"]

FILE = "custom_sentences/{language}/sayagain.yaml"
"""Path of the sentences in Home Assistant's configuration folder."""

MIN_PROBABILITY = 0.75
"""Least probability of an exported label."""

_SPECIAL = re.compile(r"[\[\](){}<>|:;\\]")
"""Characters with a meaning in a template."""

_ROOM = frozenset({"domain", "device_class"})


def custom_sentences(examples: Sequence[Example], language: str = DEFAULT) -> dict[str, bytes]:
    """Return a file of custom sentences for each language, by its name; no file without sentences.

    The folder is the one that Home Assistant reads for the language: `de` for `de-AT`, `pt-BR` for `pt-BR`. Every
    sentence is parsed first, because one that cannot be parsed makes Home Assistant fail at every request. Left out are
    hypotheses without a single intent, words with two meanings, words that Home Assistant understands already, negated
    sentences, and whatever a guardrail refuses to a rewrite: nobody is asked before a sentence acts.

    Args:
        examples: the labels.
        language: language of the words, where the log does not state it.

    >>> from sayagain.turns import Hypothesis, Slot
    >>> off = Hypothesis(intent="HassTurnOff", slots=(Slot("name", "Bed Light"),))
    >>> made = custom_sentences([Example(text="kill the bed light", hypothesis=off, probability=0.9)])
    >>> list(made)
    ['custom_sentences/en/sayagain.yaml']
    """
    files: dict[str, bytes] = {}
    for folder, of_language in group_by(examples, lambda example: _folder(example, language)).items():
        files |= _language_file(of_language, folder or language)
    return files


def _folder(example: Example, language: str) -> str:
    tag = example.tag or example.language or language
    # It has a folder for each region that it knows, and reads no other.
    return template_language(tag) or language_of(tag) or tag


def _language_file(examples: Sequence[Example], language: str) -> dict[str, bytes]:
    usable_examples = [
        candidate for candidate in examples if candidate.probability >= MIN_PROBABILITY and not candidate.understood
    ]
    meanings: dict[str, set[tuple[str, bool]]] = defaultdict(set)
    for example in usable_examples:
        meanings[example.text].add((example.hypothesis.key, example.here))
    groups: dict[tuple[str, bool], tuple[Example, list[str]]] = {}
    for example in usable_examples:
        is_unambiguous = len(meanings[example.text]) == 1
        if is_unambiguous and _is_harmless(example, language) and _is_parsed_as_labelled(example, language):
            _, texts = groups.setdefault((example.hypothesis.key, example.here), (example, []))
            if example.text not in texts:
                texts.append(example.text)
    if not groups:
        return {}
    intents: dict[str, dict[str, Any]] = {}
    for example, texts in groups.values():
        intents.setdefault(example.hypothesis.intent, {"data": []})["data"].append(_block(example, texts))
    content = yaml.safe_dump({"language": language, "intents": intents}, sort_keys=False, allow_unicode=True, width=100)
    header = "# Written by sayagain from requests that failed and what worked instead; it overwrites this file.\n"
    return {FILE.format(language=language): (header + content).encode()}


def aliases(examples: Iterable[Example]) -> dict[str, set[str]]:
    """Return aliases of entities: the words that failed and the words that worked differ only in the name.

    >>> from sayagain.turns import Hypothesis, Slot
    >>> off = Hypothesis(intent="HassTurnOff", slots=(Slot("name", "Bed Light"),))
    >>> said = "turn off the snooze lamp"
    >>> aliases([Example(text=said, hypothesis=off, works="turn off the bed light", probability=0.9)])
    {'Bed Light': {'snooze lamp'}}
    """
    aliases_by_name: dict[str, set[str]] = {}
    for example in examples:
        names = [str(slot.value) for slot in example.hypothesis.slots if slot.name == "name"]
        if example.works is None or len(names) != 1 or example.probability < MIN_PROBABILITY or example.understood:
            continue
        prefix, name, suffix = normalise(example.works).partition(normalise(names[0]))
        text = example.text
        has_frame = name and prefix.strip() and text.startswith(prefix) and text.endswith(suffix)
        alias = text[len(prefix) : len(text) - len(suffix)].strip() if has_frame else ""
        if alias and len(prefix) + len(suffix) < len(text) and alias != name and not _SPECIAL.search(alias):
            aliases_by_name.setdefault(names[0], set()).add(alias)
    return aliases_by_name


def _is_harmless(example: Example, language: str) -> bool:
    pack = language_pack(example.language or language)
    # Where a negated sentence acts, Home Assistant misread the words that worked, too.
    if pack is not None and changed_negation(example.text, "", pack) is not None:
        return False
    words = example.works or example.text
    return keeps_meaning(example) and refuse(example.text, None, words, example.hypothesis, language=language) is None


def _is_parsed_as_labelled(example: Example, language: str) -> bool:
    """Whether Home Assistant's parser reads the sentence as the labelled intent."""
    hypothesis = example.hypothesis
    names = {slot.name for slot in hypothesis.slots}
    if (
        not hypothesis.intent
        or "+" in hypothesis.intent
        or hypothesis.intent == "said"
        or _SPECIAL.search(example.text)
    ):
        return False
    has_place = example.here or names & PLACES or (names and names <= _ROOM)
    # An intent without a target would act on the whole house.
    if hypothesis.intent in AIMED and not has_place:
        return False
    if any(not isinstance(slot.value, str | int | float) for slot in hypothesis.slots):
        return False
    block = _block(example, [example.text])
    block.pop("requires_context", None)
    try:
        intents = Intents.from_dict({"language": language, "intents": {hypothesis.intent: {"data": [block]}}})
        match = recognize(example.text, intents)
    except Exception:  # noqa: BLE001  (a sentence that breaks the parser must not reach Home Assistant)
        return False
    return match is not None and match.intent.name == hypothesis.intent


def _block(example: Example, texts: list[str]) -> dict[str, Any]:
    slots = {slot.name: slot.value for slot in sorted(example.hypothesis.slots)}
    block: dict[str, Any] = {"sentences": sorted(texts)}
    if slots:
        block["slots"] = slots
    if example.here or (slots and slots.keys() <= _ROOM):
        # Only in a known room; without one it would act on the whole house.
        block["requires_context"] = {"area": {"slot": True}}
    return block
