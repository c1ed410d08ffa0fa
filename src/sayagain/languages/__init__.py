"""What is particular to one language: one data file each, read once."""

from sayagain.languages.guess import guess_language
from sayagain.languages.keys import common_tag, log_languages, request_key
from sayagain.languages.language import Language, Opposites
from sayagain.languages.packs import DEFAULT, language_answers, language_codes, language_of, language_pack
from sayagain.languages.patterned_words import ActWords, QuantityWords, search_any
from sayagain.languages.preference_words import DomainWords, PreferenceReplies, PreferenceWords
from sayagain.languages.reaction_words import Answers, ReactionWords, Whole
from sayagain.languages.sensitive_words import SensitiveAct
from sayagain.languages.sentence_template import TemplatePart
from sayagain.languages.teaching_words import TeachingReplies, TeachingWords
from sayagain.languages.wording import spoken_words
from sayagain.languages.yes_or_no import yes_or_no

__all__ = [
    "DEFAULT",
    "ActWords",
    "Answers",
    "DomainWords",
    "Language",
    "Opposites",
    "PreferenceReplies",
    "PreferenceWords",
    "QuantityWords",
    "ReactionWords",
    "SensitiveAct",
    "TeachingReplies",
    "TeachingWords",
    "TemplatePart",
    "Whole",
    "common_tag",
    "guess_language",
    "language_answers",
    "language_codes",
    "language_of",
    "language_pack",
    "log_languages",
    "request_key",
    "search_any",
    "spoken_words",
    "yes_or_no",
]
