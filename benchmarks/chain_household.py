"""The chain in homes where a name changes its meaning: from that week on, the old rewrite is a loss.

Each home has its own chain, learnt each week from its log and served in the next week. In the week of the change, the
private name of a lamp becomes the name of another lamp, which the assistant then knows: the request that used to fail
works without a rewrite, and the old rewrite does something else.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import msgspec

from benchmarks.served import failing, rewrites
from sayagain.household import Choice, HouseholdAssistant, Person, RecordedSpeech, Truth, Week, population
from sayagain.household.agenda import visits
from sayagain.household.custom_sentences import CustomSentences
from sayagain.household.habituation import habituate
from sayagain.household.visit import Household
from sayagain.learning.chain_links import goal_steps, links
from sayagain.rewriting.chain import ChainSettings
from sayagain.rewriting.steps import HEARD, Step
from sayagain.runtime import Decision
from sayagain.runtime.live_correction import LiveCorrection
from sayagain.store import open_store
from sayagain.text import normalise
from sayagain.turns import AppliedRewrite, Hypothesis, Turn, fitting_unit, goals, sessions

__all__ = ["VARIANTS", "frequent_targets", "pairs", "run_household", "steps_of"]

SEED = 103
"""Seed of homes other than the demo's."""

HOMES = 60
WEEKS = 12
WARM = 2
"""Weeks before the first rewrite is served."""

CHANGE = 8
"""First week in which a private name means another lamp, counted from 0."""

OFTEN = 6.0
"""Factor on the frequency of private names, so that a single home has rewrites to lose."""

SETTINGS = ChainSettings(min_turns=2, min_users=1)
"""A single home has few users; a rewrite needs two observations."""

Targets = Mapping[str, str]
"""Rewrites, by request as heard."""


def steps_of(log: Sequence[Turn], *, aware: bool) -> list[list[Step]]:
    """Return the goals of a log as steps of the chain.

    Args:
        log: turns.
        aware: whether rewrites are known; otherwise rewritten words count as the user's own.
    """
    if not aware:
        log = [msgspec.structs.replace(turn, applied_rewrite=None) for turn in log]
    # No judge: a turn speaks for itself, by its answer and by what follows it.
    return [goal for session in sessions(log) for goal in goal_steps(goals(session), {}, fitting_unit(session))]


def _chain(log: Sequence[Turn], *, aware: bool) -> Targets:
    hypotheses: dict[str, Hypothesis] = {turn.understood.key: turn.understood for turn in log}
    links_by_state = links([steps_of(log, aware=aware)], hypotheses.get, SETTINGS)
    return {
        state.removeprefix(HEARD): link.rewrite.target
        for state, link in links_by_state.items()
        if state.startswith(HEARD)
    }


def pairs(log: Sequence[Turn]) -> Targets:
    """Return rewrites by counts alone: which last request of a goal that worked follows which request."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for session in sessions(log):
        for goal in goals(session):
            last_turn = goal.turns[-1]
            for turn in goal.turns[:-1]:
                if not last_turn.failed and normalise(turn.heard) != normalise(last_turn.request):
                    counts[normalise(turn.heard)][normalise(last_turn.request)] += 1
    return frequent_targets(counts, SETTINGS)


def frequent_targets(counts: Mapping[str, Counter[str]], settings: ChainSettings) -> dict[str, str]:
    """Return the most frequent target of each source, where it is frequent enough.

    Args:
        counts: counts of targets by source.
        settings: least number and least share of a target.

    >>> frequent_targets({"lamp of": Counter({"lamp off": 3, "lamp on": 1})}, SETTINGS)
    {'lamp of': 'lamp off'}
    """
    best = {
        source: min(target_counts, key=lambda target: (-target_counts[target], target))
        for source, target_counts in counts.items()
    }
    return {
        source: target
        for source, target in best.items()
        if counts[source][target] >= settings.min_turns
        and counts[source][target] >= settings.min_share * counts[source].total()
    }


CORRECTED = "corrected"
"""Name of the variant with live correction by users' reactions, as in the product."""

