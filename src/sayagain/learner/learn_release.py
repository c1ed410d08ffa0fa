"""Learning of a release from the whole log, and its trial: learn from the earlier part and replay the later part."""

import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

import msgspec

from sayagain.config import Settings
from sayagain.errors import ReleaseError
from sayagain.evaluation import Result, as_metrics, replay, result
from sayagain.feedback import state_failure
from sayagain.labels import Judgement
from sayagain.learner.log_window import LogWindow
from sayagain.learning.history import NOTHING_OLDER, OlderCounts
from sayagain.learning.learn import LearningResult, LearnSettings, learn, settings_of
from sayagain.learning.shipped_models import ShippedModels
from sayagain.models import Progress
from sayagain.releases.contents import open_contents
from sayagain.releases.release import DRAFT, Release, hold_drafts, open_release, write_release
from sayagain.runtime import Decider
from sayagain.store import Store
from sayagain.teaching import replace_taught, without_teaching
from sayagain.turns import Turn, sessions

__all__ = ["learn_release", "learn_settings", "try_release_in_use"]

HELD_OUT = 0.2
"""Share of the log, the latest, that a trial is replayed on: the frozen tail."""


def learn_settings(settings: Settings) -> LearnSettings:
    """Return what the settings of the whole loop say of learning."""
    shared = set(LearnSettings.__struct_fields__) & set(Settings.__struct_fields__)
    return LearnSettings(**{name: getattr(settings, name) for name in shared})


def learn_release(
    log: Sequence[Turn],
    settings: LearnSettings,
    root: Path,
    *,
    key: bytes,
    withdrawn: Mapping[str, str],
    progress: Progress | None = None,
    older: OlderCounts = NOTHING_OLDER,
) -> LearningResult:
    """Learn from a log, with what the trial gave in the manifest.

    Args:
        log: in order of time.
        settings: of learning.
        root: the folder of all releases, in which the trial is written down while it lasts.
        key: of the database, under which users are named.
        withdrawn: reasons by rewrite id.
        progress: told of the steps.
        older: counts of what was before; the trial, too, is learnt with them.
    """
    if progress is not None:
        progress("learning", 0, 2)
    models = ShippedModels()
    learning_result = learn(log, settings, key=key, models=models, older=older)
    if progress is not None:
        progress("replaying", 1, 2)
    head, tail = _split(log)
    judgements = {judgement.turn_id: judgement for judgement in learning_result.judgements}
    trial = _try_release(head, tail, settings, root, judgements, withdrawn, models, older)
    manifest = msgspec.structs.replace(learning_result.manifest, metrics=as_metrics(trial))
    return msgspec.structs.replace(learning_result, manifest=manifest)


def try_release_in_use(
    store: Store,
    root: Path,
    number: int,
    rival: Release,
    read: Callable[[LearnSettings, int], AbstractContextManager[LogWindow]],
) -> Result | None:
    """Replay the release in use on the frozen tail that a newer release was tried on.

    It may have learnt from that tail since, so it is learnt again from the part of its own log that its own trial was
    learnt from; the same log and settings give the same release.

    Args:
        store: the log.
        root: the folder of the releases.
        number: of the release in use.
        rival: the newer release.
        read: reads the log up to a time.

    Returns:
        None where the release in use is damaged, or saw too little before the tail to be learnt again.
    """
    try:
        old = open_release(root, number)
    except ReleaseError:
        # A damaged release must not block the promotion of another.
        return None
    settings = settings_of(old.manifest)
    with read(settings, rival.manifest.log_until or 0) as window:
        _, tail = _split(window.turns)
    with read(settings, old.manifest.log_until or 0) as window:
        earlier, _ = _split(window.turns)
        head = [turn for turn in earlier if not tail or turn.started < tail[0].started]
        if not tail or not head:
            return None
        judgements = {judgement.turn_id: judgement for judgement in store.judgements()}
        return _try_release(head, tail, settings, root, judgements, store.withdrawn(), older=window.older)


def _try_release(
    head: Sequence[Turn],
    tail: Sequence[Turn],
    settings: LearnSettings,
    root: Path,
    judgements: Mapping[str, Judgement],
    withdrawn: Mapping[str, str],
    models: ShippedModels | None = None,
    older: OlderCounts = NOTHING_OLDER,
) -> Result:
    """Learn from the earlier part of a log and replay the later one."""
    if not head or not tail:
        return result([])
    root.mkdir(parents=True, exist_ok=True)
    # A draft among drafts: should the process be killed, what people said is deleted with the others.
    with hold_drafts(root), tempfile.TemporaryDirectory(prefix=DRAFT, dir=root) as folder:
        learning_result = learn(head, settings, models=models, older=older)
        contents = open_contents(write_release(Path(folder), learning_result.manifest, learning_result.files))
        decider = Decider(contents, withdrawn=withdrawn)
        return result(
            replay(
                decider,
                sessions(
                    (state_failure(replace_taught(turn)) for turn in without_teaching(tail)), gap=settings.session_gap
                ),
                judgements,
            )
        )


def _split(log: Sequence[Turn]) -> tuple[list[Turn], list[Turn]]:
    """Cut a log, in order of time, into what a trial learns from and what it is replayed on."""
    cut = round(len(log) * (1 - HELD_OUT))
    return list(log[:cut]), list(log[cut:])
