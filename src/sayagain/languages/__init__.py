"""What is particular to one language: one data file each, read once."""

from sayagain.languages.keys import common_tag, log_languages, request_key
from sayagain.languages.language import Language, Opposites
from sayagain.languages.packs import DEFAULT, language_codes, language_of, language_pack

__all__ = [
    "DEFAULT",
    "Language",
    "Opposites",
    "common_tag",
    "language_codes",
    "language_of",
    "language_pack",
    "log_languages",
    "request_key",
]
