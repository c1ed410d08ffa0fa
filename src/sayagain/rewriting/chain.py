"""The chain: rewrites learnt from what people said next until it worked.

State = hypothesis; two absorbing states, success and failure. S(h0, h) is the probability that a request understood as
h0 ends well with h as the last thing said, and its largest entry tells what to say instead of h0.
Source: Ponnusamy et al. 2020; self-awareness, Ponnusamy et al. 2022.
"""

import hashlib
import heapq
from collections.abc import Sequence
from operator import itemgetter

import msgspec
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from sayagain.rewriting.absorption import Absorption, absorb
from sayagain.rewriting.evidence import Evidence, paired_lift_low, wilson_low
from sayagain.rewriting.steps import Step
from sayagain.rewriting.transitions import EdgeOutcome, Edges, Transitions, count_transitions

__all__ = ["ChainRewrite", "ChainSettings", "Why", "chain_from", "learn_chain"]

DAY = 86_400_000
"""A day in milliseconds."""


class ChainSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Thresholds of support for the chain."""

    min_turns: int = 3
    """An edge needs this many turns, and so does every path of edges."""
    min_users: int = 2
    """And as many different users; turns without a user count as those of one."""
    successors: int = 20
    """Edges kept per state, the heaviest."""
    max_degree: int = 50
    """A state that follows more states than this AND leads to more than this is generic ("stop"): it would tie
    everything together. A popular target follows many but leads to few, and stays."""
    stop: frozenset[str] = frozenset()
    """States left out by name."""
    epsilon: float = 1e-4
    """How far the probability of success from a state may be computed too low; see `absorb`."""
    half_life: float = 30 * DAY
    """Age at which a turn counts half, in milliseconds."""
    expiry: int = 180 * DAY
    """A rewrite whose source was not heard for this long is dropped, in milliseconds."""
    level: float = 0.8
    """Probability with which the lift must be above 0. The chain proposes: ranker, guardrails and risk control, which
    is held to the promise, decide after it."""
    min_share: float = 0.5
    """A target must settle at least this share of h0's successes: where people end in many places, none is meant."""
    min_ratio: float = 1.0
    """A target must end h0's goals at least this many times as often as it ends other goals."""


class Why(msgspec.Struct, frozen=True, kw_only=True):
    """The numbers that decided."""

    alone: float
    """S(h0, h0): probability that a goal with h0 is settled by h0 itself, said once or again."""
    success: float
    """P(success | h0) = Σ_h S(h0, h): how often it is made to work in the end."""
    share: float
    """S(h0, h*) / Σ_h S(h0, h): how many of those successes end at the target."""
    base_share: float
    """The same among all goals that h0 had no part in: what the target's popularity alone explains."""
    lift_low: float
    """Lower bound of S(h0, h*) - S(h0, h0), which the same goals tell; above 0."""
    bound: float
    """How far `success` may fall short because small probabilities were dropped."""
    weight: float | None = None
    """P(rewritten goes better than left alone) from live traffic, if this rewrite was live."""


class ChainRewrite(msgspec.Struct, frozen=True, kw_only=True):
    """Say `target` instead of any of `sources`."""

    id: str
    """The same for the same source state and target words, in every release."""
    source_state: str
    """The hypothesis that fails; log it with a turn as `Rewritten.state`."""
    target_state: str
    """The hypothesis that works."""
    sources: tuple[str, ...]
    """Every wording heard from enough users that is mostly read as the source state, sorted; perhaps none."""
    target: str
    """The wording of the target state that works most surely."""
    probability: float
    """S(h0, h*): probability that a request read as h0 is settled by the target; too low rather than too high."""
    evidence: Evidence
    """What speaks for and against it, with its support in turns and users."""
    why: Why
    """The numbers that decided."""


def learn_chain(goals: Sequence[Sequence[Step]], settings: ChainSettings | None = None) -> list[ChainRewrite]:
    """Learn rewrites from goals.

    Args:
        goals: each the steps of one goal in order of time. The last step's 1 - p_defect is the goal's success.
        settings: thresholds; the defaults suit an assistant with more than a handful of users.

    Returns:
        At most one rewrite per source state, sorted by source state. Some may feed others: the guardrails close the
        table before it is used.

    Raises:
        InputError: a step's defect probability is outside [0, 1].

    >>> def goal(user, at):
    ...     bad = Step(state="heard:turn of the lamp", surface="turn of the lamp", user_id=user, at=at)
    ...     return [bad, Step(state="LightOff|name=lamp", surface="turn off the lamp", user_id=user, at=at + 5_000)]
    >>> (rewrite,) = learn_chain([goal(f"u{i}", i * 60_000) for i in range(4)])
    >>> rewrite.sources, rewrite.target, rewrite.evidence.users
    (('turn of the lamp',), 'turn off the lamp', 4)
    """
    settings = settings or ChainSettings()
    return chain_from(count_transitions(goals, half_life=settings.half_life), settings)


