"""Stated conditions: what is to be done when, unless or until something happens is not done at once."""

from sayagain.guardrails.speech_act import opening_length
from sayagain.languages import Language

__all__ = ["dropped_condition"]

Words = tuple[str, ...]


def dropped_condition(request: Words, candidate: Words, language: Language) -> str | None:
    """Say which condition or other time of a request a candidate would drop, or None.

    >>> from sayagain.languages import language_pack
    >>> english, on = language_pack("en"), ("turn", "on", "the", "lamp")
    >>> dropped_condition((*on, "when", "i", "get", "home"), on, english)
    'it would drop the condition "when"; ask first'
    >>> dropped_condition(("if", "you", "could", *on), on, english)
    """
    for at, word in enumerate(request):
        if word not in language.conditions or word in candidate or opening_length(request[at:], language.polite):
            continue
        # "Si, enciende la luz" begins with a yes.
        if at > 0 or word not in language.social:
            # "Switch after the lights" is misheard, and the user can tell.
            return f'it would drop the condition "{word}"; ask first'
    return None
