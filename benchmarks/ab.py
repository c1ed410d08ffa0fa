"""The closed loop in the household: people hashed into arms, weeks of simulated life, learning each week from the log.

Control has nothing in front of the assistant; `global` has what was learnt from everybody; `personal` adds what was
learnt from each user for that user. Learning sees the log of all arms and nothing else; the truth counts.
"""

import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from sayagain.evaluation import Replayed, ratio_interval, tally
from sayagain.exploration import uniform
from sayagain.household import Replay, Truth, Week
from sayagain.household.rewriting_front import RewritingFront
from sayagain.learning.learn import LearnSettings, learn
from sayagain.releases.contents import open_contents
from sayagain.releases.release import write_release
from sayagain.runtime import Decider
from sayagain.turns import Turn

__all__ = ["ARMS", "arm_of", "run"]

ARMS = ("control", "global", "personal")

WEEKS = 10
"""Weeks played; the first two only fill the log, the rest count."""

WARM = 2

DOMAINS = {
    "lights": "light on; light off; lights on; lights off; lights left; here on; here off; brightness; dim; color; "
    "nickname on; nickname off; all off; scene",
    "climate": "thermostat; heat; how warm; fan on; fan off; outdoor; weather tomorrow",
    "openings": "cover open; cover close; cover half; lock; unlock; locked; closed",
    "time": "alarm; alarm cancel; alarm when; timer; named timer; timer cancel; timer left; time; date",
    "media": "album; artist; audiobook; film; like; mute; next; pause; playlist; podcast; previous; resume; series; "
    "song; tv off; volume; volume down; volume up",
    "lists": "shop add; shop read; shop remove; todo add; todo read",
    "kitchen and appliances": "brew; oven; oven hot; oven off; switch on; switch off; is on; vacuum; vacuum home",
    "people": "call; broadcast",
    "ambiguous requests": "family",
    "corrections and lessons": "correct kind; correct name; correct title; teach",
}
"""Kinds of want by domain; every kind that is not named here is counted as `other`."""

RECENT = 15_000
"""The latest turns that train the models each week; counts go over the whole log."""


_DOMAIN_OF = {kind: domain for domain, kinds in DOMAINS.items() for kind in kinds.split("; ")}


class Played(msgspec.Struct, frozen=True):
    """One turn of a counted week."""

    turn: Turn
    truth: Truth
    week: int


def arm_of(person: str) -> str:
    """Return the arm of a person: the same in every replay."""
    return ARMS[int(uniform("ab", person) * len(ARMS))]


def run(_train: Path, _test: Path) -> dict[str, Any]:
    """Run the benchmark and print its tables; return the figures for JSON. It needs no data from outside."""
    replay = Replay()
    arms = {person.id: arm_of(person.id) for person in replay.people}
    log: list[Turn] = []
    played: list[Played] = []
    layers: dict[str, RewritingFront | None] = {}
    for number in range(WEEKS):
        week: Week = replay.step(layers)
        log += week.turns
        if number >= WARM:
            played += [Played(turn, truth, number) for turn, truth in zip(week.turns, week.truths, strict=True)]
        print(_week(week, arms), flush=True)
        if WARM - 1 <= number < WEEKS - 1:
            served = {"global": _learn(log, number, personal=False), "personal": _learn(log, number, personal=True)}
            layers = {person: served.get(arm) for person, arm in arms.items()}
    return {"household": _report(played, arms)}


def _learn(log: Sequence[Turn], number: int, *, personal: bool) -> RewritingFront:
    settings = LearnSettings(position="parsed", personal=personal, recent=RECENT)
    learnt = learn(log, settings)
    with tempfile.TemporaryDirectory() as folder:
        contents = open_contents(write_release(Path(folder), learnt.manifest, learnt.files))
    return RewritingFront(Decider(contents, number=number, seed=settings.seed))


def _week(week: Week, arms: dict[str, str]) -> str:
    parts = []
    for arm in ARMS:
        mine = [truth.defect for turn, truth in zip(week.turns, week.truths, strict=True) if _arm(turn, arms) == arm]
        parts.append(f"{arm} {np.mean(mine):.1%} of {len(mine)}")
    return f"week {week.number}: defects {', '.join(parts)}"


def _arm(turn: Turn, arms: dict[str, str]) -> str:
    # A television speaks in somebody's name; it counts in that person's arm.
    return arms.get(turn.user_id or "", "control")