VARIANTS: dict[str, Callable[[Sequence[Turn]], Targets]] = {
    "aware": lambda log: _chain(log, aware=True),
    CORRECTED: lambda log: _chain(log, aware=True),
    "unaware": lambda log: _chain(log, aware=False),
    "pairs": pairs,
}


class _Front:
    """A home's rewrites in front of its assistant, with a record of the decisions of each week.

    Args:
        corrected: whether live correction by users' reactions decides if a rewrite is served again.
    """

    def __init__(self, *, corrected: bool) -> None:
        self.targets: Targets = {}
        self.decisions: list[dict[str, str | None]] = []
        self._store = open_store(":memory:") if corrected else None
        # The past of the words is unknown, apart from the counts behind the rewrites.
        self._correction = LiveCorrection(self._store, lambda _: (0.0, 0.0)) if self._store is not None else None
        self._session: list[Turn] = []

    def decide(self, turn: Turn) -> Choice | None:
        heard = normalise(turn.request)
        target = self.targets.get(heard)
        if target is not None and not self._is_served(turn, heard, target):
            target = None
        self.decisions[-1][heard] = target
        if target is None or target == heard:
            return None
        applied = AppliedRewrite(id=f"{heard} {target}", source=turn.request, target=target, layer="chain")
        return Choice(text=target, applied=applied)

    def observe(self, turn: Turn) -> None:
        """Count the reaction to a rewrite; without live correction the chain learns from the log alone."""
        if self._correction is None:
            return
        if self._session and self._session[-1].session_id != turn.session_id:
            self._session.clear()
        self._session.append(turn)
        self._correction.observe(self._session, one_home=True)

    def _is_served(self, turn: Turn, heard: str, target: str) -> bool:
        if self._correction is None or self._store is None:
            return True
        name = f"{heard} {target}"
        decision = Decision(heard=turn.request, text=target, layer="chain", rewrite_id=name, why="the chain")
        return name not in self._store.withdrawn() and self._correction.check(decision, None, one_home=True).changed


def run_household(
    variant: str, *, seed: int = SEED, homes: int = HOMES, weeks: int = WEEKS, change: int = CHANGE
) -> dict[str, Any]:
    """Let homes live with one variant of the chain and count.

    Args:
        variant: a name of `VARIANTS`.
        seed: seed of the homes.
        homes: number of homes.
        weeks: number of weeks.
        change: first week in which names mean something else.
    """
    assistant, recorded = HouseholdAssistant(), RecordedSpeech.open()
    houses, everyone = population(seed)
    all_weeks: list[Week] = []
    decisions: list[list[dict[str, str | None]]] = []
    for house in houses[:homes]:
        people = tuple(person for person in everyone if person.home == house.id)
        settled = habituate(house, people, assistant, recorded, seed)
        household = Household(house, tuple(map(_raise_nickname_weights, settled)), assistant, recorded, seed)
        front, log = _Front(corrected=variant == CORRECTED), list[Turn]()
        for number in range(weeks):
            if number == change:
                _rename(household, assistant)
            if number >= WARM:
                front.targets = VARIANTS[variant](log)
            front.decisions.append({})
            week = _week(household, number, seed, front)
            log += week.turns
            all_weeks.append(week)
        decisions.append(front.decisions)
    return _figures([week for week in all_weeks if week.number >= WARM], decisions, weeks, change)


def _raise_nickname_weights(person: Person) -> Person:
    """Return the person with private names said more often."""
    wants = (
        msgspec.structs.replace(want, weight=OFTEN * want.weight) if want.kind.startswith("nickname") else want
        for want in person.wants
    )
    return msgspec.structs.replace(person, wants=tuple(wants))


def _week(household: Household, number: int, seed: int, front: _Front) -> Week:
    turns: list[Turn] = []
    truths: list[Truth] = []

    def keep(turn: Turn, truth: Truth) -> None:
        turns.append(turn)
        truths.append(truth)
        front.observe(turn)

    layers = {person.id: front for person in household.people}
    for visit in visits(household.home, household.people, number, seed):
        household.simulate(visit, dict(layers), keep)
    return Week(number, tuple(turns), tuple(truths))


