"""Trials: what a release would have been worth on the end of the log, which it is not allowed to see."""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from sayagain.errors import ReleaseError
from sayagain.evaluation import Result, replay, result
from sayagain.labels import Judgement
from sayagain.learning.learn import LearnSettings, learn
from sayagain.releases.contents import open_contents
from sayagain.releases.release import Release, open_release, write_release
from sayagain.runtime import Decider
from sayagain.store import Store
from sayagain.teaching import replace_taught
from sayagain.turns import Turn, sessions

__all__ = ["try_release_in_use", "try_settings"]

HELD_OUT = 0.2
"""Share of the log, the latest, that a trial is replayed on: the frozen tail."""


def try_settings(
    log: Sequence[Turn],
    settings: LearnSettings,
    judgements: Mapping[str, Judgement],
    withdrawn: Mapping[str, str],
) -> Result:
    """Learn from the earlier part of a log and replay its frozen tail.

    Args:
        log: in order of time.
        settings: of learning.
        judgements: of the turns of the tail, by turn id.
        withdrawn: reasons by rewrite id.
    """
    head, tail = _split(log)
    return _replay(head, tail, settings, judgements, withdrawn)


def try_release_in_use(store: Store, releases: Path, number: int, rival: Release) -> Result | None:
    """Replay the release in use on the frozen tail that a newer release was tried on.

    It may have learnt from that tail since, so it is learnt again from the part of its own log that its own trial was
    learnt from; the same log and settings give the same release.

    Args:
        store: the log.
        releases: the folder of the releases.
        number: of the release in use.
        rival: the newer release.

    Returns:
        None where the release in use is damaged, or saw too little before the tail to be learnt again.
    """
    try:
        old = open_release(releases, number)
    except ReleaseError:
        # A damaged one is no rival; else nothing could ever be promoted in its place.
        return None
    log = [turn for turn in store.turns() if turn.started <= (rival.manifest.log_until or 0)]
    _, tail = _split(log)
    earlier, _ = _split([turn for turn in log if turn.started <= (old.manifest.log_until or 0)])
    head = [turn for turn in earlier if not tail or turn.started < tail[0].started]
    if not tail or not head:
        return None
    judgements = {judgement.turn_id: judgement for judgement in store.judgements()}
    return _replay(head, tail, _settings_of(old), judgements, store.withdrawn())


def _replay(
    head: Sequence[Turn],
    tail: Sequence[Turn],
    settings: LearnSettings,
    judgements: Mapping[str, Judgement],
    withdrawn: Mapping[str, str],
) -> Result:
    if not head or not tail:
        return result([])
    with tempfile.TemporaryDirectory() as folder:
        learnt = learn(head, settings)
        decider = Decider(
            open_contents(write_release(Path(folder), learnt.manifest, learnt.files)), withdrawn=withdrawn
        )
        return result(replay(decider, sessions(map(replace_taught, tail), gap=settings.session_gap), judgements))


def _settings_of(release: Release) -> LearnSettings:
    """Return the settings that a release was learnt with, as its manifest states them."""
    stated = release.manifest.settings
    blocked = str(stated.get("blocked") or "")
    known = {name: stated[name] for name in LearnSettings.__struct_fields__ if name in stated and name != "blocked"}
    return msgspec.convert({**known, "blocked": tuple(filter(None, blocked.split(",")))}, LearnSettings)


def _split(log: Sequence[Turn]) -> tuple[list[Turn], list[Turn]]:
    """Cut a log, in order of time, into what a trial learns from and what it is replayed on."""
    cut = round(len(log) * (1 - HELD_OUT))
    return list(log[:cut]), list(log[cut:])
