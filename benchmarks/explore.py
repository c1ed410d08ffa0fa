"""Exploration in the household: off-policy estimates against the truth, and what exploring brings.

The turns are ambiguous requests of which the assistant lists several hypotheses. A choice among them goes well as the
truth says; what is logged is whether the person lets it pass, which one who does not notice (7%) or is mistaken (1.5%)
does wrongly.

`coverage_95` and `spearman`: 120 random policies are estimated (doubly robust), each from a log of its own; its people
are drawn with replacement from everybody, so that the value over everybody is the truth.

`ab_gain`: people are hashed into two arms; both learn each week what requests mean in their situations, from the log of
their arm. One always makes the choice that looks best, the other explores by Thompson sampling within bounds; the last
weeks are counted, with the truth.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from scipy.stats import spearmanr

from benchmarks.bootstrap import quantile_interval, resampled_sums
from sayagain.context import (
    AmbiguousRequest,
    ContextExample,
    Habits,
    add_habit,
    conditions,
    context_signals,
    find_ambiguous_requests,
    interpret,
    listed_hypotheses,
    placed_hypothesis,
    request_key,
    situation_name,
)
from sayagain.evaluation.off_policy import LoggedChoice, estimate
from sayagain.evaluation.reward_model import SeenReward, fit_reward_models, model_half
from sayagain.exploration import uniform
from sayagain.exploration.bounds import BoundedExploration, Bounds
from sayagain.exploration.policy import EpsilonGreedy, Option, Softmax, Thompson, draw
from sayagain.household import Place, Replay
from sayagain.household.deeds import Memory
from sayagain.household.reactions import MISJUDGEMENT_PROBABILITY, NOTICE_PROBABILITY
from sayagain.household.skills import make_plan
from sayagain.household.understanding import normalise
from sayagain.turns import Turn, sessions

__all__ = ["run"]

WEEKS = 10
"""Simulated weeks."""

COUNTED = 2
"""Last weeks, in which the arms are compared."""

ESTIMATED = 4
"""First weeks, which policies are estimated on."""

POLICIES = 120
"""Random policies that are estimated."""

BEHAVIOUR = 0.3
"""Share of choices at random in the logs that policies are estimated from."""

CEILING = 0.2
"""Most that is explored in the second arm, of choices that are not the present one."""


class Decided(msgspec.Struct, frozen=True):
    """One request with several hypotheses."""

    turn: Turn
    history: tuple[Turn, ...]
    conditions: frozenset[str]
    user: str
    week: int
    request: str
    right: tuple[bool, ...]
    """Whether each listed hypothesis is right, the assistant's own first."""

    def rewards(self) -> list[float]:
        """Return how likely the person lets each choice pass."""
        return [1 - MISJUDGEMENT_PROBABILITY if right else 1 - NOTICE_PROBABILITY for right in self.right]


TargetPolicy = Callable[[Decided], list[float]]


def run(_train: Path, _test: Path) -> dict[str, Any]:
    """Run the benchmark and print its tables; return the figures for JSON. It needs no external data."""
    turns = _requests()
    print(f"{len(turns)} requests of {len({turn.user for turn in turns})} people, {WEEKS} weeks")
    return {"explore": {**_estimates(turns), **_arms(turns)}}


def _requests() -> list[Decided]:
    replay = Replay()
    homes = {home.id: home for home in replay.homes}
    decided = []
    for number in range(WEEKS):
        week = replay.step()
        truths = {truth.turn_id: truth for truth in week.truths}
        for session in sessions(week.turns):
            memory = None
            for number_in_session, turn in enumerate(session.turns):
                truth, home = truths[turn.turn_id], homes[turn.turn_id.partition("-")[0]]
                listed = listed_hypotheses(turn)
                if len(listed) > 1 and truth.family and normalise(truth.said) == normalise(turn.heard):
                    satellite = next(satellite for satellite in home.satellites if satellite.id == turn.device_id)
                    place = Place(home, satellite, memory)
                    right = tuple(make_plan(hypothesis, place).deed == truth.meant for hypothesis in listed)
                    request = request_key(turn, listed)
                    history = session.turns[:number_in_session]
                    present = conditions(context_signals(turn, history))
                    decided.append(Decided(turn, history, present, turn.user_id or "", number, request, right))
                if truth.did is not None:
                    memory = Memory(truth.did, turn.ended or turn.started)
    return decided