def _rename(household: Household, assistant: HouseholdAssistant) -> None:
    """Give every private name of a lamp to another lamp, in the people's wants and the assistant's names."""
    lamps = [device.id for device in household.home.devices_of("light")]
    names: dict[str, set[str]] = defaultdict(set)
    new_targets: dict[str, str] = {}
    people = []
    for person in household.people:
        wants = []
        for want in person.wants:
            if want.kind.startswith("nickname") and len(lamps) > 1:
                nickname = _nickname(want.wordings[0])
                other_lamps = [lamp for lamp in lamps if lamp != want.target]
                target = new_targets.setdefault(nickname, other_lamps[len(new_targets) % len(other_lamps)])
                device = household.home.device(target)
                assert device is not None
                names[device.name].add(nickname)
                wants.append(msgspec.structs.replace(want, target=target))
            else:
                wants.append(want)
        people.append(msgspec.structs.replace(person, wants=tuple(wants)))
    household.people = tuple[Person, ...](people)
    household.home = household.home.with_aliases(names)
    assistant.understanding.set_custom_sentences(household.home, CustomSentences({}, normalise))


def _nickname(wording: str) -> str:
    for carrier in ("turn on the ", "switch on the ", "turn off the ", "switch off the "):
        wording = wording.removeprefix(carrier)
    return wording.removesuffix(" on").removesuffix(" off")


def _figures(
    all_weeks: Sequence[Week], decisions: Sequence[Sequence[Mapping[str, str | None]]], weeks: int, change: int
) -> dict[str, Any]:
    counts = Counter(rewrite.outcome for rewrite in rewrites(all_weeks))
    changed_weeks = [week for week in all_weeks if week.number >= change]
    changed_counts = Counter(rewrite.outcome for rewrite in rewrites(changed_weeks))
    retired = _weeks_to_retire(changed_weeks, weeks, change)
    would_fail = failing(all_weeks)
    return {
        "wins": counts["win"],
        "losses": counts["loss"],
        "ratio": counts["win"] / max(counts["loss"], 1),
        "coverage": counts["win"] / max(would_fail, 1),
        "acted_wrong": counts["acted wrong"],
        "losses_after_change": changed_counts["loss"],
        "flips": flips(decisions),
        "bad_rewrites": len(retired),
        "weeks_to_retire": sum(retired) / len(retired) if retired else None,
    }


def flips(decided: Sequence[Sequence[Mapping[str, str | None]]]) -> float:
    """Return the mean number of changes of the decision on a request, between weeks in which it is heard.

    Args:
        decided: decisions of each home and week, by request as heard; requests that are never rewritten do not count.

    >>> flips([[{"a": None}, {"a": "b"}, {}, {"a": None}]])
    2.0
    """
    changes: list[int] = []
    for home in decided:
        targets_by_request: dict[str, list[str | None]] = defaultdict(list)
        for week in home:
            for heard, target in week.items():
                targets_by_request[heard].append(target)
        rewritten = (row for row in targets_by_request.values() if any(target is not None for target in row))
        changes += (sum(a != b for a, b in pairwise(row)) for row in rewritten)
    return sum(changes) / len(changes) if changes else 0.0


def _weeks_to_retire(changed_weeks: Sequence[Week], weeks: int, change: int) -> list[int]:
    """Return, for each rewrite with a loss after the change, the number of weeks from the change to its last use."""
    last: dict[tuple[str, str, str], int] = {}
    bad_rewrites = set()
    for week in changed_weeks:
        for rewrite in rewrites([week]):
            key = (rewrite.turn.turn_id.partition("-")[0], normalise(rewrite.turn.heard), rewrite.turn.request)
            last[key] = min(week.number, weeks - 1)
            if rewrite.outcome == "loss":
                bad_rewrites.add(key)
    return [last[key] - change + 1 for key in sorted(bad_rewrites)]
