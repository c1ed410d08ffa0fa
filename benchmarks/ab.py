"""The closed loop in the household as an A/B test: people hashed into arms, simulated weeks, learning after each week.

`control` has no rewriting; `global` rewrites with what was learnt from all users; `personal` adds each user's own
rewrites. Learning uses the log of all arms alone; the figures use the truth.
"""

import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from benchmarks.bootstrap import quantile_interval, resampled_sums
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
"""Number of simulated weeks."""

WARM = 2
"""First weeks, which fill the log and are not counted."""

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
"""Kinds of want by domain; all other kinds count as `other`."""

RECENT = 15_000
"""Number of latest turns that train the models each week; counts use the whole log."""

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
    """Run the benchmark and print its tables; return the figures for JSON. It needs no external data."""
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
    result = learn(log, settings)
    with tempfile.TemporaryDirectory() as folder:
        contents = open_contents(write_release(Path(folder), result.manifest, result.files))
    return RewritingFront(Decider(contents, number=number, seed=settings.seed))


def _week(week: Week, arms: dict[str, str]) -> str:
    parts = []
    for arm in ARMS:
        defects = [truth.defect for turn, truth in zip(week.turns, week.truths, strict=True) if _arm(turn, arms) == arm]
        parts.append(f"{arm} {np.mean(defects):.1%} of {len(defects)}")
    return f"week {week.number}: defects {', '.join(parts)}"


def _arm(turn: Turn, arms: dict[str, str]) -> str:
    # A television has the user id of a person, and counts in that person's arm.
    return arms.get(turn.user_id or "", "control")


def _report(played: Sequence[Played], arms: dict[str, str]) -> dict[str, Any]:
    figures: dict[str, Any] = {}
    by_arm = {arm: [played_turn for played_turn in played if _arm(played_turn.turn, arms) == arm] for arm in ARMS}
    print(
        f"{'arm':<10} {'people':>6} {'turns':>7} {'defect rate [90%]':<22} {'triggers':>8} "
        f"{'wins':>6} {'losses':>6} {'still wrong':>11}  ratio [90%]"
    )
    for arm in ARMS:
        figures[arm] = _figures(by_arm[arm])
        print(_line(arm, by_arm[arm], figures[arm]))
    for name, above, below in (("global_reduction", "control", "global"), ("personal_reduction", "global", "personal")):
        figures[name] = 1 - figures[below]["defect_rate"] / figures[above]["defect_rate"]
        low, high = quantile_interval(1 - _bootstrap_rates(by_arm[below], 2) / _bootstrap_rates(by_arm[above], 1))
        print(f"{name.replace('_', ' ')}: {figures[name]:.1%} [{low:.1%}, {high:.1%}]")
    print(f"defects by failure point, in % of the turns of the arm: {' / '.join(ARMS)}")
    for point in sorted({played_turn.truth.failure_point for played_turn in played} - {"correct"}):
        print(f"  {point:<24} {_shares(by_arm, partial(_fails_at, point))}")
    print(f"defects by domain, in % of the turns of the arm in that domain: {' / '.join(ARMS)}")
    for domain in sorted({_domain(played_turn) for played_turn in played}):
        domain_turns = {
            arm: [played_turn for played_turn in turns if _domain(played_turn) == domain]
            for arm, turns in by_arm.items()
        }
        shares = _shares(domain_turns, lambda played_turn: played_turn.truth.defect)
        print(f"  {domain:<24} {shares}  of {sum(map(len, domain_turns.values())):,} turns")
    return figures


def _fails_at(point: str, played_turn: Played) -> bool:
    return played_turn.truth.failure_point == point


def _domain(played_turn: Played) -> str:
    return _DOMAIN_OF.get(played_turn.truth.kind, "other")


def _shares(by_arm: dict[str, list[Played]], condition: Callable[[Played], bool]) -> str:
    return " / ".join(f"{sum(map(condition, by_arm[arm])) / max(len(by_arm[arm]), 1):.2%}" for arm in ARMS)


def _is_rewritten(played_turn: Played) -> bool:
    return played_turn.turn.applied_rewrite is not None and played_turn.turn.applied_rewrite.layer != "leave"


def _to_replayed(played: Sequence[Played]) -> list[Replayed]:
    replayed = []
    for played_turn in played:
        truth, changed = played_turn.truth, _is_rewritten(played_turn)
        without = truth.right_without
        replayed.append(
            Replayed(
                user=played_turn.turn.user_id or played_turn.turn.turn_id,
                trigger=changed,
                win=float(changed and without is False and not truth.defect),
                loss=float(changed and without is True and truth.defect),
                defect=float(truth.defect),
            )
        )
    return replayed


def _figures(played: Sequence[Played]) -> dict[str, Any]:
    counts = tally(_to_replayed(played))
    ratio_bounds = ratio_interval(_to_replayed(played))
    return {
        "turns": counts.turns,
        "defect_rate": counts.defective / max(counts.turns, 1),
        "wins": counts.wins,
        "losses": counts.losses,
        # Without losses the ratio is to one loss; the counts are reported too.
        "ratio": counts.wins / max(counts.losses, 1.0) if counts.triggers else None,
        "ratio_low": ratio_bounds[0] if ratio_bounds else None,
        "still_wrong": sum(_is_rewritten(played_turn) and played_turn.truth.defect for played_turn in played)
        - counts.losses,
        "trigger_rate": counts.trigger_rate,
    }


def _line(arm: str, played: Sequence[Played], figures: dict[str, Any]) -> str:
    low, high = quantile_interval(_bootstrap_rates(played, 1))
    ratio_bounds = ratio_interval(_to_replayed(played))
    ratio = f"{figures['ratio']:.1f}" if figures["losses"] else "-"
    bounds = f" [{ratio_bounds[0]:.1f}, {ratio_bounds[1]:.1f}]" if ratio_bounds and figures["losses"] else ""
    rate = f"{figures['defect_rate']:.2%} [{low:.2%}, {high:.2%}]"
    people = len({played_turn.turn.user_id for played_turn in played})
    triggers = round(figures["trigger_rate"] * figures["turns"])
    return (
        f"{arm:<10} {people:>6} {figures['turns']:>7} {rate:<22} {triggers:>8} {figures['wins']:>6.0f} "
        f"{figures['losses']:>6.0f} {figures['still_wrong']:>11.0f}  {ratio}{bounds}"
    )


def _by_user(played: Sequence[Played]) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Return defects and turns, one row per user."""
    totals: dict[str, list[float]] = {}
    for played_turn in played:
        row = totals.setdefault(played_turn.turn.user_id or "", [0.0, 0.0])
        row[0] += played_turn.truth.defect
        row[1] += 1
    return np.array(list(totals.values()))


def _bootstrap_rates(played: Sequence[Played], seed: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    sums = resampled_sums(_by_user(played), seed=seed)
    rates: np.ndarray[tuple[int], np.dtype[np.float64]] = sums[:, 0] / sums[:, 1]
    return rates
