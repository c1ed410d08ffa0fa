"""What may be exported: words whose meaning is not turned round, by their languages."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from sayagain.languages import guess_language, language_pack

if TYPE_CHECKING:
    from sayagain.labels import Example

__all__ = ["group_by", "keeps_meaning"]


def keeps_meaning(example: "Example") -> bool:
    """Return whether words may be given to an assistant with their meaning; what it understands already always may.

    What people meant is inferred from what they did next, and after "don't open the gate" that may be "open the gate":
    so a negated sentence needs negated words that work. In a language without a pack nothing tells what is negated, and
    only another spelling of words that work is certain.

    >>> from sayagain.labels import Example
    >>> from sayagain.turns import Hypothesis
    >>> opened = Hypothesis(intent="HassOpenCover")
    >>> keeps_meaning(Example(text="don't open the gate", hypothesis=opened, works="open the gate", probability=0.9))
    False
    """
    from sayagain.guardrails import changed_negation, same_spelling  # noqa: PLC0415  (a plugin of OVOS needs none)
    from sayagain.text import normalise  # noqa: PLC0415  (the same)

    if example.understood:
        return True
    language = example.language or guess_language((example.text, example.works or ""))
    pack = None if language is None else language_pack(language)
    if pack is None:
        return example.works is not None and same_spelling(normalise(example.text), normalise(example.works))
    return changed_negation(example.text, example.works or "", pack) is None


def group_by(
    examples: "Iterable[Example]", language: "Callable[[Example], str | None]"
) -> "dict[str | None, list[Example]]":
    """Return examples by their language as an assistant tells languages apart, in order; None where none is known."""
    groups: dict[str | None, list[Example]] = {}
    for example in examples:
        groups.setdefault(language(example), []).append(example)
    return groups
