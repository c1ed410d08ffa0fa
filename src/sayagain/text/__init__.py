"""Text comparison: normalisation, and similarity by letters, by sound and by words."""

from typing import TYPE_CHECKING

from sayagain.lazy_imports import lazy_exports
from sayagain.text.identifier import identifier_words
from sayagain.text.limit import limit_text, too_long
from sayagain.text.spelling import normalise, words

if TYPE_CHECKING:
    from sayagain.text.distance import (
        content_overlap,
        letter_similarity,
        likenesses,
        normalised_sound_key,
        sound_key,
        sound_similarity,
        word_overlap,
    )

__all__ = [
    "content_overlap",
    "identifier_words",
    "letter_similarity",
    "likenesses",
    "limit_text",
    "normalise",
    "normalised_sound_key",
    "sound_key",
    "sound_similarity",
    "too_long",
    "word_overlap",
    "words",
]

# The similarities need rapidfuzz and jellyfish; an assistant that only calls the service does without them.
__getattr__, __dir__ = lazy_exports(
    __name__,
    dict.fromkeys(
        (
            *("content_overlap", "letter_similarity", "likenesses", "normalised_sound_key", "sound_key"),
            *("sound_similarity", "word_overlap"),
        ),
        "distance",
    ),
)
