"""Single homes, as their users get the product: learn from one home's log, apply the gate, and count by the truth.

Homes share nothing: each has its own database, learner and releases, used through the same calls as by Home Assistant's
agent. Requests are rewritten once a release passes the gate; the release in use after the weeks of learning serves the
counted weeks. `ungated` counts the same weeks with the last release, whatever the gate decided. Every turn is written
durably: with TMPDIR in memory the benchmark runs faster.
"""

import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import msgspec

from benchmarks.served import HEAD, failing, figures, line, rewrites
from sayagain.household import HouseholdAssistant, RecordedSpeech, Replay
from sayagain.household.homeassistant_view import HomeAssistantView
from sayagain.household.learner_front import NO_HURRY, LearnerFront
from sayagain.learner import Learner
from sayagain.learner.nightly_learning import learn_and_promote

__all__ = ["SETTINGS", "run", "run_one_home"]

SEED = 104
"""Seed of homes other than the demo's."""

HOMES = 16
LEARN_AFTER = (4, 8)
"""Weeks after which the homes learn; the last one ends the learning."""

JUDGED = 4
GATE_WEEKS = 4


RUN = ("default", "ids", "ids_nbest_hypotheses")
"""Names of `SETTINGS` that the command runs."""


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """What a home's assistant reports, and the settings of its learner."""

    view: HomeAssistantView = HomeAssistantView()
    """The reported parts of a turn."""
    options: Mapping[str, Any] = {}
    """Settings of the learner other than the product's defaults."""


SETTINGS: dict[str, Setting] = {
    "default": Setting(),
    "ids": Setting(view=HomeAssistantView(ids=True)),
    "no_ids_nbest_hypotheses": Setting(view=HomeAssistantView(hypotheses=True), options={"position": "parsed"}),
    "ids_nbest_hypotheses": Setting(view=HomeAssistantView(ids=True, hypotheses=True), options={"position": "parsed"}),
}
"""`default` is what a user of Home Assistant gets without any configuration."""


def run(_train: Path, _test: Path) -> dict[str, Any]:
    """Run the benchmark and print its tables; return the figures for JSON. It needs no external data."""
    return {"one_home": run_one_home()}


def run_one_home(
    settings: Sequence[str] = RUN,
    *,
    seed: int = SEED,
    homes: int = HOMES,
    learn_after: Sequence[int] = LEARN_AFTER,
    judged: int = JUDGED,
) -> dict[str, Any]:
    """Let each home learn alone, and count the outcomes of its requests afterwards.

    Args:
        settings: names of `SETTINGS`.
        seed: seed of the homes.
        homes: number of homes.
        learn_after: weeks after which the homes learn; the last one ends the learning.
        judged: number of counted weeks after it.
    """
    recorded, assistant = RecordedSpeech.open(), HouseholdAssistant()
    figures_by_setting = {}
    print(f"{'':<28} {'homes':>5} {'by week 4':>9} {'passed':>6} {'failing':>7}{HEAD[28:]}", flush=True)
    for name in settings:
        replays = [Replay(seed, homes=homes, recorded=recorded, assistant=assistant) for _ in range(2)]
        figures_by_setting[name] = counts = _live(replays, SETTINGS[name], learn_after, judged)
        gate = f"{counts['homes']:>5} {counts['gate_within_4_weeks']:>9} {counts['gate_passed']:>6}"
        print(f"{name:<28} {gate} {counts['failing']:>7}{line('', counts)[28:]}", flush=True)
        print(f"{'  without the gate':<59}{line('', counts['ungated'])[28:]}", flush=True)
    return figures_by_setting


def _live(replays: Sequence[Replay], setting: Setting, learn_after: Sequence[int], judged: int) -> dict[str, Any]:
    gated, ungated = replays
    names = sorted({person.home for person in gated.people})
    with tempfile.TemporaryDirectory() as folder:
        gated_folder, early_homes, passed_homes = Path(folder) / "gated", set(), set()
        gated_folder.mkdir()
        with _homes(gated, gated_folder, setting) as (learners, layers):
            for number in range(1, learn_after[-1] + 1):
                gated.step(layers)
                for home, learner in learners.items() if number in learn_after else ():
                    learn_and_promote(learner)
                    if learner.store.release_in_use() is not None:
                        passed_homes.add(home)
                        early_homes |= {home} if number <= GATE_WEEKS else set()
        ungated_folder = shutil.copytree(gated_folder, Path(folder) / "ungated")
        with _homes(gated, gated_folder, setting) as (_, layers):
            weeks = [gated.step(layers) for _ in range(judged)]
        # The same weeks again, with nothing served during learning, to measure the effect of the gate.
        for _ in range(learn_after[-1]):
            ungated.step()
        with _homes(ungated, ungated_folder, setting) as (learners, layers):
            for learner in learners.values():
                learner.promote(force=True)
            ungated_weeks = [ungated.step(layers) for _ in range(judged)]
    return {
        "homes": len(names),
        "turns": sum(len(week.turns) for week in weeks),
        "failing": failing(weeks),
        **figures(rewrites(weeks)),
        "gate_passed": len(passed_homes),
        "gate_within_4_weeks": len(early_homes),
        "ungated": figures(rewrites(ungated_weeks)),
    }


@contextmanager
def _homes(
    replay: Replay, folder: Path, setting: Setting
) -> Iterator[tuple[dict[str, Learner], dict[str, LearnerFront]]]:
    """Open each home's learner; yield learners by home, and rewriting fronts by person."""
    with ExitStack() as stack:
        learners: dict[str, Learner] = {}
        for home in sorted({person.home for person in replay.people}):
            learners[home] = stack.enter_context(Learner(folder / f"{home}.db", deadline=NO_HURRY, **setting.options))
        view = setting.view
        fronts = {
            home: LearnerFront(learner, request_view=view.request_view, log_view=view.log_view)
            for home, learner in learners.items()
        }
        yield learners, {person.id: fronts[person.home] for person in replay.people}
