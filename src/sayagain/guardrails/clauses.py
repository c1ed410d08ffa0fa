"""Where a clause ends: many languages put there the word that tells what is to be done ("mach das Licht im Bad an")."""

from sayagain.languages import Language

__all__ = ["ends_clause", "is_direction"]

Words = tuple[str, ...]


def ends_clause(words: Words, at: int, language: Language) -> bool:
    """Whether a word is the last of a clause but for words that say nothing.

    >>> from sayagain.languages import language_pack
    >>> german = language_pack("de")
    >>> said = ("mach", "das", "licht", "an", "der", "wand", "aus", "bitte")
    >>> ends_clause(said, 3, german), ends_clause(said, 6, german)
    (False, True)
    """
    following = words[at + 1 :]
    if not following or following[0] in language.clause_starts:
        return True
    return all(word in language.trailing for word in following)


def is_direction(words: Words, at: int, language: Language) -> bool:
    """Whether a word that may be a direction is one here, and does not say where or how: "the lamp on the desk".

    >>> from sayagain.languages import language_pack
    >>> is_direction(("turn", "on", "the", "lamp"), 1, language_pack("en"))
    True
    >>> is_direction(("the", "lamp", "on", "the", "desk"), 2, language_pack("en"))
    False
    """
    after_particle = at > 0 and words[at - 1] in language.particles
    if words[at] in language.end_particles:
        return after_particle or ends_clause(words, at, language)
    if words[at] not in language.prepositions or at == 0 or at == len(words) - 1:
        return True
    return words[at + 1] not in language.articles or after_particle
