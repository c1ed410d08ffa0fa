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
    >>> dropped_condition((*on, "as", "well"), on, english)
    >>> dropped_condition(("turn", "if", "the", "lamp"), ("turn", "off", "the", "lamp"), english)
    """
    empty = language.fillers | language.social | language.trailing
    for at, word in enumerate(request):
        if word not in language.conditions or word in candidate or opening_length(request[at:], language.polite):
            continue
        rest = request[at + 1 :]
        # "If" was heard for "off", and nothing else is gone.
        is_misheard = len(candidate) == len(request) and candidate[:at] + candidate[at + 1 :] == request[:at] + rest
        # "Si, enciende la luz" begins with a yes; "as well" holds no condition.
        if not is_misheard and (at > 0 or word not in language.social) and not empty.issuperset(rest):
            return f'it would drop the condition "{word}"; ask first'
    return None
