"""Curated examples of a store, to train an assistant with."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import msgspec

from sayagain.config import Anonymous
from sayagain.errors import ReleaseError
from sayagain.labels import Example, Judgement, collect_understood, curate
from sayagain.labels.curation.frame_examples import Spoken, read_frames
from sayagain.labels.curation.understood_examples import merge_examples
from sayagain.labels.frames.labeller import FrameLabeller, open_frames
from sayagain.languages import language_of
from sayagain.models import load_encoder
from sayagain.releases.release import list_releases, open_release
from sayagain.store import Store
from sayagain.turns import Homes, Turn, privacy_unit, sessions

__all__ = ["collect_examples", "collect_frame_examples", "log_language"]


def collect_examples(
    store: Store,
    *,
    sure: float,
    min_users: int,
    anonymous: Anonymous,
    assistant: str | None,
    worked: bool,
    language: str | None = None,
) -> list[Example]:
    """Gather examples from every turn that was judged, surest first; each words once.

    Args:
        store: holds turns and judgements.
        sure: the least probability of a meaning.
        min_users: users who must stand behind each; where all that was judged is one user's, that one is enough.
        anonymous: whom turns without a user id count as.
        assistant: only from what was said to this one, or to none that is named; None for all.
        worked: whether words that worked are given, too; those that also failed are given as failing.
        language: of turns that state none: the commonest of the log.
    """
    homes = Homes(store.turns(), anonymous)
    users = _required_users(store, homes, min_users, anonymous, assistant)
    judged = _judged_turns(store, homes, assistant, language)
    examples = curate(judged, sure=sure, min_users=users, anonymous=anonymous)
    if not worked:
        return examples
    judged = _judged_turns(store, homes, assistant, language)
    understood_examples = collect_understood(judged, sure=sure, min_users=users, anonymous=anonymous)
    return merge_examples(examples, understood_examples)


def collect_frame_examples(
    store: Store,
    *,
    sure: float,
    min_users: int,
    anonymous: Anonymous,
    assistant: str | None,
    gap: int,
    language: str | None = None,
    threads: int = 2,
) -> list[Example]:
    """Gather the labels of the shipped frame labeller for words that were not understood; each wording once.

    Args:
        store: see `collect_examples`, as are the next four.
        sure: the least probability of a meaning.
        min_users: users who must stand behind each; where all that was judged is one user's, that one is enough.
        anonymous: whom turns without a user id count as.
        assistant: only from what was said to this one.
        gap: silence that ends a session, in milliseconds.
        language: see `collect_examples`.
        threads: how many may read the words at once.

    Raises:
        MissingExtra: the extra `models` is not installed.
    """
    labeller = open_frames(encoder=load_encoder(threads=threads))
    homes = Homes(store.turns(), anonymous)
    users = _required_users(store, homes, min_users, anonymous, assistant)
    judged: dict[str | None, list[tuple[Turn, Judgement]]] = {}
    # Each assistant has intents of its own, so examples of one tell nothing about another.
    for turn, judgement in _judged_turns(store, homes, assistant, language):
        judged.setdefault(turn.assistant, []).append((turn, judgement))
    examples: list[Example] = []
    for assistant_turns in judged.values():
        examples = merge_examples(examples, _frame_examples(assistant_turns, labeller, sure, users, anonymous, gap))
    return examples


def log_language(releases: Path) -> str | None:
    """Return the language that most turns of the log state, as the newest release found it; None where none is told.

    Args:
        releases: the folder of all releases.
    """
    numbers = list_releases(releases)
    with suppress(ReleaseError):
        return next(iter(open_release(releases, numbers[-1]).manifest.languages), None) if numbers else None
    return None


def _frame_examples(
    judged: list[tuple[Turn, Judgement]],
    labeller: FrameLabeller,
    sure: float,
    min_users: int,
    anonymous: Anonymous,
    gap: int,
) -> list[Example]:
    # The other turns of these sessions tell whether the labeller fits the assistant; the rest of the log is not needed.
    log = [
        session
        for session in sessions((turn for turn, _ in judged), gap=gap)
        if any(turn.understood.empty for turn in session.turns)
    ]
    labelled = list(zip(log, labeller.label(log), strict=True))
    judgements = {judgement.turn_id: judgement for _, judgement in judged}
    return read_frames(labelled, judgements, Spoken.of(judged), sure=sure, min_users=min_users, anonymous=anonymous)


def _required_users(store: Store, homes: Homes, min_users: int, anonymous: Anonymous, assistant: str | None) -> int:
    users: set[str] = set()
    for turn, _ in _judged_turns(store, homes, assistant):
        users.add(privacy_unit(turn, anonymous))
        # Most of the log need not be read.
        if len(users) > 1:
            return min_users
    return 1


def _judged_turns(
    store: Store, homes: Homes, assistant: str | None, language: str | None = None
) -> Iterator[tuple[Turn, Judgement]]:
    for judgement in store.judgements():
        turn = store.turn(judgement.turn_id)
        if turn is not None and (assistant is None or turn.assistant in {assistant, None}):
            if language is not None and language_of(turn.language) is None:
                turn = msgspec.structs.replace(turn, language=language)
            yield homes.fill(turn), judgement
