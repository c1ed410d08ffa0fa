import pytest

from sayagain.languages import guess_language


@pytest.mark.parametrize(
    ("text", "code"),
    [
        # In doubt the language is the default one: names, answers, what was misheard.
        ("", "en"),
        ("no", "en"),
        ("jazz radio", "en"),
        ("die hard", "en"),
        ("play la vida loca", "en"),
        ("today's date", "en"),
        ("turn on the lights in the café", "en"),
        ("mach das licht an", "de"),
        ("licht aus", "de"),
        ("allume la lumière du salon", "fr"),
        ("zet het licht aan", "nl"),
        ("enciende la luz", "es"),
        # There are no packs for these.
        ("kapcsold fel a lámpát", None),
        ("включи свет", "ru"),
        ("увімкни світло", None),
        ("打开灯", None),
    ],
)
def test_texts_are_in_the_language_whose_words_they_are_full_of(text, code):
    assert guess_language([text]) == code


def test_texts_that_belong_together_are_in_one_language():
    assert guess_language(["no tengo"]) == "en"
    assert guess_language(["enciende la luz", "no tengo"]) == "es"
