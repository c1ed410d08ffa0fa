"""Evidence of the failure point in names: the name that was not found, beside the names that work in the home.

A name that sounds like one of the home was misheard; one that sounds like none is unknown; one that the home has, with
more words around it, was looked for in the wrong place.
"""

from math import log1p, nan

from sayagain.failures.log_knowledge import SessionKnowledge, heard_words
from sayagain.failures.missing_name import missing_name
from sayagain.feedback import phrases
from sayagain.feedback.phrase_lists import said
from sayagain.languages import language_pack
from sayagain.text import letter_similarity, sound_similarity
from sayagain.turns import Turn

__all__ = ["NAME_FIELDS", "differing_sound", "name_evidence"]

NAME_FIELDS: tuple[str, ...] = (
    *("missing_words", "missing_share", "missing_letters", "missing_sound", "missing_known_words"),
    *("missing_is_name", "missing_holds_name", "near_differs_sound", "near_differs_letters", "near_end_added"),
    *("near_start_shared", "opens_command", "opens_question"),
)
"""The fields of `name_evidence`."""


def name_evidence(turn: Turn, knowledge: SessionKnowledge) -> list[float]:
    """Return the values of `NAME_FIELDS`; NaN where the log does not tell.

    Args:
        turn: the turn, as logged.
        knowledge: what the rest of the log tells.
    """
    heard = heard_words(turn)
    return [*_missing(missing_name(turn), heard, knowledge), *_nearest(heard, knowledge), *_opening(turn)]


def differing_sound(heard: str, other: str) -> tuple[float, float]:
    """Return the similarity by sound and by letters of the words in which two requests differ.

    The words that both begin with and those that both end with are left out; NaN where only one has others.

    >>> round(differing_sound("turn on the bad ride", "turn on the bed light")[0], 2)
    0.75
    """
    left, right = heard.split(), other.split()
    while left and right and left[0] == right[0]:
        del left[0], right[0]
    while left and right and left[-1] == right[-1]:
        del left[-1], right[-1]
    if not left or not right:
        return nan, nan
    return sound_similarity(" ".join(left), " ".join(right)), letter_similarity(" ".join(left), " ".join(right))


def _missing(missing: str, heard: str, knowledge: SessionKnowledge) -> list[float]:
    if not missing:
        return [nan] * 7
    words = missing.split()
    by_letters, by_sound = knowledge.similar_name(missing), knowledge.similar_name(missing, by_sound=True)
    return [
        log1p(len(words)),
        len(words) / max(len(heard.split()), 1),
        by_letters,
        by_sound,
        sum(knowledge.word(word).worked > 0 for word in words) / len(words),
        float(knowledge.is_name(missing)),
        float(_holds_name(words, knowledge)),
    ]


def _holds_name(words: list[str], knowledge: SessionKnowledge) -> bool:
    """Return whether a part of the words is a name of the home."""
    count = len(words)
    return any(
        knowledge.is_name(" ".join(words[start:end]))
        for start in range(count)
        for end in range(start + 1, count + 1)
        if end - start < count
    )


def _nearest(heard: str, knowledge: SessionKnowledge) -> list[float]:
    by_letters, by_sound = knowledge.similar(heard), knowledge.similar(heard, by_sound=True)
    best = by_sound if by_letters is None or (by_sound and by_sound.similarity > by_letters.similarity) else by_letters
    if best is None:
        return [nan] * 4
    words, near = heard.split(), best.words.split()
    shared = 0
    while shared < min(len(words), len(near)) and words[shared] == near[shared]:
        shared += 1
    is_start = shared == len(near)
    return [*differing_sound(heard, best.words), float(is_start and len(words) > shared), float(shared)]


def _opening(turn: Turn) -> list[float]:
    """Return whether the request opens like a command, and like a question."""
    wording = phrases(turn)
    pack = None if wording is None else language_pack(wording.code)
    if pack is None:
        return [nan, nan]
    words = tuple(said(turn.heard).split())
    is_question = words[:1] != () and (
        words[0] in pack.auxiliaries or any(words[: len(opening)] == opening for opening in pack.questions)
    )
    return [float(words[:1] != () and words[0] in pack.commands), float(is_question)]
