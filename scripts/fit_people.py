"""Measure how people react to being misunderstood in the DSTC2 calls, for the people of the household.

    python scripts/fit_people.py DSTC2_FOLDER [-o src/sayagain/household/people_fit.json]

The folder holds `<set>/<call>/{log,label}.json`, as published. A turn was misunderstood when the best hypothesis of the
calls' own language understanding differs from the label. Numbers only are written, each with the counts behind it.
"""

import argparse
import json
import math
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

_SMALL = {"bye", "thankyou", "ack", "hello", "affirm", "negate", "repeat", "restart", "null"}
_OUT = Path(__file__).parents[1] / "src" / "sayagain" / "household" / "people_fit.json"

Acts = frozenset[tuple[str, tuple[tuple[str, str], ...]]]


class Said(NamedTuple):
    """One turn of a caller, and the system's answer to it."""

    read: Acts
    meant: Acts
    words: str
    answer: str
    answer_seconds: float | None
    cut_in: bool | None


def acts(found: list[dict[str, Any]]) -> Acts:
    """Make dialogue acts comparable."""
    return frozenset((act["act"], tuple((str(a), str(b)) for a, b in act["slots"])) for act in found)


def calls(folder: Path) -> Iterator[list[Said]]:
    """Read every call, in order of its path."""
    for path in sorted(folder.glob("*/*/log.json")):
        log = json.loads(path.read_text())["turns"]
        label = json.loads((path.parent / "label.json").read_text())["turns"]
        turns: list[Said] = []
        for position, (turn, gold) in enumerate(zip(log, label, strict=True)):
            best = turn["input"]["live"]["slu-hyps"][:1]
            # The answer to this turn is the system's part of the next.
            answer = log[position + 1]["output"] if position + 1 < len(log) else None
            turns.append(
                Said(
                    read=acts(best[0]["slu-hyp"]) if best else frozenset(),
                    meant=acts(gold["semantics"]["json"]),
                    words=gold["transcription"],
                    answer="" if answer is None else answer["transcript"],
                    answer_seconds=None if answer is None else answer["end-time"] - answer["start-time"],
                    cut_in=None if answer is None else bool(answer["aborted"]),
                )
            )
        yield turns


def wants(meant: Acts) -> Acts:
    """Return the acts that ask for something."""
    return frozenset(act for act in meant if act[0] not in _SMALL)


def reaction(before: Said, after: Said) -> str:
    """Name what the caller did after a turn; the first that fits."""
    if wants(before.meant) and after.meant == before.meant:
        return "repeat" if after.words == before.words else "rephrase"
    if any(act in {"negate", "deny"} for act, _ in after.meant):
        return "correct"
    if wants(before.meant) & wants(after.meant):
        return "rephrase in part"
    if any(act == "bye" for act, _ in after.meant):
        return "leave"
    return "move on"


def rate(part: int, whole: int) -> dict[str, float | int]:
    """Return a share with the counts behind it."""
    return {"rate": round(part / whole, 4), "count": part, "of": whole}


def spread(seconds: list[float]) -> dict[str, float | int]:
    """Return the median and the log-normal spread of some times."""
    logs = sorted(math.log(max(0.1, s)) for s in seconds)
    middle = logs[len(logs) // 2]
    # Half the distance between the 16th and the 84th hundredth: the spread that a few long silences cannot move.
    wide = (logs[int(0.84 * len(logs))] - logs[int(0.16 * len(logs))]) / 2
    return {"median_ms": round(1000 * math.exp(middle)), "sigma": round(wide, 3), "of": len(logs)}


def silences(waits: dict[str, list[tuple[str, float]]]) -> dict[str, list[float]]:
    """Return how long callers were silent after the answers.

    The logs let an answer last until the caller speaks. Of an answer given often, the shortest that was not cut short
    tells how long it takes to say; what is over that is silence.
    """
    lasted: dict[str, list[float]] = {}
    for heard in waits.values():
        for answer, seconds in heard:
            lasted.setdefault(answer, []).append(seconds)
    spoken = {answer: sorted(all_)[len(all_) // 50] for answer, all_ in lasted.items() if len(all_) >= 30}
    return {
        state: [seconds - spoken[answer] for answer, seconds in heard if answer in spoken]
        for state, heard in waits.items()
    }


def measure(folder: Path) -> dict[str, Any]:
    """Measure all rates."""
    counts: Counter[tuple[str, str]] = Counter()
    waits: dict[str, list[tuple[str, float]]] = {"misunderstood": [], "understood": []}
    thanked = total = turns = 0
    for call in calls(folder):
        total += 1
        turns += len(call)
        thanked += any(act == "thankyou" for said in call for act, _ in said.meant)
        for position, before in enumerate(call):
            state = "understood" if before.read == before.meant else "misunderstood"
            counts[state, "turns"] += 1
            if before.cut_in is not None:
                counts[state, "answered"] += 1
                counts[state, "barge-in"] += before.cut_in
            if position + 1 == len(call):
                counts[state, "last"] += 1
                continue
            after = call[position + 1]
            counts[state, reaction(before, after)] += 1
            if before.answer_seconds is not None and not before.cut_in:
                waits[state].append((before.answer, before.answer_seconds))
    gaps = silences(waits)
    found: dict[str, Any] = {"source": "DSTC2", "calls": total, "turns": turns}
    for state in ("misunderstood", "understood"):
        followed = counts[state, "turns"] - counts[state, "last"]
        found[state] = {
            name.replace(" ", "_").replace("-", "_"): rate(counts[state, name], followed)
            for name in ("repeat", "rephrase", "rephrase in part", "correct", "leave", "move on")
        }
        same = counts[state, "repeat"] + counts[state, "rephrase"]
        found[state]["say_again"] = rate(same, followed)
        found[state]["barge_in"] = rate(counts[state, "barge-in"], counts[state, "answered"])
        found[state]["gap"] = spread(gaps[state])
    found["thanks"] = rate(thanked, total)
    return found


def main() -> None:
    """Measure, write, and print."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("-o", "--output", type=Path, default=_OUT)
    given = arguments.parse_args()
    found = json.dumps(measure(given.folder), indent=2)
    given.output.write_text(found + "\n")
    print(found)


if __name__ == "__main__":
    main()
