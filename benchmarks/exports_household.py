"""What was learnt, exported to the household's own understanding: the same homes live on with the files and without.

The homes live some weeks with nothing in front of their assistant. From that log, and never from its truth, come the
examples; the real exporter writes each home's custom sentences, the home's understanding reads them as Home Assistant
does, and sayagain is gone: what differs afterwards, the exports did.
"""

import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from sayagain.assistants.by_name import assistant_named
from sayagain.assistants.homeassistant.custom_sentences import aliases
from sayagain.evaluation import Replayed, ratio_interval, tally
from sayagain.household import SEED, Deed, Home, HouseholdAssistant, Replay, homes
from sayagain.labels import Example, Judgement, curate
from sayagain.learning.learn import LearnSettings, learn
from sayagain.turns import Turn

__all__ = ["ARMS", "household"]

LEARNT = 4
"""Weeks that fill the log."""

COUNTED = 4
"""Weeks that follow, lived once for each arm."""

ARMS = {
    "before": "nothing exported",
    "own": "learnt from its people, each alone",
    "others": "learnt from two people or more of all homes",
    "after": "both, its own people's first",
}
"""What each home's understanding was given."""

MIN_USERS = 2
"""People who must stand behind what other homes are given."""

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
        """Whether it failed."""
        return self.point != "correct"


def household(seed: int = SEED, count: int = 100) -> dict[str, Any]:
    """Let homes live with and without what was exported, print the tables, and return the figures.

    Args:
        seed: of the homes and all that happens in them.
        count: how many homes.
    """
    plain = Replay(seed, homes=count)
    log = [turn for _ in range(LEARNT) for turn in plain.step().turns]
    judged = _judged(log)
    # One home is one household, with one assistant: what is learnt from one of its people may be its own.
    own = {home: curate(turns, min_users=1) for home, turns in judged.items()}
    everyone = curate([each for found in judged.values() for each in found], min_users=MIN_USERS)
    places = {home.id: home for home in homes(seed, count)}
    examples_by_arm = {
        "own": own,
        "others": {home: _fitting(everyone, [], places[home]) for home in own},
        "after": {home: [*mine, *_fitting(everyone, mine, places[home])] for home, mine in own.items()},
    }
    print(f"{len(log)} turns of {LEARNT} weeks: {len(everyone)} examples of all homes together")
    lived = {"before": _live(plain)}
    written: dict[str, dict[str, int]] = {}
    for arm, examples_by_home in examples_by_arm.items():
        again = Replay(seed, homes=count, assistant=HouseholdAssistant())
        for _ in range(LEARNT):
            again.step()
        # An alias is a name in one home; it is nobody else's business, however many call some lamp so.
        written[arm] = _configure(again, examples_by_home, {} if arm == "others" else own)
        lived[arm] = _live(again)
    return _report(lived, written)


def _judged(log: Sequence[Turn]) -> dict[str, Judged]:
    """Learn from the whole log, and put each home's turns beside what was made of them."""
    learnt = learn(log, LearnSettings(position="parsed", recent=len(log)))
    judgements = {each.turn_id: each for each in learnt.judgements}
    found: dict[str, Judged] = defaultdict(list)
    for turn in log:
        found[_home(turn)].append((turn, judgements[turn.turn_id]))
    return found


def _fitting(everyone: Iterable[Example], mine: Iterable[Example], home: Home) -> list[Example]:
    """Return the examples of all homes for things that this home has and has no example of its own for."""
    known = {each.text for each in mine}
    names = {name for device in home.devices for name in device.names}
    return [
        each
        for each in everyone
        if each.text not in known and all(slot.value in names for slot in each.reading.slots if slot.name == "name")
    ]


def _configure(
    replay: Replay, examples_by_home: Mapping[str, list[Example]], own: Mapping[str, list[Example]]
) -> dict[str, int]:
    """Write each home's files with the real exporter, and have the home's understanding read them."""
    export = assistant_named("homeassistant").export
    counts = Counter[str]()
    for home, examples in examples_by_home.items():
        with tempfile.TemporaryDirectory() as folder:
            for name, content in export(examples).items():
                file = Path(folder) / name
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(content)
                counts["files"] += 1
            names = aliases(own.get(home, []))
            replay.configure(home, Path(folder), names)
        counts["examples"] += len(examples)
        counts["aliases"] += sum(map(len, names.values()))
    return dict(counts)


def _live(replay: Replay) -> list[Lived]:
    found = []
    for _ in range(COUNTED):
        week = replay.step()
        for turn, truth in zip(week.turns, week.truths, strict=True):
            found.append(Lived(_home(turn), turn.session_id or "", turn.heard, truth.did, truth.failure_point))
    return found