def _report(played: Sequence[Played], arms: dict[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    by_arm = {arm: [each for each in played if _arm(each.turn, arms) == arm] for arm in ARMS}
    print(
        f"{'arm':<10} {'people':>6} {'turns':>7} {'defect rate [90%]':<22} {'triggers':>8} "
        f"{'wins':>6} {'losses':>6} {'still wrong':>11}  ratio [90%]"
    )
    for arm in ARMS:
        found[arm] = _figures(by_arm[arm])
        print(_line(arm, by_arm[arm], found[arm]))
    for name, above, below in (("global_reduction", "control", "global"), ("personal_reduction", "global", "personal")):
        found[name] = 1 - found[below]["defect_rate"] / found[above]["defect_rate"]
        low, high = _reduction(by_arm[above], by_arm[below])
        print(f"{name.replace('_', ' ')}: {found[name]:.1%} [{low:.1%}, {high:.1%}]")
    print(f"defects by failure point, in % of the turns of the arm: {' / '.join(ARMS)}")
    for point in sorted({each.truth.failure_point for each in played} - {"correct"}):
        print(f"  {point:<24} {_shares(by_arm, partial(_broke_at, point))}")
    print(f"defects by domain, in % of the turns of the arm in that domain: {' / '.join(ARMS)}")
    for domain in sorted({_domain(each) for each in played}):
        mine = {arm: [each for each in turns if _domain(each) == domain] for arm, turns in by_arm.items()}
        print(
            f"  {domain:<24} {_shares(mine, lambda one: one.truth.defect)}  of {sum(map(len, mine.values())):,} turns"
        )
    return found


def _broke_at(point: str, one: Played) -> bool:
    return one.truth.failure_point == point


def _domain(one: Played) -> str:
    return _DOMAIN_OF.get(one.truth.kind, "other")


def _shares(by_arm: dict[str, list[Played]], counted: Callable[[Played], bool]) -> str:
    return " / ".join(f"{sum(map(counted, by_arm[arm])) / max(len(by_arm[arm]), 1):.2%}" for arm in ARMS)


def _changed(each: Played) -> bool:
    return each.turn.applied_rewrite is not None and each.turn.applied_rewrite.layer != "leave"


def _replayed(played: Sequence[Played]) -> list[Replayed]:
    found = []
    for each in played:
        truth, changed = each.truth, _changed(each)
        without = truth.right_without
        found.append(
            Replayed(
                user=each.turn.user_id or each.turn.turn_id,
                trigger=changed,
                win=float(changed and without is False and not truth.defect),
                loss=float(changed and without is True and truth.defect),
                defect=float(truth.defect),
            )
        )
    return found


def _figures(played: Sequence[Played]) -> dict[str, Any]:
    counts = tally(_replayed(played))
    interval = ratio_interval(_replayed(played))
    return {
        "turns": counts.turns,
        "defect_rate": counts.defective / max(counts.turns, 1),
        "wins": counts.wins,
        "losses": counts.losses,
        # One loss is counted where there was none: a ratio to nothing says nothing, and the counts stand beside it.
        "ratio": counts.wins / max(counts.losses, 1.0) if counts.triggers else None,
        "ratio_low": interval[0] if interval else None,
        "still_wrong": sum(_changed(each) and each.truth.defect for each in played) - counts.losses,
        "trigger_rate": counts.trigger_rate,
    }


def _line(arm: str, played: Sequence[Played], figures: dict[str, Any]) -> str:
    low, high = _rate_interval(played)
    interval = ratio_interval(_replayed(played))
    ratio = f"{figures['ratio']:.1f}" if figures["losses"] else "-"
    between = f" [{interval[0]:.1f}, {interval[1]:.1f}]" if interval and figures["losses"] else ""
    rate = f"{figures['defect_rate']:.2%} [{low:.2%}, {high:.2%}]"
    people = len({each.turn.user_id for each in played})
    triggers = round(figures["trigger_rate"] * figures["turns"])
    return (
        f"{arm:<10} {people:>6} {figures['turns']:>7} {rate:<22} {triggers:>8} {figures['wins']:>6.0f} "
        f"{figures['losses']:>6.0f} {figures['still_wrong']:>11.0f}  {ratio}{between}"
    )


def _by_user(played: Sequence[Played]) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Defects and turns, one row a user."""
    totals: dict[str, list[float]] = {}
    for each in played:
        row = totals.setdefault(each.turn.user_id or "", [0.0, 0.0])
        row[0] += each.truth.defect
        row[1] += 1
    return np.array(list(totals.values()))


def _drawn(played: Sequence[Played], seed: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    rows = _by_user(played)
    picks = np.random.default_rng(seed).integers(0, len(rows), (2000, len(rows)))
    sums = rows[picks].sum(axis=1)
    rates: np.ndarray[tuple[int], np.dtype[np.float64]] = sums[:, 0] / sums[:, 1]
    return rates


def _rate_interval(played: Sequence[Played]) -> tuple[float, float]:
    low, high = np.quantile(_drawn(played, 1), [0.05, 0.95])
    return float(low), float(high)


def _reduction(above: Sequence[Played], below: Sequence[Played]) -> tuple[float, float]:
    low, high = np.quantile(1 - _drawn(below, 2) / _drawn(above, 1), [0.05, 0.95])
    return float(low), float(high)
