"""Words made comparable: one spelling for each wording, and distances by letters, by sound and by words."""

from sayagain.text.distance import (
    content_overlap,
    letter_similarity,
    likeness,
    sound_key,
    sound_similarity,
    word_overlap,
)
from sayagain.text.identifier import identifier_words
from sayagain.text.limit import limit_text, too_long
from sayagain.text.spelling import normalise, words

__all__ = [
    "content_overlap",
    "identifier_words",
    "letter_similarity",
    "likeness",
    "limit_text",
    "normalise",
    "sound_key",
    "sound_similarity",
    "too_long",
    "word_overlap",
    "words",
]
