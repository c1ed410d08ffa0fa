"""The words of a request that an assistant does not know, found by asking it."""

import pytest

from sayagain.languages import language_pack
from sayagain.teaching import find_gap


def understands(words):
    """Turns lights and blinds, in two languages."""
    return words.casefold().rstrip(".!") in {
        *(f"turn {on} the {name}" for on in ("on", "off") for name in ("light", "lights", "lamp")),
        "please turn off the light in the attic",
        "open my blinds",
        "mach das licht an",
        "good night",
    }


@pytest.mark.parametrize(
    ("request_text", "language", "gap"),
    [
        ("Turn on the sunshine.", "en", ("sunshine", True)),
        ("turn off the north star", "en", ("north star", True)),
        ("please turn off the blinky in the attic", "en", ("blinky", True)),
        ("mach das Glühwürmchen an", "de", ("Glühwürmchen", True)),
        ("study mode", "en", ("study mode", False)),
        # Understood, a question, a sentence, no word with a value: nothing to ask about.
        ("turn on the light", "en", None),
        ("good night", "en", None),
        ("what about study", "en", None),
        ("the neighbours are having a noisy party again tonight", "en", None),
        ("and then", "en", None),
    ],
)
def test_the_unknown_words_of_a_request(request_text, language, gap):
    assert find_gap(request_text, language_pack(language), understands) == gap


def test_where_nobody_can_tell_there_is_no_gap():
    assert find_gap("turn on the sunshine", language_pack("en"), lambda _: None) is None
