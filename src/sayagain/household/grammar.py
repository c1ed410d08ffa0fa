"""The grammar: Home Assistant's sentences and ours, and the selection of those that may match a text."""

from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from sayagain.household.custom_sentences import CustomSentences
from sayagain.household.hypotheses import FLOORS, Pairs
from sayagain.household.sentences import EXPANSIONS, LISTS, SENTENCES

if TYPE_CHECKING:
    from hassil import Intents

__all__ = ["custom_intents", "load_grammar", "select_sentences"]

_RARE_WORDS = ("timer", "hour", "minute", "second", "volume", "brightness")
"""Words of many sentences and of few requests."""

_SLOTS = ("name", "area", "floor")
"""Slots whose values are names of the home."""


@lru_cache(maxsize=1)
def load_grammar() -> dict[str, Any]:
    """Return Home Assistant's sentences and ours, in hassil's form."""
    import home_assistant_intents  # noqa: PLC0415  (an extra: loaded on first use)

    grammar: dict[str, Any] | None = home_assistant_intents.get_intents("en")
    if grammar is None:  # pragma: no cover  (the package always has English)
        raise AssertionError
    for intent, blocks in SENTENCES.items():
        data = grammar["intents"].setdefault(intent, {"data": []})["data"]
        data.extend({"sentences": list(templates), **block_keys} for templates, block_keys in blocks)
    grammar["lists"].update(LISTS)
    grammar["expansion_rules"].update(EXPANSIONS)
    return grammar


def custom_intents(custom: CustomSentences, intents: dict[str, Any]) -> "Intents":
    """Return some custom sentences of a home with the lists and rules that they may use: theirs and the grammar's.

    Args:
        custom: the home's custom sentences.
        intents: those of them that may match.
    """
    from hassil import Intents  # noqa: PLC0415  (an extra: loaded on first use)

    grammar = load_grammar()
    lists, rules = {**grammar["lists"], **custom.lists}, {**grammar["expansion_rules"], **custom.rules}
    return Intents.from_dict({**grammar, "intents": intents, "lists": lists, "expansion_rules": rules})


def select_sentences(text: str, names: Pairs, areas: Pairs) -> "Intents":
    """Return the sentences that may match a text; matching the others only costs time.

    A sentence that requires a name, a room or a rare word cannot match a text without it, so leaving such sentences out
    changes no hypothesis.

    Args:
        text: the text, normalised.
        names: the names of devices that occur in it, each with its domain.
        areas: the names of rooms that occur in it, each with its id.
    """
    occurring = {word for word in _RARE_WORDS if word in text}
    if areas:
        occurring.add("{area")
    if any(floor in text for floor in FLOORS):
        occurring.add("{floor")
    return _sentences_with(frozenset(domain for _, domain in names), frozenset(occurring))


@cache
def _sentences_with(domains: frozenset[str], occurring: frozenset[str]) -> "Intents":
    from hassil import Intents  # noqa: PLC0415  (an extra: loaded on first use)

    grammar = load_grammar()
    absent = {*_RARE_WORDS, "{area", "{floor"} - occurring
    intents: dict[str, Any] = {}
    for intent, content in grammar["intents"].items():
        blocks = []
        for block in content["data"]:
            required_domains = block.get("requires_context", {}).get("domain", ())
            required_domains = {required_domains} if isinstance(required_domains, str) else set(required_domains)
            has_name = bool(domains & required_domains) if required_domains else bool(domains)
            missing = absent if has_name else absent | {"{name"}
            templates = [template for template in block["sentences"] if _required_parts(template).isdisjoint(missing)]
            if templates:
                blocks.append({**block, "sentences": templates})
        if blocks:
            intents[intent] = {**content, "data": blocks}
    return Intents.from_dict({**grammar, "intents": intents})


@cache
def _required_parts(template: str) -> frozenset[str]:
    """Return the slots (as `{name`) and rare words of a template that are neither optional nor alternatives."""
    parts: set[str] = set()
    depth = 0
    for position, letter in enumerate(template):
        if depth == 0:
            if letter == "{":
                slot_text = template[position + 1 :]
                parts.update("{" + slot for slot in _SLOTS if slot_text.startswith((slot + "}", slot + ":")))
            else:
                parts.update(word for word in _RARE_WORDS if template.startswith(word, position))
        depth += (letter in "[({<") - (letter in "])}>")
    return frozenset(parts)