def chain_from(counts: Transitions, settings: ChainSettings) -> list[ChainRewrite]:
    """Learn rewrites from goals that were counted already; as `learn_chain`."""
    if not counts.states:
        return []
    edges = _prune(counts, settings)
    n = len(counts.states)
    # Pruned mass counts as failure: it can make a rewrite look worse, never better.
    visits = np.maximum(counts.visits, 1e-300)
    q = csr_array((edges.mass / visits[edges.start], (edges.start, edges.end)), shape=(n, n))
    r = np.minimum(counts.good / visits, 1.0)
    fresh = counts.now - counts.last_seen <= settings.expiry
    sources = np.unique(edges.start[fresh[edges.start]])
    wordings = _wordings(counts)
    choices = [
        choice
        for absorption in absorb(_damp(q, r), r, sources, settings.epsilon)
        for choice in _choose_targets(absorption, counts, settings)
    ]
    rewrites = [
        _rewrite(counts, edges, wordings, source, target, score, why, settings.min_users)
        for source, target, score, why in sorted(choices, key=itemgetter(0))
    ]
    return [rewrite for rewrite in rewrites if rewrite is not None]


def _damp(q: csr_array, r: NDArray[np.float64]) -> csr_array:
    """Keep rows that rounding pushed over 1 at 1, and every state able to let go."""
    total = np.asarray(q.sum(axis=1)).ravel() + r
    scale = 1.0 / np.maximum(total, 1.0)
    q.data = q.data * np.repeat(scale, np.diff(q.indptr))
    rows = np.repeat(np.arange(q.shape[0]), np.diff(q.indptr))
    q.data = np.where(rows == q.indices, np.minimum(q.data, 1 - 1e-9), q.data)
    return q


def _prune(counts: Transitions, settings: ChainSettings) -> Edges:
    """Keep supported edges between states that mean something, and of those the heaviest of each state."""
    edges = counts.edges
    is_move = edges.start != edges.end
    # Saying the same again needs no support: without it a request that works at the second try would seem to fail.
    edges = _take(edges, ~is_move | (edges.turns >= settings.min_turns) & (edges.users >= settings.min_users))
    n = len(counts.states)
    is_move = edges.start != edges.end
    leads = np.bincount(edges.start[is_move], minlength=n)
    follows = np.bincount(edges.end[is_move], minlength=n)
    generic = (leads > settings.max_degree) & (follows > settings.max_degree)
    generic |= np.fromiter((state in settings.stop for state in counts.states), dtype=bool, count=n)
    edges = _take(edges, ~(generic[edges.start] | generic[edges.end]))
    order = np.lexsort((edges.end, -edges.mass, edges.start))
    first = np.searchsorted(edges.start, edges.start)  # sorted by start, also after `order`
    heaviest = np.zeros(len(order), dtype=bool)
    heaviest[order] = np.arange(len(order)) - first < settings.successors
    return _take(edges, heaviest)


def _take(edges: Edges, keep: NDArray[np.bool_]) -> Edges:
    return Edges(
        start=edges.start[keep],
        end=edges.end[keep],
        mass=edges.mass[keep],
        turns=edges.turns[keep],
        users=edges.users[keep],
    )


