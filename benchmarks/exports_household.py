"""Exports to the household's own NLU: the same homes continue with and without the exported files.

The homes first run some weeks without rewriting. Examples come from that log, never from its truth; the exporter writes
each home's custom sentences, and the home's NLU reads them as Home Assistant does. Afterwards sayagain is not used, so
every difference comes from the exports.
"""

import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from benchmarks.bootstrap import quantile_interval, resampled_sums
from sayagain.assistants.by_name import assistant_named
from sayagain.assistants.homeassistant.custom_sentences import aliases
from sayagain.evaluation import Replayed, ratio_interval, tally
from sayagain.household import SEED, Deed, Home, HouseholdAssistant, Replay, homes
from sayagain.labels import Example, Judgement, curate
from sayagain.learning.learn import LearnSettings, learn
from sayagain.turns import Turn

__all__ = ["ARMS", "household"]

LEARNT = 4
"""Weeks of the log."""

COUNTED = 4
"""Counted weeks that follow, simulated once for each arm."""

ARMS = {
    "before": "nothing exported",
    "own": "learnt from its people, each alone",
    "others": "learnt from two people or more of all homes",
    "after": "both, its own people's first",
}
"""Arms, by the examples that each home's NLU gets."""

MIN_USERS = 2
"""Least number of users behind an example for other homes."""

Judged = list[tuple[Turn, Judgement]]


class Lived(msgspec.Struct, frozen=True):
    """One turn of a counted week."""

    home: str
    session: str
    heard: str
    did: Deed | None
    point: str

    @property
    def defect(self) -> bool:
        """Whether the turn failed."""
        return self.point != "correct"


def household(seed: int = SEED, count: int = 100) -> dict[str, Any]:
    """Simulate homes with and without the exports, print the tables and return the figures.

    Args:
        seed: seed of the simulation.
        count: number of homes.
    """
    plain = Replay(seed, homes=count)
    log = [turn for _ in range(LEARNT) for turn in plain.step().turns]
    judged_by_home = _judge_log(log)
    # A home is one household with one assistant, so an example of one person may serve all of its people.
    own_examples = {home: curate(turns, min_users=1) for home, turns in judged_by_home.items()}
    everyone = curate(
        [judged_turn for home_turns in judged_by_home.values() for judged_turn in home_turns], min_users=MIN_USERS
    )
    places = {home.id: home for home in homes(seed, count)}
    examples_by_arm = {
        "own": own_examples,
        "others": {home: _examples_for_home(everyone, [], places[home]) for home in own_examples},
        "after": {
            home: [*examples, *_examples_for_home(everyone, examples, places[home])]
            for home, examples in own_examples.items()
        },
    }
    print(f"{len(log)} turns of {LEARNT} weeks: {len(everyone)} examples of all homes together")
    turns_by_arm = {"before": _live(plain)}
    counts_by_arm: dict[str, dict[str, int]] = {}
    for arm, examples_by_home in examples_by_arm.items():
        replay = Replay(seed, homes=count, assistant=HouseholdAssistant())
        for _ in range(LEARNT):
            replay.step()
        # An alias is a name in one home; other homes do not get it.
        counts_by_arm[arm] = _configure(replay, examples_by_home, {} if arm == "others" else own_examples)
        turns_by_arm[arm] = _live(replay)
    return _report(turns_by_arm, counts_by_arm)


def _judge_log(log: Sequence[Turn]) -> dict[str, Judged]:
    """Learn from the whole log, and return the judged turns of each home."""
    result = learn(log, LearnSettings(position="parsed", recent=len(log)))
    judgements = {judgement.turn_id: judgement for judgement in result.judgements}
    judged_by_home: dict[str, Judged] = defaultdict(list)
    for turn in log:
        judged_by_home[_home(turn)].append((turn, judgements[turn.turn_id]))
    return judged_by_home


def _examples_for_home(everyone: Iterable[Example], own_examples: Iterable[Example], home: Home) -> list[Example]:
    """Return the shared examples for entities of this home, without texts that it has an example of its own for."""
    known_texts = {example.text for example in own_examples}
    names = {name for device in home.devices for name in device.names}
    return [
        example
        for example in everyone
        if example.text not in known_texts
        and all(slot.value in names for slot in example.hypothesis.slots if slot.name == "name")
    ]


def _configure(
    replay: Replay, examples_by_home: Mapping[str, list[Example]], own_examples: Mapping[str, list[Example]]
) -> dict[str, int]:
    """Write each home's files with the exporter, and configure the home's NLU with them."""
    export = assistant_named("homeassistant").export
    counts = Counter[str]()
    for home, examples in examples_by_home.items():
        with tempfile.TemporaryDirectory() as folder:
            for name, content in export(examples).items():
                file = Path(folder) / name
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(content)
                counts["files"] += 1
            names = aliases(own_examples.get(home, []))
            replay.configure(home, Path(folder), names)
        counts["examples"] += len(examples)
        counts["aliases"] += sum(map(len, names.values()))
    return dict(counts)


