"""Random sentences of a template of Home Assistant: one way is taken at each choice, where hassil takes all of them."""

import random
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hassil import Sentence
    from hassil.expression import Expression, ListReference

__all__ = ["list_names", "random_sentence"]

Rules = Mapping[str, "Sentence"]


def random_sentence(
    expression: "Expression", rules: Rules, rng: random.Random, fill: Callable[["ListReference"], str]
) -> str:
    """Return one sentence of a template, each choice in it drawn at random.

    Args:
        expression: the template, parsed.
        rules: the expansion rules that it may refer to.
        rng: draws.
        fill: returns a value for a list; may raise `LookupError` where there is none.

    Raises:
        LookupError: `fill` has no value for a list.
    """
    from hassil import expression as parts  # noqa: PLC0415  (an extra: loaded on first use)
    from hassil.util import normalize_whitespace  # noqa: PLC0415  (the same)

    def walk(part: "Expression") -> str:
        match part:
            case parts.TextChunk():
                return str(part.original_text)
            case parts.Alternative():
                return walk(rng.choice(part.items))
            case parts.Permutation():
                return "".join(map(walk, rng.sample(part.items, len(part.items))))
            case parts.Group():
                return "".join(map(walk, part.items))
            case parts.RuleReference():
                return walk(rules[part.rule_name].expression)
            case parts.ListReference():
                return fill(part)
        raise AssertionError(part)

    return str(normalize_whitespace(walk(expression))).strip()


def list_names(expression: "Expression", rules: Rules) -> frozenset[str]:
    """Return the names of all lists that a template refers to, itself or by its rules."""
    from hassil import expression as parts  # noqa: PLC0415  (an extra: loaded on first use)

    expanded: set[str] = set()

    def names(part: "Expression") -> Iterator[str]:
        match part:
            case parts.ListReference():
                yield part.list_name
            case parts.RuleReference() if part.rule_name not in expanded:
                expanded.add(part.rule_name)
                yield from names(rules[part.rule_name].expression)
            case parts.Group():
                for item in part.items:
                    yield from names(item)

    return frozenset(names(expression))
