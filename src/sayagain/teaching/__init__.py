"""Lessons that users taught: a phrase and the words it stands for, for that user alone."""

from sayagain.teaching.lesson_lookup import LessonMatch, find_lesson, lesson_in_language
from sayagain.teaching.make_lesson import make_lesson
from sayagain.teaching.taught import Taught, taught_key
from sayagain.teaching.taught_meaning import replace_taught

__all__ = ["LessonMatch", "Taught", "find_lesson", "lesson_in_language", "make_lesson", "replace_taught", "taught_key"]
