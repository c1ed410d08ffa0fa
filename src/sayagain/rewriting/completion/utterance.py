"""Utterances: what the user or the assistant said, as words with their sentences and the parts of a list."""

import re
from collections.abc import Sequence

import msgspec

from sayagain.languages.reference_words import ReferenceWords
from sayagain.text import limit_text
from sayagain.turns import Turn

__all__ = ["Speech", "Utterance", "read_utterance", "recent_speech"]

TURNS = 4
"""How many earlier turns are looked at."""

_TOKEN = re.compile(r"[.?!;\"“”]|,|\w+n['’]t|\w+(?:-\w+)*|['’]\w+")
Speech = tuple[bool, str]
"""Whether the user said it, and what."""

_SENTENCE_ENDS = frozenset('.?!;"“”')


class Utterance(msgspec.Struct, frozen=True, kw_only=True):
    """What one side said."""

    by_user: bool
    """Whether the user said it; else it is the assistant's response."""
    words: tuple[str, ...]
    """Its words in lower case; what an apostrophe joins to a word is a word of its own ("'s")."""
    capitals: tuple[bool, ...]
    """Whether each word begins with a capital."""
    sentences: tuple[int, ...]
    """The sentence of each word, from 0."""
    places: tuple[int, ...]
    """The place of each word's part in a list, "A, B or C", from 1."""
    after_comma: tuple[bool, ...]
    """Whether a comma stands before each word."""

    def starts_sentence(self, place: int) -> bool:
        """Return whether a sentence starts at a word."""
        return place == 0 or self.sentences[place - 1] != self.sentences[place]

    def ends_sentence(self, place: int) -> bool:
        """Return whether a sentence ends before a word."""
        return place == len(self.words) or self.starts_sentence(place)

    def parts(self, place: int) -> int:
        """Return how many parts the list of a word's sentence has."""
        sentence = self.sentences[place]
        return max(part for part, other in zip(self.places, self.sentences, strict=True) if other == sentence)


def read_utterance(text: str, references: ReferenceWords, *, by_user: bool) -> Utterance:
    """Split what was said into words.

    >>> from sayagain.languages import language_pack
    >>> utterance = read_utterance("Is that Joe, or Ann's dad?", language_pack("en").references, by_user=False)
    >>> utterance.words, utterance.places
    (('is', 'that', 'joe', 'or', 'ann', "'s", 'dad'), (1, 1, 1, 2, 2, 2, 2))
    """
    words: list[str] = []
    capitals, sentences, places, after_comma = [], [], [], []
    sentence, place, comma = 0, 1, False
    for piece in _TOKEN.findall(limit_text(text)):
        if piece in _SENTENCE_ENDS:
            sentence, place = sentence + 1, 1
        elif piece == ",":
            place, comma = place + 1, True
        else:
            word = piece.lower().replace("’", "'")
            place += word in references.choices and not comma
            words.append(word)
            capitals.append(piece[0].isupper())
            sentences.append(sentence)
            places.append(place)
            after_comma.append(comma)
            comma = False
    return Utterance(
        by_user=by_user,
        words=tuple(words),
        capitals=tuple(capitals),
        sentences=tuple(sentences),
        places=tuple(places),
        after_comma=tuple(after_comma),
    )


def recent_speech(history: Sequence[Turn]) -> tuple[Speech, ...]:
    """Return what both sides said in the latest turns, oldest first."""
    speech: list[Speech] = []
    for turn in history[-TURNS:]:
        speech.append((True, turn.heard))
        if turn.response is not None and turn.response.text:
            speech.append((False, turn.response.text))
    return tuple(speech)
