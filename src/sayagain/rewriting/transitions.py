"""Transitions: the counts of an absorbing Markov chain over goals, with live rewrites counted separately."""

from collections import defaultdict
from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from sayagain.errors import InputError
from sayagain.rewriting.evidence import decay, probability_better
from sayagain.rewriting.steps import HEARD, Rewritten, Step

__all__ = ["EdgeOutcome", "Edges", "Transitions", "count_transitions"]


class EdgeOutcome(msgspec.Struct):
    """A running sum of how turns went, decayed by age."""

    good: float = 0.0
    """Mass of turns that went well."""
    bad: float = 0.0
    """Mass of turns that failed."""


class Edges(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """Every pair of states of which one followed the other; parallel arrays sorted by (start, end)."""

    start: NDArray[np.int64]
    """Index of the state left."""
    end: NDArray[np.int64]
    """Index of the state reached."""
    mass: NDArray[np.float64]
    """How often, weighed by age, by the probability that the first failed, and by w for a live rewrite."""
    turns: NDArray[np.int64]
    """How often, plain count of those more likely than not to be such a move."""
    users: NDArray[np.int64]
    """By how many different users, of the same."""


class Transitions(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """The chain as counts. Arrays of shape (n,) are indexed as `states`."""

    states: tuple[str, ...]
    """All states, sorted."""
    visits: NDArray[np.float64]
    """Decayed mass of visits."""
    good: NDArray[np.float64]
    """Decayed mass of visits that ended the goal well."""
    goals: NDArray[np.float64]
    """Decayed mass of goals in which the state was seen, where a success ends one goal and begins the next: at least
    `good` and at most `visits`."""
    last_seen: NDArray[np.int64]
    """When it was last seen, in milliseconds."""
    edges: Edges
    """What followed what."""
    alone: tuple[EdgeOutcome, ...]
    """How each state's requests went that were not rewritten."""
    live: dict[tuple[int, int], EdgeOutcome]
    """(q, r) → how requests for q went that were rewritten to r."""
    weight: dict[tuple[int, int], float]
    """(q, r) → w = P(rewritten goes better than left alone)."""
    surfaces: tuple[dict[str, EdgeOutcome], ...]
    """For each state, the words that were acted on as this state and how they went."""
    heard_as: dict[str, dict[int, float]]
    """Words as heard → state → decayed mass."""
    speakers: dict[str, int]
    """Words, as heard or acted on → different users; those without an id count as one together."""
    now: int
    """The end of the log, in milliseconds."""


def count_transitions(goals: Sequence[Sequence[Step]], *, half_life: float, now: int | None = None) -> Transitions:
    """Count goals into a chain.

    A turn that fails with probability p moves on with mass p and ends well with mass 1 - p: what merely comes next
    after a success is no rephrase. A turn on which q → r was live is an edge q → r followed by r's outcome with weight
    w, and an outcome of q itself with weight 1 - w (Ponnusamy et al. 2022): q's log entry is really r's.

    All visits of a goal weigh the same, by the age of its end, so that no state succeeds more often than goals have it.
    Words that give up are no state: the goal fails there, and what follows begins another.

    Args:
        goals: each a sequence of steps in order of time; empty ones are passed over.
        half_life: age at which a turn counts half, in milliseconds.
        now: the moment from which age is reckoned; the time of the latest step if not given.

    Raises:
        InputError: a step's defect probability is outside [0, 1].
    """
    goals = [goal for whole in goals for goal in _split_at_abandonment(whole)]
    end = max((step.at for goal in goals for step in goal), default=0)
    now = end if now is None else now
    heard_states = _heard_states(goals, half_life, now)
    states = tuple(
        sorted({s.state for goal in goals for s in goal} | {_source_state(s, heard_states) for g in goals for s in g})
    )
    counter = _Counter(states, heard_states, half_life, now)
    for goal in goals:
        counter.judge(goal)
    counter.weigh()
    for goal in goals:
        counter.walk(goal)
    return counter.result()


def _split_at_abandonment(goal: Sequence[Step]) -> list[list[Step]]:
    """Cut a goal behind each step that gives up; the step before it failed unless the judge says otherwise."""
    parts: list[list[Step]] = [[]]
    for step in goal:
        if not step.gives_up:
            parts[-1].append(step)
        elif parts[-1]:
            last = parts[-1][-1]
            parts[-1][-1] = last if last.p_defect is not None else msgspec.structs.replace(last, p_defect=1.0)
            parts.append([])
    return [part for part in parts if part]


def _heard_states(goals: Sequence[Sequence[Step]], half_life: float, now: int) -> dict[str, dict[str, float]]:
    """Map words as heard to the states they were read as, from turns left alone."""
    heard_states: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for goal in goals:
        for step in goal:
            if step.rewritten is None:
                heard_states[step.surface][step.state] += decay(now - step.at, half_life)
    return heard_states


def _source_state(step: Step, heard_states: dict[str, dict[str, float]]) -> str:
    """Return the state of what the user said, before any rewrite."""
    rewritten: Rewritten | None = step.rewritten
    if rewritten is None:
        return step.state
    if rewritten.state is not None:
        return rewritten.state
    state_masses = heard_states.get(rewritten.surface)
    return (
        min(state_masses, key=lambda state: (-state_masses[state], state))
        if state_masses
        else f"{HEARD}{rewritten.surface}"
    )


def _defects(goal: Sequence[Step]) -> list[float]:
    """Return each turn's probability of a defect, filling in the outcome rule where there was no judge."""
    probabilities = []
    for i, step in enumerate(goal):
        p = step.p_defect
        if p is None:
            p = 1.0 if i + 1 < len(goal) else 0.0
        if not 0 <= p <= 1:
            raise InputError(f"step {step.surface!r}: its defect probability is {p}; expected a number from 0 to 1")
        probabilities.append(float(p))
    return probabilities


class _Counter:
    """The running sums."""

    def __init__(
        self, states: tuple[str, ...], heard_states: dict[str, dict[str, float]], half_life: float, now: int
    ) -> None:
        n = len(states)
        self.states, self.heard_states, self.half_life, self.now = states, heard_states, half_life, now
        self.index = {state: i for i, state in enumerate(states)}
        self.heard_as = {
            words: {self.index[s]: mass for s, mass in state_masses.items()}
            for words, state_masses in heard_states.items()
        }
        self.users: dict[str | None, int] = {}
        self.visits, self.good, self.goals = np.zeros(n), np.zeros(n), np.zeros(n)
        self.last_seen = np.zeros(n, dtype=np.int64)
        self.alone = tuple(EdgeOutcome() for _ in states)
        self.surfaces: tuple[dict[str, EdgeOutcome], ...] = tuple({} for _ in states)
        self.live: dict[tuple[int, int], EdgeOutcome] = {}
        self.weight: dict[tuple[int, int], float] = {}
        self.moves: list[tuple[int, int, float, int, int]] = []
        self.speakers: dict[str, set[str | None]] = {}

    def judge(self, goal: Sequence[Step]) -> None:
        """Add up how each turn went: q left alone, q rewritten to r, and every wording."""
        for step, p in zip(goal, _defects(goal), strict=True):
            mass = decay(self.now - step.at, self.half_life)
            q, r = self.index[_source_state(step, self.heard_states)], self.index[step.state]
            outcomes = [self.surfaces[r].setdefault(step.surface, EdgeOutcome())]
            if step.rewritten is None:
                outcomes.append(self.alone[q])
            else:
                outcomes.append(self.live.setdefault((q, r), EdgeOutcome()))
                self.heard_as.setdefault(step.rewritten.surface, {}).setdefault(q, 0.0)
                self.heard_as[step.rewritten.surface][q] += mass
            for words in {step.surface, step.surface if step.rewritten is None else step.rewritten.surface}:
                self.speakers.setdefault(words, set()).add(step.user_id)
            for outcome in outcomes:
                outcome.good += mass * (1 - p)
                outcome.bad += mass * p

    def weigh(self) -> None:
        """Find w for every live rewrite."""
        for (q, r), live in self.live.items():
            alone = self.alone[q]
            self.weight[q, r] = probability_better(1 + alone.good, 1 + alone.bad, 1 + live.good, 1 + live.bad)

    def walk(self, goal: Sequence[Step]) -> None:
        """Walk one goal along its edges."""
        entries = [self.index[_source_state(step, self.heard_states)] for step in goal]
        mass = decay(self.now - goal[-1].at, self.half_life)
        seen_probabilities: dict[int, float] = {}
        for i, (step, p) in enumerate(zip(goal, _defects(goal), strict=True)):
            user = self.users.setdefault(step.user_id, len(self.users))
            q, r = entries[i], self.index[step.state]
            w = 0.0 if step.rewritten is None or q == r else self.weight[q, r]
            self._visit(q, 1.0, mass, step.at, seen_probabilities)
            if w > 0:
                self._move(q, r, w, mass, user)
                self._visit(r, w, mass, step.at, seen_probabilities)
            for state, share in ((r, w), (q, 1 - w)):
                self.good[state] += mass * share * (1 - p)
                if i + 1 < len(goal):
                    self._move(state, entries[i + 1], share * p, mass, user)
            seen_probabilities = {state: p * share for state, share in seen_probabilities.items()}

    def _visit(self, state: int, share: float, mass: float, at: int, seen_probabilities: dict[int, float]) -> None:
        """Count a visit; `seen` holds for each state how likely it was seen since the last success."""
        fresh = share * (1 - seen_probabilities.get(state, 0.0))
        self.visits[state] += share * mass
        self.goals[state] += fresh * mass
        self.last_seen[state] = max(self.last_seen[state], at)
        seen_probabilities[state] = seen_probabilities.get(state, 0.0) + fresh

    def _move(self, start: int, end: int, share: float, mass: float, user: int) -> None:
        if share > 0:
            self.moves.append((start, end, share * mass, share >= 0.5, user))

    def result(self) -> Transitions:
        return Transitions(
            states=self.states,
            visits=self.visits,
            good=self.good,
            goals=self.goals,
            last_seen=self.last_seen,
            edges=_edges(self.moves),
            alone=self.alone,
            live=self.live,
            weight=self.weight,
            surfaces=self.surfaces,
            heard_as=self.heard_as,
            speakers={words: len(users) for words, users in self.speakers.items()},
            now=self.now,
        )


def _edges(moves: list[tuple[int, int, float, int, int]]) -> Edges:
    """Add up moves by pair of states: sorted arrays, as millions of small sets would not fit."""
    table = np.array(moves, dtype=float).reshape(-1, 5)
    start, end, turn_counts, user = (table[:, k].astype(np.int64) for k in (0, 1, 3, 4))
    order = np.lexsort((user, end, start))
    start, end, turn_counts, user, mass = start[order], end[order], turn_counts[order], user[order], table[order, 2]
    if not len(start):
        return Edges(start=start, end=end, mass=mass, turns=turn_counts, users=turn_counts)
    first = np.flatnonzero(np.r_[True, (np.diff(start) != 0) | (np.diff(end) != 0)])
    group = np.repeat(np.arange(len(first)), np.diff(np.r_[first, len(start)]))
    group, user = group[turn_counts > 0], user[turn_counts > 0]
    fresh = np.ones(len(group), dtype=bool)
    fresh[1:] = (np.diff(group) != 0) | (np.diff(user) != 0)
    return Edges(
        start=start[first],
        end=end[first],
        mass=np.add.reduceat(mass, first),
        turns=np.add.reduceat(turn_counts, first),
        users=np.bincount(group[fresh], minlength=len(first)),
    )
