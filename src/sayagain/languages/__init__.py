"""What is particular to one language: one data file each, read once."""

from sayagain.languages.guess import guess_language
from sayagain.languages.keys import common_tag, log_languages, request_key
from sayagain.languages.language import Language, Opposites
from sayagain.languages.packs import DEFAULT, language_answers, language_codes, language_of, language_pack
from sayagain.languages.patterned_words import ActWords, QuantityWords, search_any
from sayagain.languages.reaction_words import Answers, ReactionWords, Whole
from sayagain.languages.sensitive_words import SensitiveAct
from sayagain.languages.teaching_words import TeachingReplies, TeachingWords, TemplatePart
from sayagain.languages.wording import spoken_words
from sayagain.languages.yes_or_no import yes_or_no

__all__ = [
    "DEFAULT",
    "ActWords",
    "Answers",
    "Language",
    "Opposites",
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
