"""Ambiguous requests in the household: what they mean in their situation, learnt from implicit feedback alone.

Weeks without rewriting fill the log; one release is learnt from it; then the last weeks are decided on, each turn with
what was known before its answer, and counted by the truth. Four readings of each request: `plain`, the assistant's own;
`context`, decided without knowing who speaks; `habits`, decided with the speaker's habits; `oracle`, the best of the
hypotheses that the assistant lists. Counted are requests that were recognised word by word: what was misheard is no
matter of context. Choices were made on every other family of each deciding signal (`--dev` prints those alone); the
other half is sealed.
"""

import os
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from benchmarks.bootstrap import quantile_interval, resampled_sums
from sayagain.feedback import state_failure
from sayagain.household import FAMILIES, Home, HouseholdAssistant, Place, Replay, Truth
from sayagain.household.deeds import Memory
from sayagain.household.skills import make_plan
from sayagain.household.understanding import normalise
from sayagain.learning.learn import LearnSettings, learn
from sayagain.releases.contents import open_contents
from sayagain.releases.release import write_release
from sayagain.runtime import Decider
from sayagain.turns import HISTORY, Turn, sessions

__all__ = ["SEALED", "run"]

WEEKS = 5
"""Simulated weeks."""

COUNTED = 1
"""Last weeks, which are decided on and not learnt from."""

RECENT = 60_000
"""Latest turns that are judged; context is learnt from these."""

ARMS = ("plain", "context", "habits", "oracle")


def sealed_families() -> frozenset[str]:
    """Return every other family of each deciding signal."""
    by_signal = defaultdict(list)
    for family in FAMILIES:
        by_signal[family.signal].append(family.name)
    return frozenset(name for names in by_signal.values() for name in names[1::2])


SEALED = sealed_families()
"""Families that no choice was made on."""


class Decided(msgspec.Struct, frozen=True):
    """One counted turn: who spoke, what it was, and which readings of it are right."""

    user: str
    family: str
    week: int
    right: dict[str, bool]


def run(_train: Path, _test: Path) -> dict[str, Any]:
    """Run the benchmark and print its tables; return the figures for JSON. It needs no external data."""
    assistant = HouseholdAssistant()
    replay = Replay(assistant=assistant)
    homes = {home.id: home for home in replay.homes}
    log: list[Turn] = []
    decided: list[Decided] = []
    decider: Decider | None = None
    for number in range(WEEKS):
        week = replay.step()
        if number < WEEKS - COUNTED:
            log += week.turns
            continue
        decider = decider or _learn(log)
        truths = {truth.turn_id: truth for truth in week.truths}
        decided += _decide(week.turns, truths, number - WEEKS + COUNTED, decider, homes, assistant)
        print(f"week {number}: {len(week.turns)} turns", flush=True)
    return {"context_household": _report(decided)}


def _learn(log: Sequence[Turn]) -> Decider:
    settings = LearnSettings(position="parsed", takes_hypotheses=True, recent=RECENT)
    result = learn(log, settings)
    print(f"learnt from {len(log)} turns: {result.manifest.counts['ambiguous']} ambiguous requests")
    print("thresholds:", {change: threshold["least"] for change, threshold in result.manifest.thresholds.items()})
    with tempfile.TemporaryDirectory() as folder:
        contents = open_contents(write_release(Path(folder), result.manifest, result.files))
    return Decider(contents)


