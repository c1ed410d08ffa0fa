"""Stated steps: so much more or less than there is must not become a value, as "2 degrees warmer" is not 2 degrees."""

from collections.abc import Sequence

from sayagain.languages import DEFAULT, Language, language_pack, search_any

__all__ = ["changed_step", "states_step"]


def states_step(heard: Sequence[str], *, certain: bool = False, language: Language | None = None) -> bool:
    """Return whether a request asks for so much more or less than there is, rather than for a value.

    Args:
        heard: the words of a request.
        certain: only where it can be nothing else: "lower it by 20 percent", and not "lower it 20 percent".
        language: of the words; English where it is not given. In one whose steps nobody has written down none is told.

    >>> states_step("turn the heater up 2 degrees".split()), states_step("turn the heater up to 20".split())
    (True, False)
    >>> states_step("stell die heizung 2 grad wärmer".split(), language=language_pack("de"))
    True
    """
    pack = language or language_pack(DEFAULT)
    quantities = None if pack is None else pack.quantities
    if quantities is None:
        return False
    text = " ".join(heard)
    if search_any(quantities.steps, text):
        return True
    may_be = not certain and search_any((quantities.to,), text) is None
    return may_be and search_any(quantities.steps_unless_to, text) is not None


def changed_step(request: Sequence[str], candidate: Sequence[str], language: Language) -> str | None:
    """Say which value a candidate would set where a request asks for more or less, or None.

    >>> english = language_pack("en")
    >>> changed_step("turn the heater up 2 degrees".split(), "set the heater to 2 degrees".split(), english)
    'it would set "to 2", where so much more or less was asked for'
    >>> changed_step("turn the heat up 2 degrees".split(), "turn the heater up 2 degrees".split(), english)
    """
    quantities = language.quantities
    if quantities is None:
        return None
    value = search_any((quantities.to,), " ".join(candidate))
    if value is None or not states_step(request, language=language) or states_step(candidate, language=language):
        return None
    return f'it would set "{value[0]}", where so much more or less was asked for'