def _estimates(turns: Sequence[Decided]) -> dict[str, Any]:
    by_user: dict[str, list[Decided]] = defaultdict(list)
    turns = [turn for turn in turns if turn.week < ESTIMATED]
    for turn in turns:
        by_user[turn.user].append(turn)
    users = sorted(by_user)
    right: dict[str, list[tuple[bool, ...]]] = defaultdict(list)
    for turn in turns:
        right[turn.request].append(turn.right)
    qualities = {request: np.mean(rights, axis=0) for request, rights in right.items()}
    rows = []
    for number in range(POLICIES):
        rng = np.random.default_rng([7, number])
        policy = _random_policy(number, qualities)
        sampled = [(f"{user} {k}", by_user[user]) for k, user in enumerate(rng.choice(users, size=len(users)))]
        log = _log(sampled, policy, rng)
        truth = float(np.mean([np.dot(policy(turn), turn.rewards()) for turn in turns]))
        rows.append([truth, *_figures(log, truth)])
    table = np.array(rows)
    figures: dict[str, Any] = {}
    names = ("ips", "snips", "doubly robust")
    print(f"{POLICIES} policies, true values {table[:, 0].min():.2f} to {table[:, 0].max():.2f}")
    print(f"{'estimator':<15} {'bias':>7} {'error':>7} {'covers':>7} {'Bernstein':>9} {'Spearman':>9}")
    for place, name in enumerate(names):
        values, covers, bernstein = (table[:, 1 + 3 * place + k] for k in range(3))
        rank = float(spearmanr(values, table[:, 0]).statistic)
        errors = values - table[:, 0]
        print(
            f"{name:<15} {errors.mean():>+7.4f} {np.sqrt((errors**2).mean()):>7.4f} {covers.mean():>7.1%} "
            f"{bernstein.mean():>9.1%} {rank:>9.3f}"
        )
        if name == "doubly robust":
            figures |= {"coverage_95": float(covers.mean()), "spearman": rank, "bias": float(errors.mean())}
    return figures


def _figures(log: Sequence[LoggedChoice], truth: float) -> list[float]:
    figures: list[float] = []
    for estimator in ("ips", "snips", "doubly robust"):
        one = estimate(log, estimator, rounds=400)
        covers, bernstein = one.low <= truth <= one.high, one.bernstein_low <= truth <= one.bernstein_high
        figures += [one.value, float(covers), float(bernstein)]
    return figures


def _log(
    sampled: Sequence[tuple[str, list[Decided]]], policy: TargetPolicy, rng: np.random.Generator
) -> list[LoggedChoice]:
    """Return a log by the assistant's own choice and a share at random, with a cross-fitted reward model."""
    behaviour = EpsilonGreedy(BEHAVIOUR)
    rows = []
    for unit, of_user in sampled:
        for turn in of_user:
            options = [Option(value=float(place == 0)) for place in range(len(turn.right))]
            propensities = behaviour.propensities(options)
            chosen = draw(propensities, float(rng.random()))
            rows.append((unit, turn, propensities, chosen, float(rng.random() < turn.rewards()[chosen])))
    models = fit_reward_models(
        [
            SeenReward(unit=unit, situation=turn.request, action=f"{turn.request} {chosen}", reward=reward)
            for unit, turn, _, chosen, reward in rows
        ]
    )
    log = []
    for unit, turn, propensities, chosen, reward in rows:
        model, target = models[model_half(unit)], policy(turn)
        predicted = [model.expected(turn.request, f"{turn.request} {place}") for place in range(len(target))]
        log.append(
            LoggedChoice(
                unit=unit,
                reward=reward,
                propensity=propensities[chosen],
                target=target[chosen],
                predicted=predicted[chosen],
                expected=float(np.dot(target, predicted)),
            )
        )
    return log


def _random_policy(number: int, qualities: dict[str, np.ndarray[Any, np.dtype[np.float64]]]) -> TargetPolicy:
    """Return a policy between one that prefers what is mostly wrong and one that prefers what is mostly right."""
    rng = np.random.default_rng([11, number])
    loyalty, temperature, sense = float(rng.uniform(0, 1)), float(rng.uniform(0.05, 0.5)), float(rng.uniform(-1, 1))

    def policy(turn: Decided) -> list[float]:
        tastes = [uniform("taste", number, turn.request, place) for place in range(len(turn.right))]
        values = [
            sense * quality + (1 - abs(sense)) * taste
            for quality, taste in zip(qualities[turn.request], tastes, strict=True)
        ]
        free = Softmax(temperature).propensities([Option(value=value) for value in values])
        return [(1 - loyalty) * p + loyalty * (place == 0) for place, p in enumerate(free)]

    return policy


class _Learner:
    """What requests mean in their situations, learnt each week from the log of one arm."""

    def __init__(self) -> None:
        self._examples: list[ContextExample] = []
        self._requests: dict[str, AmbiguousRequest] = {}
        self._habits: dict[str, Habits] = {}

    def observe(self, turn: Decided, chosen: int, reward: float) -> None:
        done = placed_hypothesis(turn.turn.hypotheses[chosen], turn.turn)
        # What is seen of a person is no certainty.
        p_defect = 0.05 if reward else 0.9
        self._examples.append(
            ContextExample(
                request=turn.request,
                conditions=turn.conditions,
                unit=turn.user,
                at=turn.turn.started,
                done=done,
                p_defect=p_defect,
                listed=True,
            )
        )

    def release(self) -> None:
        self._requests = find_ambiguous_requests(self._examples, {}, min_users=2)
        self._habits = defaultdict(dict)
        for example in self._examples:
            request = self._requests.get(example.request)
            if request is not None:
                path = request.tree.find(example.conditions).path
                add_habit(
                    self._habits[example.unit],
                    situation_name(request.name, path, example.done.key),
                    p_defect=example.p_defect,
                    average=request.average,
                    at=example.at,
                )

    def options(self, turn: Decided) -> list[Option]:
        """Return the options by their shares, with as much evidence as their situation has turns, up to 20."""
        request = self._requests.get(turn.request)
        if request is None:
            return [Option(value=float(place == 0)) for place in range(len(turn.right))]
        done = turn.turn.hypotheses[0]
        meant = interpret(turn.turn, turn.history, request, done, habits=self._habits.get(turn.user, {}), usual={})
        turns = min(meant.leaf.examples, 20) / 2
        shares = [meant.shares.get(hypothesis.key, 0.0) for hypothesis in turn.turn.hypotheses]
        return [Option(value=share, wins=share * turns, losses=(1 - share) * turns) for share in shares]


