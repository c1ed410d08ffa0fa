"""Whether what a request names was heard."""

from rapidfuzz import fuzz

from sayagain.text import limit_text, normalise, sound_key
from sayagain.turns import Hypothesis

__all__ = ["is_within", "names_are_heard"]

NAMED = 0.75
"""How well each thing that a retrieved request names must be found in what was heard, in [0, 1]."""


def names_are_heard(hypothesis: Hypothesis, text: str, heard: str) -> bool:
    """Return whether each thing that a request names is in what was heard, by letters or by sound: none is put in.

    What the request does not say itself, such as the room that the assistant fills in, is filled in again.
    """
    names = {normalise(limit_text(value)) for values in hypothesis.facts.values() for value in values}
    words = normalise(limit_text(text))
    return all(is_within(name, heard) or not is_within(name, words) for name in names)


def is_within(name: str, words: str) -> bool:
    """Return whether a name is found in words, by letters or by sound; both are normalised."""
    if fuzz.partial_ratio(name, words) >= NAMED * 100:
        return True
    sounds = sound_key(name)
    # Two letters of sound are found in nearly anything.
    return len(sounds) > 2 and fuzz.partial_ratio(sounds, sound_key(words)) >= NAMED * 100
