"""Custom sentences that a home adds to the assistant's grammar, read from files as Home Assistant does.

See https://www.home-assistant.io/voice_control/custom_sentences_yaml/ for the format.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from sayagain.errors import InputError

__all__ = ["CustomSentences", "read_custom_sentences"]

_TEMPLATE_CHARACTERS = frozenset("[](){}<>|:;\\")
"""Characters that only templates contain."""


class CustomSentences:
    """Custom sentences of one home, with the lists and rules that they use.

    Args:
        files: the parsed content of each file, sorted by name; later files add to earlier ones.
        normalise: function that spells a sentence as understanding spells a request.
    """

    def __init__(self, files: Mapping[str, Mapping[str, Any]], normalise: Callable[[str], str]) -> None:
        self.lists: dict[str, Any] = {}
        """Lists of values, by name."""
        self.rules: dict[str, str] = {}
        """Expansion rules, by name."""
        self._literal_sentences: dict[str, list[tuple[str, dict[str, Any]]]] = defaultdict(list)
        self._template_sentences: list[tuple[str, dict[str, Any]]] = []
        for content in files.values():
            self.lists |= content.get("lists") or {}
            self.rules |= content.get("expansion_rules") or {}
            for intent, data in (content.get("intents") or {}).items():
                for block in data["data"]:
                    self._add(intent, block, normalise)

    def matching_intents(self, text: str) -> dict[str, Any]:
        """Return the intents whose sentences may match a text, in hassil's form; matching the others only costs time.

        Args:
            text: the text, normalised.
        """
        intents: dict[str, dict[str, Any]] = {}
        for intent, block in (*self._literal_sentences.get(text, ()), *self._template_sentences):
            intents.setdefault(intent, {"data": []})["data"].append(block)
        return intents

    def _add(self, intent: str, block: dict[str, Any], normalise: Callable[[str], str]) -> None:
        templates = []
        for sentence in block["sentences"]:
            if _TEMPLATE_CHARACTERS.isdisjoint(sentence):
                text = normalise(sentence)
                self._literal_sentences[text].append((intent, {**block, "sentences": [text]}))
            else:
                templates.append(sentence)
        if templates:
            self._template_sentences.append((intent, {**block, "sentences": templates}))


def read_custom_sentences(config: Path, normalise: Callable[[str], str], language: str = "en") -> CustomSentences:
    """Read `custom_sentences/<language>/*.yaml` from a configuration folder; without files there are no sentences.

    Args:
        config: the folder.
        normalise: see `CustomSentences`.
        language: language of the sentences.

    Raises:
        InputError: Home Assistant would reject a file.
    """
    import yaml  # noqa: PLC0415  (comes with hassil, an extra)

    contents: dict[str, Mapping[str, Any]] = {}
    for file in sorted((config / "custom_sentences" / language).glob("*.yaml")):
        try:
            content = yaml.safe_load(file.read_bytes())
        except yaml.YAMLError as error:
            raise InputError(f"{file}: is no YAML: {' '.join(str(error).split())}") from error
        if not _is_valid(content):
            raise InputError(f"{file}: is no custom sentences; expected `language` and `intents`, each with `data`")
        if content["language"] != language:
            raise InputError(f"{file}: is in {content['language']!r}; expected {language!r}, as its folder says")
        contents[str(file)] = content
    return CustomSentences(contents, normalise)


def _is_valid(content: object) -> bool:
    if not isinstance(content, dict) or not isinstance(content.get("language"), str):
        return False
    intents = content.get("intents") or {}
    return isinstance(intents, dict) and all(
        isinstance(data, dict)
        and isinstance(data.get("data"), list)
        and all(isinstance(block, dict) and isinstance(block.get("sentences"), list) for block in data["data"])
        for data in intents.values()
    )