def _arms(turns: Sequence[Decided]) -> dict[str, Any]:
    outcomes: dict[str, list[tuple[Decided, bool, bool]]] = {"without": [], "exploring": []}
    for arm, arm_outcomes in outcomes.items():
        learner, bounds = _Learner(), BoundedExploration(default=Bounds(floor=0.02, ceiling=CEILING))
        for number in range(WEEKS):
            learner.release()
            # The last weeks use what was found, in both arms.
            explores = arm == "exploring" and number < WEEKS - COUNTED
            for turn in turns:
                if turn.week == number and (uniform("arm", turn.user) < 0.5) == (arm == "exploring"):
                    chosen, present = _choose(turn, learner.options(turn), bounds if explores else None)
                    reward = float(uniform("notices", turn.turn.turn_id) < turn.rewards()[chosen])
                    learner.observe(turn, chosen, reward)
                    arm_outcomes.append((turn, turn.right[chosen], chosen == present))
    print(f"{'week':>4}  right without   right exploring   replicated   best possible (exploring arm)")
    for number in range(WEEKS):
        without = [right for turn, right, _ in outcomes["without"] if turn.week == number]
        exploring = [(turn, right, same) for turn, right, same in outcomes["exploring"] if turn.week == number]
        rates = [np.mean([value(*one) for one in exploring]) for value in (_is_right, _is_same, _is_possible)]
        print(f"{number:>4}  {np.mean(without):>13.1%} {rates[0]:>17.1%} {rates[1]:>12.1%} {rates[2]:>15.1%}")
    last = {arm: [one for one in of_arm if one[0].week >= WEEKS - COUNTED] for arm, of_arm in outcomes.items()}
    gain = np.mean([one[1] for one in last["exploring"]]) - np.mean([one[1] for one in last["without"]])
    draws = _rates(last["exploring"], 1) - _rates(last["without"], 2)
    low, high = quantile_interval(draws)
    regret = float(np.mean([_is_possible(*one) - one[1] for one in last["exploring"]]))
    during = {
        arm: 1 - float(np.mean([one[1] for one in of_arm if one[0].week < WEEKS - COUNTED]))
        for arm, of_arm in outcomes.items()
    }
    print(f"after {WEEKS - COUNTED} weeks, gain of exploring: {gain:+.1%} 90% [{low:+.1%}, {high:+.1%}]")
    print(f"regret in the last weeks: {regret:.1%}")
    print(f"defects while exploring: {during['exploring']:.1%}, without {during['without']:.1%}")
    explored = [not one[2] for one in outcomes["exploring"] if one[0].week < WEEKS - COUNTED]
    return {
        "regret": regret,
        "ab_gain": float(gain),
        "ab_gain_low": low,
        "ab_gain_high": high,
        "replication_rate": 1 - float(np.mean(explored)),
        "defects_while_exploring": during["exploring"],
        "defects_without": during["without"],
    }


def _choose(turn: Decided, options: list[Option], bounds: BoundedExploration | None) -> tuple[int, int]:
    """Return the choice made and the present one."""
    present = max(range(len(options)), key=lambda place: (options[place].value, -place))
    if bounds is None:
        return present, present
    order = [present, *(place for place in range(len(options)) if place != present)]
    propensities = Thompson(draws=50).propensities([options[place] for place in order])
    propensities = bounds.apply("all", propensities)
    return order[draw(propensities, uniform("explore", turn.turn.turn_id))], present


def _is_right(_: Decided, right: bool, __: bool) -> float:
    return float(right)


def _is_same(_: Decided, __: bool, same: bool) -> float:
    return float(same)


def _is_possible(turn: Decided, _: bool, __: bool) -> float:
    return float(any(turn.right))


def _rates(outcomes: Sequence[tuple[Decided, bool, bool]], seed: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    totals: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for turn, right, _ in outcomes:
        totals[turn.user][0] += right
        totals[turn.user][1] += 1
    sums = resampled_sums(np.array(list(totals.values())), seed=seed)
    rates: np.ndarray[tuple[int], np.dtype[np.float64]] = sums[:, 0] / sums[:, 1]
    return rates
