"""Lessons that users taught: a phrase and the words it stands for, for one person, household or device."""

from sayagain.teaching.exchange import EXCHANGE_LIFETIME, Exchange, ExchangeStep, Refusal, exchange_place, next_step
from sayagain.teaching.gap import Gap, find_gap
from sayagain.teaching.lesson_lookup import LessonMatch, find_lesson, find_lesson_in_place, lesson_in_language
from sayagain.teaching.make_lesson import make_lesson
from sayagain.teaching.make_preference import make_preference
from sayagain.teaching.name_lookup import NameMatch, replace_names
from sayagain.teaching.preference import (
    BEST,
    LIKED,
    SLOTS,
    Preference,
    matching_preferences,
    preferred,
    replaced_preferences,
)
from sayagain.teaching.preference_request import (
    OpenRequest,
    PreferenceRequest,
    open_request,
    read_preference,
    read_preference_answer,
)
from sayagain.teaching.scope import LessonOwner, LessonScope, lesson_owners, teaching_owner
from sayagain.teaching.tagged_lesson import SentenceTagger, TaggedReading, TaggedSentence, read_unlisted
from sayagain.teaching.taught import Taught, lesson_of_owner, taught_key
from sayagain.teaching.taught_meaning import (
    TAUGHT,
    TAUGHT_LAYERS,
    TAUGHT_STEPS,
    TEACHING,
    replace_taught,
    without_teaching,
)
from sayagain.teaching.teaching_request import (
    Reading,
    TeachingRequest,
    read_answer,
    read_correction,
    read_teaching,
    split_requests,
)

__all__ = [
    "BEST",
    "EXCHANGE_LIFETIME",
    "LIKED",
    "SLOTS",
    "TAUGHT",
    "TAUGHT_LAYERS",
    "TAUGHT_STEPS",
    "TEACHING",
    "Exchange",
    "ExchangeStep",
    "Gap",
    "LessonMatch",
    "LessonOwner",
    "LessonScope",
    "NameMatch",
    "OpenRequest",
    "Preference",
    "PreferenceRequest",
    "Reading",
    "Refusal",
    "SentenceTagger",
    "TaggedReading",
    "TaggedSentence",
    "Taught",
    "TeachingRequest",
    "exchange_place",
    "find_gap",
    "find_lesson",
    "find_lesson_in_place",
    "lesson_in_language",
    "lesson_of_owner",
    "lesson_owners",
    "make_lesson",
    "make_preference",
    "matching_preferences",
    "next_step",
    "open_request",
    "preferred",
    "read_answer",
    "read_correction",
    "read_preference",
    "read_preference_answer",
    "read_teaching",
    "read_unlisted",
    "replace_names",
    "replace_taught",
    "replaced_preferences",
    "split_requests",
    "taught_key",
    "teaching_owner",
    "without_teaching",
]