def _choose_targets(
    absorption: Absorption, counts: Transitions, settings: ChainSettings
) -> list[tuple[int, int, float, Why]]:
    """Choose h* for each source of a block and test its lift.

    A popular h ends many goals whatever they began with, so S alone pulls everything towards the head. Its share among
    h0's successes is therefore compared with its share among all the others, and the largest excess wins. With no
    popular state about, that is the largest S.
    """
    scores, sources = absorption.scores, absorption.sources
    rows = np.repeat(np.arange(len(sources)), np.diff(scores.indptr))
    ends, score = scores.indices, scores.data
    success = np.bincount(rows, score, minlength=len(sources))
    is_same_state = ends == sources[rows]
    alone = np.bincount(rows[is_same_state], score[is_same_state], minlength=len(sources))
    share = score / success[rows]
    source = sources[rows]
    other_successes = np.maximum(counts.good[ends] - score * counts.goals[source], 0.0)
    other_total = counts.good.sum() - success * counts.goals[sources]
    # One goal more than there are, so that where there are hardly any others nothing counts as popular.
    base = other_successes / (np.maximum(other_total[rows], 0.0) + 1.0)
    allowed = np.flatnonzero((ends != source) & (share >= np.minimum(settings.min_ratio * base, 1.0) - 1e-9))
    # Rounded, so that equal masses added in another order tie.
    excess = np.round(share - base, 9)
    order = allowed[np.lexsort((ends[allowed], -score[allowed], -excess[allowed], rows[allowed]))]
    _, first = np.unique(rows[order], return_index=True)
    choices = []
    for k in order[first]:
        h0, trials = int(source[k]), float(counts.goals[source[k]])
        alone_probability = float(alone[rows[k]])
        lift_low = paired_lift_low(float(score[k]) * trials, alone_probability * trials, trials, settings.level)
        if lift_low > 0 and share[k] >= settings.min_share:
            why = Why(
                alone=alone_probability,
                success=float(success[rows[k]]),
                share=float(share[k]),
                base_share=float(base[k]),
                lift_low=lift_low,
                bound=float(absorption.bound[rows[k]]),
                weight=counts.weight.get((h0, int(ends[k]))),
            )
            choices.append((h0, int(ends[k]), float(score[k]), why))
    return choices


def _wordings(counts: Transitions) -> dict[int, list[str]]:
    """Return for each state the words that are mostly read as it, sorted."""
    wordings: dict[int, list[str]] = {}
    for words in sorted(counts.heard_as):
        state_masses = counts.heard_as[words]
        wordings.setdefault(min(state_masses, key=lambda state: (-state_masses[state], state)), []).append(words)
    return wordings


def _rewrite(
    counts: Transitions,
    edges: Edges,
    wordings: dict[int, list[str]],
    source: int,
    target: int,
    score: float,
    why: Why,
    min_users: int,
) -> ChainRewrite | None:
    """Return a rewrite with its words and evidence; None when no words belong to exactly one of the two states."""
    # Every user sees a rewrite, so it must not hold the words of a single user, who may have named a secret.
    sources = tuple(words for words in wordings.get(source, ()) if counts.speakers[words] >= min_users)
    target_wordings = set(wordings.get(target, ()))
    # A wording known only from rewritten turns was never heard, and yet it is the one that works.
    outcomes = {
        words: outcome
        for words, outcome in counts.surfaces[target].items()
        if counts.speakers[words] >= min_users and (words in target_wordings or words not in counts.heard_as)
    }
    if source not in wordings or not outcomes:
        return None
    target_words = min(outcomes, key=lambda words: _certainty_key(words, outcomes[words]))
    trials = float(counts.goals[source])
    alone, live = counts.alone[source], counts.live.get((source, target), EdgeOutcome())
    users, turns = _support(edges, source, target)
    evidence = Evidence(
        wins=score * trials,
        losses=why.alone * trials,
        trials=trials,
        turns=turns,
        users=users,
        last_seen=int(counts.last_seen[source]),
        a0=1 + alone.good,
        b0=1 + alone.bad,
        a1=1 + live.good,
        b1=1 + live.bad,
    )
    name = f"{counts.states[source]}\n{target_words}".encode()
    return ChainRewrite(
        id=f"chain-{hashlib.blake2b(name, digest_size=8).hexdigest()}",
        source_state=counts.states[source],
        target_state=counts.states[target],
        sources=sources,
        target=target_words,
        probability=score,
        evidence=evidence,
        why=why,
    )


def _certainty_key(words: str, outcome: EdgeOutcome) -> tuple[float, float, str]:
    low = wilson_low(outcome.good, outcome.bad)
    return (-round(low, 9), -round(outcome.good + outcome.bad, 9), words)


def _support(edges: Edges, source: int, target: int) -> tuple[int, int]:
    """Return users and turns of the weakest edge on the best supported path from source to target (a widest path)."""
    heap = [(-(1 << 62), -(1 << 62), source)]
    visited: set[int] = set()
    while heap:
        users, turns, state = heapq.heappop(heap)
        if state == target:
            return -users, -turns
        if state in visited:
            continue
        visited.add(state)
        low, high = np.searchsorted(edges.start, [state, state + 1])
        for k in range(low, high):
            if int(edges.end[k]) not in visited:
                entry = (max(users, -int(edges.users[k])), max(turns, -int(edges.turns[k])), int(edges.end[k]))
                heapq.heappush(heap, entry)
    return 0, 0
