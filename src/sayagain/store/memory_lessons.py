"""The lessons of the in-memory store."""

from collections.abc import Sequence

from sayagain.teaching import LessonOwner, Taught, taught_key

__all__ = ["MemoryLessons"]


class MemoryLessons:
    """Lessons by owner and phrase; the store that has it holds a lock meanwhile."""

    def __init__(self) -> None:
        self._by_owner: dict[LessonOwner, dict[str, Taught]] = {}

    def put(self, lesson: Taught) -> bool:
        """Store a lesson in place of an older one about the same phrase; return whether it was stored."""
        lessons = self._by_owner.setdefault(lesson.owner, {})
        if lesson.stored_key in lessons and lessons[lesson.stored_key].at > lesson.at:
            return False
        lessons[lesson.stored_key] = lesson
        return True

    def find(self, owners: Sequence[LessonOwner], phrase: str | None, *, names: bool) -> list[Taught]:
        """Return the lessons of some owners, as `Store.taught` does."""
        lessons = (lesson for owner in dict.fromkeys(owners) for lesson in self._by_owner.get(owner, {}).values())
        wanted = None if phrase is None else taught_key(phrase)
        return sorted(
            (lesson for lesson in lessons if wanted in {None, lesson.key} or (names and lesson.is_name)),
            key=lambda lesson: (lesson.stored_key.encode(), lesson.owner),
        )

    def remove(self, owner: LessonOwner, phrase: str) -> bool:
        """Delete the lessons about one phrase, and return whether there was one."""
        lessons, wanted = self._by_owner.get(owner, {}), taught_key(phrase)
        keys = [key for key, lesson in lessons.items() if lesson.key == wanted]
        for key in keys:
            del lessons[key]
        return bool(keys)

    def remove_lesson(self, lesson: Taught) -> bool:
        """Delete one lesson, and return whether it was there."""
        return self._by_owner.get(lesson.owner, {}).pop(lesson.stored_key, None) is not None

    def forget(self, user_id: str) -> int:
        """Delete what a user taught, for whomever, and return how much it was."""
        count = 0
        for owner, lessons in self._by_owner.items():
            kept = {key: lesson for key, lesson in lessons.items() if lesson.user_id != user_id}
            count += len(lessons) - len(kept)
            self._by_owner[owner] = kept
        return count

    def teachers(self) -> set[str | None]:
        """Return the users who taught something."""
        return {lesson.user_id for lessons in self._by_owner.values() for lesson in lessons.values()}
