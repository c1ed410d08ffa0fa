"""Storage of a preference in place of those that it contradicts."""

import msgspec

from sayagain.store import Store
from sayagain.teaching import Taught, replaced_preferences

__all__ = ["keep_preference"]


def keep_preference(store: Store, lesson: Taught) -> list[Taught]:
    """Keep a preference and delete those of its owner whose place it takes; return these.

    Args:
        store: keeps it.
        lesson: the preference.
    """
    replaced = replaced_preferences(lesson, store.taught([lesson.owner]))
    # Another machine's clock may be ahead of this one's, and still this preference is the later one.
    latest = max([lesson.at, *(earlier.at for earlier in replaced)])
    for earlier in replaced:
        if earlier.stored_key != lesson.stored_key:
            store.forget_lesson(earlier)
    store.teach(msgspec.structs.replace(lesson, at=latest))
    return replaced
