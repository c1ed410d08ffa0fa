"""Ambiguous requests of a log: which requests go wrong in some situations or for some people, and what they mean."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import msgspec

from sayagain.context.context_tree import ContextTree, grow_tree
from sayagain.context.evidence import ContextExample
from sayagain.context.interpretation import AmbiguousRequest
from sayagain.turns import Hypothesis

__all__ = ["find_ambiguous_requests"]

MIN_TURNS = 20
"""Least turns of a request from which a tree is grown."""

CLEAR = 0.9
"""P(what is done is meant) in every situation from which a request that lists nothing is not ambiguous."""

MEANT = 1.0
"""Least evidence, in turns, that a hypothesis which the assistant does not list is meant."""


def find_ambiguous_requests(
    examples: Sequence[ContextExample], units: Mapping[str, str], *, min_users: int
) -> dict[str, AmbiguousRequest]:
    """Return the ambiguous requests by name.

    Args:
        examples: of the whole log, in order of time.
        units: from a fitting unit to its privacy unit.
        min_users: privacy units that must stand behind a request, a split and a hypothesis.
    """
    by_request: dict[str, list[ContextExample]] = defaultdict(list)
    for example in examples:
        by_request[example.request].append(example)
    requests = {}
    for name in sorted(by_request):
        of_request = by_request[name]
        users = {units.get(example.unit, example.unit) for example in of_request}
        if len(of_request) < MIN_TURNS or len(users) < min_users:
            continue
        hypotheses = _known_hypotheses(of_request, units, min_users)
        known = _with_known(of_request, hypotheses)
        if len(known) < MIN_TURNS:
            continue
        # The judge knows the words, so its probabilities suit the average turn with these words.
        average = sum(example.p_defect for example in known) / len(known)
        tree = grow_tree(known, units, average=average, min_users=min_users)
        if _is_clear(tree) or (len(hypotheses) < 2 and not known[0].listed):
            continue
        requests[name] = AmbiguousRequest(name=name, tree=tree, average=average, hypotheses=hypotheses)
    return requests


def _is_clear(tree: ContextTree) -> bool:
    return all(max(leaf.meant.values(), default=0.0) >= CLEAR for leaf in tree.leaves) and not tree.condition


def _with_known(examples: Sequence[ContextExample], hypotheses: Mapping[str, Hypothesis]) -> list[ContextExample]:
    """Return the examples without what too few users stand behind: it must not stand in what others are given."""
    known = []
    for example in examples:
        if example.done.key not in hypotheses:
            continue
        if example.retry is not None and example.retry.key not in hypotheses:
            known.append(msgspec.structs.replace(example, retry=None, share=0.0))
        else:
            known.append(example)
    return known


def _known_hypotheses(
    examples: Sequence[ContextExample], units: Mapping[str, str], min_users: int
) -> dict[str, Hypothesis]:
    """Return what was done and asked for instead, by placed key, as far as enough users stand behind it."""
    hypotheses: dict[str, Hypothesis] = {}
    masses: dict[str, float] = defaultdict(float)
    users: dict[str, set[str]] = defaultdict(set)
    for example in examples:
        for hypothesis, mass in ((example.done, 1.0), (example.retry, example.p_defect * example.share)):
            if hypothesis is not None:
                hypotheses.setdefault(hypothesis.key, hypothesis)
                masses[hypothesis.key] += mass
                users[hypothesis.key].add(units.get(example.unit, example.unit))
    return {key: hypotheses[key] for key in sorted(hypotheses) if masses[key] >= MEANT and len(users[key]) >= min_users}