def _home(turn: Turn) -> str:
    return turn.turn_id.partition("-")[0]


def _paired(before: Sequence[Lived], after: Sequence[Lived]) -> list[Replayed]:
    """Compare request by request: what people say and how it is heard is the same until the assistant differs.

    What follows a difference in its session is no longer the same; the next session begins alike again.
    """
    sessions: dict[str, list[Lived]] = defaultdict(list)
    for each in after:
        sessions[each.session].append(each)
    place: Counter[str] = Counter()
    apart: set[str] = set()
    found = []
    for one in before:
        session = one.session
        others = sessions[session]
        if session in apart or place[session] >= len(others):
            continue
        other = others[place[session]]
        place[session] += 1
        if other.heard != one.heard:
            apart.add(session)
            continue
        changed = other.did != one.did
        if changed:
            apart.add(session)
        found.append(
            Replayed(
                user=one.home,
                trigger=changed,
                win=float(one.defect and not other.defect),
                loss=float(other.defect and not one.defect),
                defect=float(one.defect),
            )
        )
    return found


def _report(lived: Mapping[str, Sequence[Lived]], written: Mapping[str, Mapping[str, int]]) -> dict[str, Any]:
    before = lived["before"]
    figures: dict[str, Any] = {}
    print(
        f"{'arm':<8} {'examples':>8} {'aliases':>7} {'turns':>7} {'defect rate':>11} {'asr':>6} {'nlu':>6} "
        f"{'fewer defects [90%]':<21} {'paired':>6} {'changed':>7} {'wins':>5} {'losses':>6}  ratio [90%]"
    )
    for arm, turns in lived.items():
        own: dict[str, Any] = {
            "turns": len(turns),
            "defect_rate": float(np.mean([each.defect for each in turns])),
            **{f"{point}_share": float(np.mean([each.point == point for each in turns])) for point in ("asr", "nlu")},
        }
        line = (
            f"{arm:<8} {written.get(arm, {}).get('examples', 0):>8} {written.get(arm, {}).get('aliases', 0):>7} "
            f"{own['turns']:>7} {own['defect_rate']:>11.2%} {own['asr_share']:>6.2%} {own['nlu_share']:>6.2%} "
        )
        if arm != "before":
            own |= written[arm]
            own |= _against(before, turns)
            ratio = "-" if own["ratio"] is None else f"{own['ratio']:.1f}"
            between = f" [{own['ratio_low']:.1f}, {own['ratio_high']:.1f}]" if own["losses"] else ""
            fewer = f"{own['reduction']:.1%} [{own['reduction_low']:.1%}, {own['reduction_high']:.1%}]"
            line += (
                f"{fewer:<21} {own['paired']:>6} {own['changed']:>7} {own['wins']:>5.0f} {own['losses']:>6.0f}  "
                f"{ratio}{between}"
            )
        print(line)
        figures[arm] = own
    print("; ".join(f"{arm}: {meaning}" for arm, meaning in ARMS.items()))
    return figures


def _against(before: Sequence[Lived], after: Sequence[Lived]) -> dict[str, Any]:
    pairs = _paired(before, after)
    counts, interval = tally(pairs), ratio_interval(pairs)
    low, high = np.quantile(_reductions(before, after), [0.05, 0.95])
    rate = {name: float(np.mean([each.defect for each in lived])) for name, lived in (("b", before), ("a", after))}
    return {
        "reduction": 1 - rate["a"] / rate["b"],
        "reduction_low": float(low),
        "reduction_high": float(high),
        "paired": len(pairs),
        "changed": counts.triggers,
        "wins": counts.wins,
        "losses": counts.losses,
        "ratio": counts.ratio,
        "ratio_low": interval[0] if interval else None,
        "ratio_high": interval[1] if interval else None,
    }


def _reductions(before: Sequence[Lived], after: Sequence[Lived]) -> npt.NDArray[np.float64]:
    """The reduction of the defect rate over homes drawn again and again; a home is drawn with both of its lives."""
    totals: dict[str, npt.NDArray[np.float64]] = defaultdict(lambda: np.zeros(4))
    for column, lived in ((0, before), (2, after)):
        for each in lived:
            totals[each.home][column] += each.defect
            totals[each.home][column + 1] += 1
    rows = np.array(list(totals.values()))
    sums = rows[np.random.default_rng(1).integers(0, len(rows), (2000, len(rows)))].sum(axis=1)
    drawn: npt.NDArray[np.float64] = 1 - (sums[:, 2] / sums[:, 3]) / (sums[:, 0] / sums[:, 1])
    return drawn
