"""Learn a release and try it: what its log teaches, and what the earlier part would have done on the later one."""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from sayagain.evaluation import Result, as_metrics, replay, result
from sayagain.labels import Judgement
from sayagain.learning.learn import LearningResult, LearnSettings, learn
from sayagain.models import Progress
from sayagain.releases.contents import open_contents
from sayagain.releases.release import DRAFT, hold_drafts, write_release
from sayagain.runtime import Decider
from sayagain.teaching import replace_taught
from sayagain.turns import Session, Turn, sessions

__all__ = ["HELD_OUT", "learn_release", "sessions_of", "split_log"]

HELD_OUT = 0.2
"""Share of the log, the latest, that a trial is replayed on."""


def learn_release(
    log: Sequence[Turn], settings: LearnSettings, root: Path, *, key: bytes, progress: Progress | None = None
) -> LearningResult:
    """Learn from a log, with what the trial gave in the manifest.

    Args:
        log: in order of time.
        settings: of learning.
        root: the folder of all releases, in which the trial is written down while it lasts.
        key: of the database, under which users are named.
        progress: told of the steps.
    """
    if progress is not None:
        progress("learning", 0, 2)
    learnt = learn(log, settings, key=key)
    if progress is not None:
        progress("replaying", 1, 2)
    trial = _trial(log, settings, root, {each.turn_id: each for each in learnt.judgements})
    manifest = msgspec.structs.replace(learnt.manifest, metrics=as_metrics(trial))
    return msgspec.structs.replace(learnt, manifest=manifest)


def _trial(log: Sequence[Turn], settings: LearnSettings, root: Path, judgements: Mapping[str, Judgement]) -> Result:
    """Learn from the earlier part of the log and replay the later one."""
    head, tail = split_log(log)
    if not head or not tail:
        return result([])
    root.mkdir(parents=True, exist_ok=True)
    # A draft among drafts: should the process be killed, what people said is deleted with the others.
    with hold_drafts(root), tempfile.TemporaryDirectory(prefix=DRAFT, dir=root) as folder:
        learnt = learn(head, settings)
        decider = Decider(open_contents(write_release(Path(folder), learnt.manifest, learnt.files)))
        return result(replay(decider, sessions_of(tail, settings.session_gap), judgements))


def sessions_of(log: Sequence[Turn], gap: int) -> list[Session]:
    """Cut a log into sessions as learning sees them."""
    return sessions(map(replace_taught, log), gap=gap)


def split_log(log: Sequence[Turn]) -> tuple[list[Turn], list[Turn]]:
    """Cut a log, in order of time, into what a trial learns from and what it is replayed on."""
    cut = round(len(log) * (1 - HELD_OUT))
    return list(log[:cut]), list(log[cut:])
