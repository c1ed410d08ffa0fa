"""Every rewrite that is served, by the layer that it came from, and what became of it: a wrong act is told apart.

Homes that are not the demo's live eight weeks with nothing in front of the assistant; the learner learns from their log
as the demo does; then four weeks are lived with what was learnt, which reactions correct as they do for any user of the
product. A rewrite of a request that fails either way counts as `still wrong` where nothing was done, and as `acted
wrong` where something was done that nobody meant.
"""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.served import HEAD, Served, failing, figures, line, rewrites
from sayagain.household import Replay
from sayagain.household.learner_front import NO_HURRY, LearnerFront
from sayagain.learner import Learner
from sayagain.rewriting.knowledge import Knowledge
from sayagain.rewriting.steps import HEARD
from sayagain.text import normalise

__all__ = ["run", "run_layers"]

SEED = 101
"""Seed of homes other than the demo's."""

HOMES = 24
LEARNT = 8
JUDGED = 4
EXAMPLES = 12


def run(_train: Path, _test: Path) -> dict[str, Any]:
    """Run the benchmark and print its tables; return the figures for JSON. It needs no external data."""
    return {"layers": run_layers()}


def run_layers(seed: int = SEED, homes: int = HOMES, learnt: int = LEARNT, judged: int = JUDGED) -> dict[str, Any]:
    """Learn, serve and count.

    Args:
        seed: seed of the homes.
        homes: number of homes.
        learnt: number of weeks of the log.
        judged: number of counted weeks.
    """
    replay = Replay(seed, homes=homes)
    with (
        tempfile.TemporaryDirectory() as folder,
        Learner(Path(folder) / "h.db", position="parsed", holdout=0.0, deadline=NO_HURRY) as learner,
    ):
        turns = sum(learner.store.add_turns(replay.step().turns).new for _ in range(learnt))
        release = learner.learn()
        passed = learner.evaluate(release).better
        learner.promote(release, force=True)
        decider = learner.runtime.decider
        assert decider is not None
        front = LearnerFront(learner)
        weeks = [replay.step({person.id: front for person in replay.people}) for _ in range(judged)]
        served = rewrites(weeks)
        # A candidate has the name of the first layer that proposes it, and the chain comes last.
        chain_rewrites = [rewrite for rewrite in served if _is_chain_rewrite(rewrite, decider.contents.knowledge)]
    by_source = {
        layer: figures([rewrite for rewrite in served if rewrite.layer == layer])
        for layer in sorted({rewrite.layer for rewrite in served})
    }
    totals = {
        "learnt_from": turns,
        "gate_passed": passed,
        "turns": sum(len(week.turns) for week in weeks),
        "failing": failing(weeks),
        **figures(served),
        "by_source": by_source,
        "chain_had": {
            layer: figures([rewrite for rewrite in chain_rewrites if rewrite.layer == layer])
            for layer in by_source
            if layer != "chain"
        },
    }
    print(f"learnt from {turns} turns (gate passed: {passed}); {totals['failing']} of {totals['turns']} would fail")
    print(HEAD)
    for layer, counts in by_source.items():
        print(line(layer, counts))
    print(line("all", totals))
    for layer, counts in totals["chain_had"].items():
        print(line(f"{layer}, the chain had it too", counts))
    _print_examples(served)
    return totals


def _print_examples(served: Sequence[Served]) -> None:
    examples: dict[tuple[str, str], Served] = {}
    for rewrite in served:
        if rewrite.outcome == "acted wrong":
            examples.setdefault((rewrite.turn.heard, rewrite.turn.request), rewrite)
    # Spread over all examples, so that several homes are shown.
    stride = max(1, len(examples) // EXAMPLES)
    for rewrite in list(examples.values())[::stride][:EXAMPLES]:
        print(
            f"  acted wrong ({rewrite.layer}): said “{rewrite.truth.said}”, heard “{rewrite.turn.heard}”, passed on "
            f"“{rewrite.turn.request}”; meant {_deed(rewrite.truth.meant)}, did {_deed(rewrite.truth.did)}"
        )


def _is_chain_rewrite(rewrite: Served, knowledge: Knowledge) -> bool:
    """Return whether the chain has the rewrite too, whichever layer it is named after."""
    link = knowledge.link(f"{HEARD}{normalise(rewrite.turn.heard)}")
    return link is not None and (
        link.rewrite.target == normalise(rewrite.turn.request) or link.target.key == rewrite.turn.understood.key
    )


def _deed(deed: tuple[str, tuple[str, ...], str] | None) -> str:
    if deed is None:
        return "nothing that can be done"
    verb, targets, value = deed
    return " ".join(part for part in (verb, ",".join(targets), value) if part)
