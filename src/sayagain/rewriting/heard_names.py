"""Whether what a request names was heard."""

from collections.abc import Sequence

from rapidfuzz import fuzz

from sayagain.languages import Language
from sayagain.rewriting.completion.utterance import recent_speech
from sayagain.text import limit_text, normalise, sound_key
from sayagain.turns import Hypothesis, Turn

__all__ = ["names_another_room", "names_are_heard", "names_are_spoken_of"]

NAMED = 0.75
"""How well each thing that a retrieved request names must be found in what was heard, in [0, 1]."""


def names_are_heard(hypothesis: Hypothesis, text: str, heard: str) -> bool:
    """Return whether each thing that a request names is in what was heard, by letters or by sound: none is put in.

    What the request does not say itself, such as the room that the assistant fills in, is filled in again.
    """
    names = {normalise(limit_text(value)) for values in hypothesis.facts.values() for value in values}
    words = normalise(limit_text(text))
    return all(_is_within(name, heard) or not _is_within(name, words) for name in names)


def names_are_spoken_of(
    hypothesis: Hypothesis, text: str, heard: str, history: Sequence[Turn], language: Language | None
) -> bool:
    """Return whether what stands in a rewrite for "it" was spoken of in the session, by either side.

    Whoever says "turn it off" means what was spoken of last, however often it was the lamp before; where the session is
    not known, nobody can tell. A pronoun that is also an article tells nothing.

    Args:
        hypothesis: what is expected of the rewrite; where it has no values, each of its words of content counts.
        text: the words that would be passed on.
        heard: the request.
        history: the turns before it in its session.
        language: of the request; None where it has no pack.

    >>> from sayagain.languages import language_pack
    >>> from sayagain.turns import Slot
    >>> tv = Turn(turn_id="1", started=0, request="turn on the tv")
    >>> lamp, off = Hypothesis(intent="off", slots=(Slot("name", "lamp"),)), Hypothesis(intent="off")
    >>> names_are_spoken_of(lamp, "turn the lamp off", "turn it off", [tv], language_pack("en"))
    False
    >>> names_are_spoken_of(off, "turn the tv off", "turn it off", [tv], language_pack("en"))
    True
    """
    if language is None:
        return True
    heard = normalise(limit_text(heard))
    heard_words, words = set(heard.split()), set(normalise(limit_text(text)).split())
    if not (heard_words - words) & (language.reactions.pronouns - language.articles):
        return True
    spoken = " ".join([heard, *(normalise(limit_text(said)) for _, said in recent_speech(history))])
    if hypothesis.facts:
        return names_are_heard(hypothesis, text, spoken)
    return all(_is_within(word, spoken) for word in words - heard_words - language.common - language.commands)


def names_another_room(hypothesis: Hypothesis, text: str, heard: str, room: str) -> bool:
    """Return whether a rewrite names a room that was not said, and that is not the user's.

    "Kill the lights" means the room it is said in, wherever most people say it.

    Args:
        hypothesis: what is expected of the rewrite.
        text: its words.
        heard: the request.
        room: where it is said.
    """
    heard, text, here = (normalise(limit_text(words)) for words in (heard, text, room))
    named = {normalise(limit_text(area)) for area in hypothesis.facts.get("area", ())}
    return any(_is_within(area, text) and not _is_within(area, heard) for area in named - {here})


def _is_within(name: str, words: str) -> bool:
    """Return whether a name is found in words, by letters or by sound; both are normalised."""
    if fuzz.partial_ratio(name, words) >= NAMED * 100:
        return True
    sounds = sound_key(name)
    # Two letters of sound are found in nearly anything.
    return len(sounds) > 2 and fuzz.partial_ratio(sounds, sound_key(words)) >= NAMED * 100