def _decide(
    turns: Sequence[Turn],
    truths: dict[str, Truth],
    week: int,
    decider: Decider,
    homes: dict[str, Home],
    assistant: HouseholdAssistant,
) -> Iterator[Decided]:
    for session in sessions([state_failure(turn) for turn in turns]):
        memory = None
        for number, turn in enumerate(session.turns):
            truth = truths[turn.turn_id]
            home = homes[turn.turn_id.partition("-")[0]]
            satellite = next(satellite for satellite in home.satellites if satellite.id == turn.device_id)
            place = Place(home, satellite, memory)
            if truth.meant is not None and normalise(truth.said) == normalise(turn.heard):
                history = session.turns[max(number - HISTORY, 0) : number]
                right = {"plain": truth.did == truth.meant or _is_right(turn.hypothesis, place, truth)}
                for arm, user in (("context", None), ("habits", turn.user_id)):
                    asked = msgspec.structs.replace(turn, user_id=user)
                    decision = decider.decide(asked, history)
                    if decision.changed and decision.text != decision.heard:
                        right[arm] = assistant.plan(decision.text, place).deed == truth.meant
                    elif decision.changed:
                        right[arm] = _is_right(decision.hypothesis, place, truth)
                    else:
                        right[arm] = right["plain"]
                right["oracle"] = right["plain"] or any(_is_right(listed, place, truth) for listed in turn.hypotheses)
                yield Decided(turn.user_id or "", truth.family, week, right)
            if truth.did is not None:
                memory = Memory(truth.did, turn.ended or turn.started)


def _is_right(hypothesis: Any, place: Place, truth: Truth) -> bool:  # noqa: ANN401  (a hypothesis, or None)
    return make_plan(hypothesis, place).deed == truth.meant


def _report(decided: Sequence[Decided]) -> dict[str, Any]:
    dev_only = os.environ.get("SAYAGAIN_DEV") == "1"
    ambiguous = [turn for turn in decided if turn.family and not (dev_only and turn.family in SEALED)]
    print(f"{'family':<16} {'signal':<13} {'turns':>6}  " + "  ".join(f"{arm:>7}" for arm in ARMS))
    for family in FAMILIES:
        of_family = [turn for turn in ambiguous if turn.family == family.name]
        if of_family:
            print(f"{family.name:<16} {family.signal:<13} {_row(of_family)}")
    for signal in dict.fromkeys(family.signal for family in FAMILIES):
        decided_by = {family.name for family in FAMILIES if family.signal == signal}
        print(f"{'all':<16} {signal:<13} {_row([turn for turn in ambiguous if turn.family in decided_by])}")
    figures: dict[str, Any] = {}
    developed = frozenset(family.name for family in FAMILIES if family.name not in SEALED)
    halves = {"developed on": developed, "sealed": SEALED}
    for half, names in halves.items():
        of_half = [turn for turn in ambiguous if turn.family in names]
        if of_half:
            print(f"{half:<30} {_row(of_half)}")
            low, high = quantile_interval(_resampled(of_half))
            print(f"  with habits, by person: [{low:.3f}, {high:.3f}]")
    for arm in ARMS:
        figures[arm] = float(np.mean([turn.right[arm] for turn in ambiguous]))
    sealed = [turn for turn in ambiguous if turn.family in SEALED]
    if sealed:
        figures["sealed"] = float(np.mean([turn.right["habits"] for turn in sealed]))
        figures["sealed_plain"] = float(np.mean([turn.right["plain"] for turn in sealed]))
    flips = Counter((turn.right["plain"], turn.right["habits"]) for turn in decided if not turn.family)
    figures["unambiguous"] = {"turns": sum(flips.values()), "wins": flips[False, True], "losses": flips[True, False]}
    print(f"unambiguous requests: {figures['unambiguous']}")
    return figures


def _row(turns: Sequence[Decided]) -> str:
    shares = "  ".join(f"{np.mean([turn.right[arm] for turn in turns]):7.3f}" for arm in ARMS)
    return f"{len(turns):>6}  {shares}"


def _resampled(turns: Sequence[Decided]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    totals: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for turn in turns:
        totals[turn.user][0] += turn.right["habits"]
        totals[turn.user][1] += 1
    sums = resampled_sums(np.array(list(totals.values())), seed=1)
    rates: np.ndarray[tuple[int], np.dtype[np.float64]] = sums[:, 0] / sums[:, 1]
    return rates
