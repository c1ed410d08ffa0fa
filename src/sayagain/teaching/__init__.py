"""What users taught on purpose: a phrase, and the words that it stands for; for that user alone."""

from sayagain.teaching.as_meant import as_meant
from sayagain.teaching.lesson import lesson
from sayagain.teaching.recall import Recalled, recall
from sayagain.teaching.taught import Taught, taught_key

__all__ = ["Recalled", "Taught", "as_meant", "lesson", "recall", "taught_key"]
