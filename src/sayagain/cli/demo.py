"""The demo: a recorded log is learnt from, and its last week is answered again with what was learnt.

The log was recorded by `scripts/record_demo.py`: simulated people in simulated homes, but real voices, real speech
recognition and real understanding, so that its mishearings are real. Learning sees the log alone; what was really said
stands in a file of its own and is read only to count.
"""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import msgspec
import zstandard
from cyclopts import Parameter
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from sayagain.cli.output import Output, count, plain, table
from sayagain.turns import Turn

if TYPE_CHECKING:
    from sayagain.learner import Progress
    from sayagain.runtime import Decision

__all__ = ["DemoResult", "Truth", "demo", "run_demo"]

T = TypeVar("T")

LOG = "demo.jsonl.zst"
TRUTH = "demo-truth.jsonl.zst"


class Truth(msgspec.Struct, frozen=True):
    """What really happened in one turn of the recorded log; learning never sees it."""

    turn_id: str
    """The turn."""
    week: int
    """Counted from 0."""
    said: str
    """The words that were said."""
    defect: bool
    """Whether it was answered wrongly."""
    failure_point: str
    """The stage that failed first."""


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """One rewrite of the last week."""

    heard: str
    """The request as heard."""
    text: str
    """The words passed on instead."""
    said: str
    """What was really said."""
    layer: str
    """Where the rewrite came from."""
    why: str
    """In plain words."""


class DemoResult(msgspec.Struct, frozen=True, kw_only=True):
    """What the demo found; counts are of the last week."""

    learnt_from: int
    """Turns of the weeks before."""
    turns: int
    """Turns of the last week."""
    defective: int
    """Those answered wrongly without sayagain."""
    rewritten: int
    """Those rewritten."""
    wins: int
    """Wrongly answered turns whose rewrite means what was said."""
    losses: int
    """Rightly answered turns whose rewrite means something else."""
    best: list[Shown]
    """The ten surest rewrites that won, each wording once."""
    lost: list[Shown]
    """Every rewrite that lost."""
    database: str | None
    """Where the learnt database is kept, when it was asked for."""


def demo(
    *, keep: Path | None = None, json: Annotated[bool, Parameter(negative="", show_default=False)] = False
) -> None:
    """Learn from a recorded log and answer its last week again.

    Args:
        keep: Keep the database here, to look around with the other commands; a new file.
        json: One JSON document on standard output.
    """
    out = Output(as_json=json)
    with out.progress() as progress:
        if keep is not None:
            found = run_demo(keep, progress)
        else:
            with tempfile.TemporaryDirectory() as folder:
                found = run_demo(Path(folder) / "demo.db", progress)
            found = msgspec.structs.replace(found, database=None)
    out.result(found, Group(*_told(found)))
    if found.database is not None:
        out.remark(f"next: sayagain defects --db {found.database}")


def run_demo(database: Path, progress: "Progress | None" = None) -> DemoResult:
    """Run the demo in a database.

    Args:
        database: where; made when missing.
        progress: told how far learning has come, as for `Learner.learn`.
    """
    from sayagain.learner import Learner  # noqa: PLC0415  (slow to import; the help need not wait for it)

    turns, truths = _read(LOG, Turn), {each.turn_id: each for each in _read(TRUTH, Truth)}
    last = max(each.week for each in truths.values())
    before = [turn for turn in turns if truths[turn.turn_id].week < last]
    now = [turn for turn in turns if truths[turn.turn_id].week == last]
    # No holdout: the last week is answered twice anyway, with and without.
    with Learner(database, position="parsed", holdout=0.0) as learner:
        learner.store.add_turns(before)
        learner.promote(learner.learn(progress=progress), force=True)
        decided = []
        for turn in now:
            decided.append((turn, learner.rewrite(_under_way(turn))))
            learner.observe(turn)
    meant = {turn.request: turn.understood.key for turn in turns if not turn.understood.empty}
    return _counted(decided, truths, meant, learnt_from=len(before), database=str(database))


def _counted(
    decided: Sequence[tuple[Turn, "Decision"]],
    truths: Mapping[str, Truth],
    meant: Mapping[str, str],
    *,
    learnt_from: int,
    database: str,
) -> DemoResult:
    """Count wins and losses against what was really said.

    Args:
        decided: the turns of the last week with their decisions.
        truths: by turn id.
        meant: from words to the reading that the assistant makes of them, where the log has them.
        learnt_from: turns learnt from.
        database: where.
    """
    won: list[tuple[float, Shown]] = []
    lost: list[tuple[float, Shown]] = []
    for turn, decision in decided:
        if not decision.changed:
            continue
        truth = truths[turn.turn_id]
        reading = decision.reading.key if decision.reading is not None else None
        right = decision.text == truth.said or (reading is not None and reading == meant.get(truth.said))
        shown = Shown(heard=turn.heard, text=decision.text, said=truth.said, layer=decision.layer, why=decision.why)
        if truth.defect and right:
            won.append((-(decision.probability or 0.0), shown))
        elif not truth.defect and not right and reading != turn.understood.key:
            lost.append((-(decision.probability or 0.0), shown))
    best = {shown.heard: shown for _, shown in sorted(won, key=lambda each: (each[0], each[1].heard))}
    return DemoResult(
        learnt_from=learnt_from,
        turns=len(decided),
        defective=sum(truths[turn.turn_id].defect for turn, _ in decided),
        rewritten=sum(decision.changed for _, decision in decided),
        wins=len(won),
        losses=len(lost),
        best=list(best.values())[:10],
        lost=[shown for _, shown in lost],
        database=database,
    )


def _told(found: DemoResult) -> Iterator[RenderableType]:
    yield Text(
        f"Learnt from {count(found.learnt_from, 'turn')} of a recorded log, with no label; then answered the "
        f"{count(found.turns, 'turn')} of its last week again."
    )
    yield Text()
    after = found.defective - found.wins + found.losses
    rows = [
        ("wrongly answered", f"{found.defective}", f"{after}"),
        ("defect rate", f"{found.defective / max(found.turns, 1):.1%}", f"{after / max(found.turns, 1):.1%}"),
        ("rewritten", "0", f"{found.rewritten}"),
        ("wins (repaired)", "", f"{found.wins}"),
        ("losses (spoiled)", "", f"{found.losses}"),
    ]
    yield table("last week", "without", "with sayagain", rows=rows, right=("without", "with sayagain"))
    yield Text("\nThe ten surest rewrites that repaired a request:\n", style="bold")
    for shown in found.best:
        yield Text(f"  “{shown.heard}” → “{shown.text}” ({shown.layer})")
        yield Padding(Text(plain(shown.why), style="dim"), (0, 0, 0, 4))
    if found.lost:
        yield Text("\nThe rewrites that spoiled one:\n", style="bold")
    for shown in found.lost:
        yield Text(f"  “{shown.heard}” → “{shown.text}” ({shown.layer}); said was “{shown.said}”")


def _under_way(turn: Turn) -> Turn:
    """Return what is known of a turn before it is answered."""
    return msgspec.structs.replace(
        turn, response=None, actions=(), resolution=(), speech=None, interrupted=None, feedback=()
    )


def _read(name: str, record: type[T]) -> list[T]:
    packed = files("sayagain.cli").joinpath(name).read_bytes()
    lines = zstandard.ZstdDecompressor().decompressobj().decompress(packed).splitlines()
    decoder = msgspec.json.Decoder(record)
    return [decoder.decode(line) for line in lines]
