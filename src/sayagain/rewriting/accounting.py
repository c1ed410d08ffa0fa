"""Accounting: whether what a retrieved request says was said, by its letters or its sound.

A request that merely resembles what was heard is a guess, and a guess puts in nothing and leaves out nothing: every
word that carries content, and every direction, must be found on the other side, and the kind of thing stays.
Nothing is guessed that needs the user's word, such as a lock, a purchase or a call.
"""

from rapidfuzz import fuzz

from sayagain.languages import Language
from sayagain.text import letter_similarity, normalise, sound_key, sound_similarity

__all__ = ["is_accounted_for"]

FOUND = 70
"""How well a word must be found within what was heard, by letters or sound, in percent."""

KEPT = 0.4
"""How like some word of the request each word that was heard must be, in [0, 1]: what was misheard may be far off."""

SHORT = 3
"""Letters up to which a word is compared with whole words: it is found within nearly anything."""

SHORT_FOUND = 0.6
"""How like another word a short one must be, in [0, 1]."""


def is_accounted_for(text: str, heard: str, language: Language) -> bool:
    """Return whether a request says what was heard: nothing put in, nothing left out, nothing of another kind.

    Args:
        text: the request that would be passed on.
        heard: what was heard, normalised.
        language: of both.

    >>> from sayagain.languages import language_pack
    >>> english = language_pack("en")
    >>> is_accounted_for("turn off the lamp", "turn of the lamb", english)
    True
    >>> is_accounted_for("turn off the oven", "turn off the reding lamp", english)
    False
    """
    said, meant = heard.split(), normalise(text).split()
    if any(set(meant) >= set(words) for phrases in language.sensitive.values() for words in phrases):
        return False
    if set(meant) <= language.social or any(tuple(meant[: len(stop)]) == stop for stop in language.stops):
        # Giving up and thanks ask for nothing.
        return False
    kinds = {language.kinds[word] for word in said if word in language.kinds}
    target_kinds = {language.kinds[word] for word in meant if word in language.kinds}
    if kinds and not kinds & target_kinds:
        return False
    directions = {word for pair in language.opposites for word in pair.one | pair.other}
    sound = sound_key(heard)
    put_in = (
        word
        for word in meant
        if word not in said
        and language.kinds.get(word) not in kinds
        and (word in directions or not _is_common(word, language))
    )
    left_out = (
        word
        for word in said
        if word not in meant and language.kinds.get(word) not in target_kinds and not _is_common(word, language)
    )
    return all(_is_heard(word, said, heard, sound) for word in put_in) and all(
        max(max(letter_similarity(word, other), sound_similarity(word, other)) for other in meant) >= KEPT
        for word in left_out
    )


def _is_common(word: str, language: Language) -> bool:
    return word in language.common or word in language.commands or word in language.fillers or word in language.social


def _is_heard(word: str, said: list[str], heard: str, sound: str) -> bool:
    if len(word) <= SHORT:
        return any(max(letter_similarity(word, other), sound_similarity(word, other)) >= SHORT_FOUND for other in said)
    sounds = sound_key(word)
    by_sound = fuzz.partial_ratio(sounds, sound) if len(sounds) > 2 else 0.0
    return bool(max(fuzz.partial_ratio(word, heard), by_sound) >= FOUND)
