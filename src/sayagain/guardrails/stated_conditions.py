"""Stated conditions: what is to be done when, unless or until something happens is not done at once."""

from sayagain.guardrails.speech_act import opening_length
from sayagain.languages import Language

__all__ = ["stated_conditions"]

Words = tuple[str, ...]


def stated_conditions(words: Words, language: Language) -> list[str]:
    """Return the words of a request that open a condition or another time.

    >>> from sayagain.languages import language_pack
    >>> english = language_pack("en")
    >>> stated_conditions(("turn", "on", "the", "lamp", "when", "i", "get", "home"), english)
    ['when']
    >>> stated_conditions(("if", "you", "could", "turn", "on", "the", "lamp"), english)
    []
    """
    return [
        word
        for at, word in enumerate(words)
        if word in language.conditions
        and not opening_length(words[at:], language.polite)
        # "Si, enciende la luz" begins with a yes.
        and not (at == 0 and word in language.social)
    ]
