"""Context trees: P(what is meant | request, situation), a small decision tree for each request.

A tree splits its examples by the condition that tells most about what was meant, as long as it tells more than a split
by chance would. So which signals matter is learnt, request by request; a request that means the same everywhere has a
tree without splits. A leaf with few examples leans on the node above it.

Source: Quinlan 1986 (splits by information gain); Schwarz 1978 (the penalty); Wedderburn 1974 (quasi-likelihood).
"""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

import msgspec

from sayagain.context.evidence import ContextExample, outcomes
from sayagain.context.failure_share import failure_share, given_share

__all__ = ["ContextLeaf", "ContextTree", "grow_tree"]

DEPTH = 4
"""Most splits above a leaf."""

MIN_EXAMPLES = 6
"""Least examples on either side of a split."""

PENALTY = 1.5
"""Factor on the penalty of a split, ½ log n a parameter and the log of the number of conditions."""

PRIOR = 3.0
"""Examples that the distribution of the node above weighs in a leaf."""


class ContextLeaf(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a request meant in one kind of situation."""

    meant: dict[str, float]
    """Probabilities by placed key, `UNKNOWN` among them."""
    examples: int
    """Turns behind it."""
    path: tuple[str, ...] = ()
    """The conditions that lead to it, `not` before those that do not hold."""


class ContextTree(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A tree, or a part of one."""

    leaf: ContextLeaf
    """What was meant here, before any further split."""
    condition: str = ""
    """The condition of the split; empty for a leaf."""
    holds: "ContextTree | None" = None
    """Where it holds."""
    fails: "ContextTree | None" = None
    """Where it does not, or nothing is known of it."""

    def find(self, present: frozenset[str]) -> ContextLeaf:
        """Return the leaf of a situation.

        Args:
            present: the conditions that hold.
        """
        branch = self.holds if self.condition in present else self.fails
        return self.leaf if not self.condition or branch is None else branch.find(present)

    @property
    def leaves(self) -> list[ContextLeaf]:
        """All leaves."""
        return [self.leaf] if self.holds is None or self.fails is None else [*self.holds.leaves, *self.fails.leaves]


def grow_tree(
    examples: Sequence[ContextExample], units: Mapping[str, str], *, average: float, min_users: int = 1
) -> ContextTree:
    """Grow the tree of one request.

    Args:
        examples: of this request.
        units: from a fitting unit to its privacy unit.
        average: share of defects in the log.
        min_users: privacy units that must stand behind each side of a split.
    """
    return _Grower(units, average, min_users).grow(examples, None, ())


class _Grower(msgspec.Struct, frozen=True):
    units: Mapping[str, str]
    average: float
    min_users: int

    def grow(
        self, examples: Sequence[ContextExample], above: Mapping[str, float] | None, path: tuple[str, ...]
    ) -> ContextTree:
        totals = self._settled_totals(examples)
        n = len(examples)
        above, prior = above or {}, PRIOR if above else 0.0
        meant = {
            key: (totals.get(key, 0.0) + prior * above.get(key, 0.0)) / (n + prior)
            for key in sorted(totals.keys() | above.keys())
        }
        leaf = ContextLeaf(meant=meant, examples=n, path=path)
        condition = self._best_condition(examples) if len(path) < DEPTH else None
        if condition is None:
            return ContextTree(leaf=leaf)
        holding = [example for example in examples if condition in example.conditions]
        failing = [example for example in examples if condition not in example.conditions]
        return ContextTree(
            leaf=leaf,
            condition=condition,
            holds=self.grow(holding, meant, (*path, condition)),
            fails=self.grow(failing, meant, (*path, f"not {condition}")),
        )

    def _settled_totals(self, examples: Sequence[ContextExample]) -> Counter[str]:
        """Return what was meant in total, each turn judged by how often such turns go wrong."""
        groups: dict[str, list[ContextExample]] = defaultdict(list)
        for example in examples:
            groups[example.done.key].append(example)
        totals: Counter[str] = Counter()
        for group in groups.values():
            share = failure_share([example.p_defect for example in group], self.average)
            for example in group:
                totals.update(outcomes(example, given_share(example.p_defect, share, self.average)))
        return totals

    def _best_condition(self, examples: Sequence[ContextExample]) -> str | None:
        """Return the condition with the largest gain in log-likelihood above the penalty; None where there is none."""
        totals: Counter[str] = Counter()
        squares = 0.0
        holding: dict[str, Counter[str]] = defaultdict(Counter)
        users: dict[str, set[str]] = defaultdict(set)
        counts: Counter[str] = Counter()
        for example in examples:
            meant = example.meant
            totals.update(meant)
            squares += sum(mass * mass for mass in meant.values())
            counts.update(example.conditions)
            for condition in example.conditions:
                users[condition].add(self.units.get(example.unit, example.unit))
                holding[condition].update(meant)
        n, base = len(examples), _log_likelihood(totals)
        # Of outcomes that hardly occur nothing is estimated.
        parameters = max(sum(mass >= 1 for mass in totals.values()) - 1, 1)
        penalty = PENALTY * (parameters * 0.5 * math.log(max(n, 2)) + math.log(max(len(counts), 1)))
        dispersion = _dispersion(totals, squares, n)
        best, least = None, 0.0
        for condition in sorted(counts):
            if MIN_EXAMPLES <= counts[condition] <= n - MIN_EXAMPLES and len(users[condition]) >= self.min_users:
                rest = {key: mass - holding[condition][key] for key, mass in totals.items()}
                gain = _log_likelihood(holding[condition]) + _log_likelihood(rest) - base
                if gain / dispersion - penalty > least:
                    best, least = condition, gain / dispersion - penalty
        return best


def _dispersion(totals: Mapping[str, float], squares: float, n: int) -> float:
    """Return the variance of what was meant, relative to that of outcomes that are known, in (0, 1].

    What was meant is a probability for each turn, which varies less than an outcome that is known.
    """
    mean_squares = sum(mass * mass for mass in totals.values()) / max(n, 1)
    return min(max((squares - mean_squares) / max(n - mean_squares, 1e-9), 0.05), 1.0)


def _log_likelihood(totals: Mapping[str, float]) -> float:
    n = sum(totals.values())
    return sum(mass * math.log(mass / n) for mass in totals.values() if mass > 1e-9)
