"""Stretches that may be a name, and words that may be a direction, misheard."""

import pytest

from sayagain.assistants.homeassistant.cold_start.heard_parts import HeardParts
from sayagain.languages import language_pack, spoken_words


def parts(code, heard):
    language = language_pack(code)
    return HeardParts(spoken_words(heard, language), language)


@pytest.mark.parametrize(
    ("code", "heard", "name", "other"),
    [
        ("de", "schau zu den mentilator raus", "ventilator", "fernseher"),
        ("es", "inicia el robotas de amor", "robotaspirador", "termostato"),
        ("pl", "otwór na słone", "zasłona", "żyrandol"),
    ],
)
def test_a_name_is_found_whatever_the_gaps_between_its_words(code, heard, name, other):
    heard_parts = parts(code, heard)
    assert heard_parts.name_likeness(name) > 0.6
    assert heard_parts.likest([other, name], 1) == [name]


@pytest.mark.parametrize(
    ("code", "heard", "would", "stated"),
    [
        ("es", "apagga la radio", "apaga la radio", True),
        ("es", "prende la radio", "conecta la radio", True),
        ("es", "la radio", "apaga la radio", False),
        ("es", "les conecta la radio", "conecta la radio", False),
        ("de", "mach das radio auf", "mach das radio aus", False),
        ("it", "spengi la radio", "spegni la radio", True),
    ],
)
def test_a_misheard_direction_is_believed_where_its_opposite_is_far(code, heard, would, stated):
    assert parts(code, heard).states(spoken_words(would, language_pack(code))) is stated


def test_a_direction_whose_opposite_was_heard_is_contradicted():
    would = spoken_words("conecta la radio", language_pack("es"))
    assert parts("es", "desconecta la radio").contradicts(would)
    assert not parts("es", "prende la radio").contradicts(would)
