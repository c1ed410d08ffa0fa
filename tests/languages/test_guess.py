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


@pytest.mark.parametrize(
    "text",
    [
        "tænd lyset i køkkenet og sluk lampen i stuen",
        "увімкни світло на кухні і вимкни лампу",
        "включи лампата в кухнята и изключи телевизора",
        "zapni světlo v kuchyni a vypni televizi",
    ],
)
def test_a_language_without_a_pack_is_not_taken_for_its_relative(text):
    assert guess_language([text]) is None


def test_texts_that_belong_together_are_in_one_language():
    assert guess_language(["no tengo"]) == "en"
    assert guess_language(["enciende la luz", "no tengo"]) == "es"