def _live(replay: Replay) -> list[Lived]:
    turns = []
    for _ in range(COUNTED):
        week = replay.step()
        for turn, truth in zip(week.turns, week.truths, strict=True):
            turns.append(Lived(_home(turn), turn.session_id or "", turn.heard, truth.did, truth.failure_point))
    return turns


def _home(turn: Turn) -> str:
    return turn.turn_id.partition("-")[0]


def _pair_turns(before: Sequence[Lived], after: Sequence[Lived]) -> list[Replayed]:
    """Pair the turns of both simulations, which are the same until the assistant's behaviour differs.

    After a difference the rest of the session is left out; the next session is the same again.
    """
    sessions: dict[str, list[Lived]] = defaultdict(list)
    for lived in after:
        sessions[lived.session].append(lived)
    positions: Counter[str] = Counter()
    diverged: set[str] = set()
    pairs = []
    for turn in before:
        session = turn.session
        other_turns = sessions[session]
        if session in diverged or positions[session] >= len(other_turns):
            continue
        other_turn = other_turns[positions[session]]
        positions[session] += 1
        if other_turn.heard != turn.heard:
            diverged.add(session)
            continue
        changed = other_turn.did != turn.did
        if changed:
            diverged.add(session)
        pairs.append(
            Replayed(
                user=turn.home,
                trigger=changed,
                win=float(turn.defect and not other_turn.defect),
                loss=float(other_turn.defect and not turn.defect),
                defect=float(turn.defect),
            )
        )
    return pairs


def _report(
    turns_by_arm: Mapping[str, Sequence[Lived]], counts_by_arm: Mapping[str, Mapping[str, int]]
) -> dict[str, Any]:
    before = turns_by_arm["before"]
    figures: dict[str, Any] = {}
    print(
        f"{'arm':<8} {'examples':>8} {'aliases':>7} {'turns':>7} {'defect rate':>11} {'asr':>6} {'nlu':>6} "
        f"{'fewer defects [90%]':<21} {'paired':>6} {'changed':>7} {'wins':>5} {'losses':>6}  ratio [90%]"
    )
    for arm, turns in turns_by_arm.items():
        arm_figures: dict[str, Any] = {
            "turns": len(turns),
            "defect_rate": float(np.mean([lived.defect for lived in turns])),
            **{f"{point}_share": float(np.mean([lived.point == point for lived in turns])) for point in ("asr", "nlu")},
        }
        counts = counts_by_arm.get(arm, {})
        line = (
            f"{arm:<8} {counts.get('examples', 0):>8} {counts.get('aliases', 0):>7} "
            f"{arm_figures['turns']:>7} {arm_figures['defect_rate']:>11.2%} {arm_figures['asr_share']:>6.2%} "
            f"{arm_figures['nlu_share']:>6.2%} "
        )
        if arm != "before":
            arm_figures |= counts
            arm_figures |= _compare(before, turns)
            ratio = "-" if arm_figures["ratio"] is None else f"{arm_figures['ratio']:.1f}"
            bounds = (
                f" [{arm_figures['ratio_low']:.1f}, {arm_figures['ratio_high']:.1f}]" if arm_figures["losses"] else ""
            )
            low, high = arm_figures["reduction_low"], arm_figures["reduction_high"]
            reduction = f"{arm_figures['reduction']:.1%} [{low:.1%}, {high:.1%}]"
            line += (
                f"{reduction:<21} {arm_figures['paired']:>6} {arm_figures['changed']:>7} {arm_figures['wins']:>5.0f} "
                f"{arm_figures['losses']:>6.0f}  {ratio}{bounds}"
            )
        print(line)
        figures[arm] = arm_figures
    print("; ".join(f"{arm}: {meaning}" for arm, meaning in ARMS.items()))
    return figures


def _compare(before: Sequence[Lived], after: Sequence[Lived]) -> dict[str, Any]:
    pairs = _pair_turns(before, after)
    counts, ratio_bounds = tally(pairs), ratio_interval(pairs)
    low, high = quantile_interval(_reductions(before, after))
    rate = {name: float(np.mean([lived.defect for lived in turns])) for name, turns in (("b", before), ("a", after))}
    return {
        "reduction": 1 - rate["a"] / rate["b"],
        "reduction_low": low,
        "reduction_high": high,
        "paired": len(pairs),
        "changed": counts.triggers,
        "wins": counts.wins,
        "losses": counts.losses,
        "ratio": counts.ratio,
        "ratio_low": ratio_bounds[0] if ratio_bounds else None,
        "ratio_high": ratio_bounds[1] if ratio_bounds else None,
    }


def _reductions(before: Sequence[Lived], after: Sequence[Lived]) -> npt.NDArray[np.float64]:
    """Return bootstrap samples of the reduction of the defect rate over homes, paired by home."""
    totals: dict[str, npt.NDArray[np.float64]] = defaultdict(lambda: np.zeros(4))
    for column, lived in ((0, before), (2, after)):
        for turn in lived:
            totals[turn.home][column] += turn.defect
            totals[turn.home][column + 1] += 1
    sums = resampled_sums(np.array(list(totals.values())))
    reductions: npt.NDArray[np.float64] = 1 - (sums[:, 2] / sums[:, 3]) / (sums[:, 0] / sums[:, 1])
    return reductions
