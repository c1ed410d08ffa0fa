"""Curated: the examples of a store, sure and various enough to teach an assistant by."""

from collections.abc import Iterator

from sayagain.labels import Example, Judgement, examples, understood
from sayagain.labels.understood import beside
from sayagain.store import Store
from sayagain.turns import Turn

__all__ = ["curated"]


def curated(store: Store, *, sure: float, min_users: int, assistant: str | None, worked: bool) -> list[Example]:
    """Gather examples from every turn that was judged, surest first; each words once.

    Args:
        store: holds turns and judgements.
        sure: the least probability of a meaning.
        min_users: users who must stand behind each.
        assistant: only from what was said to this one, or to none that is named; None for all.
        worked: whether words that worked are given, too; those that also failed are given as failing.
    """
    found = examples(_judged(store, assistant), sure=sure, min_users=min_users)
    if not worked:
        return found
    return beside(found, understood(_judged(store, assistant), sure=sure, min_users=min_users))


def _judged(store: Store, assistant: str | None) -> Iterator[tuple[Turn, Judgement]]:
    for judgement in store.judgements():
        turn = store.turn(judgement.turn_id)
        if turn is not None and (assistant is None or turn.assistant in {assistant, None}):
            yield turn, judgement
