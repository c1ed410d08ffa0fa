import pytest

from sayagain.languages import yes_or_no

YES = [
    "yes",
    "Yes!",
    "yes please",
    "yeah",
    "oh yes",
    "yes yes",
    "okay",
    "do it",
    "yes do it",
    "that's right",
    "ja",
    "oui",
]
NO = ["no", "No.", "nope", "no thanks", "never mind", "cancel", "no no no", "no stop", "nein", "no thank you"]
OTHER = ["", "turn on the lamp", "no the kitchen lights", "yes and the kitchen", "what", "noon", "yesterday"]


@pytest.mark.parametrize(
    ("text", "said"), [(t, "yes") for t in YES] + [(t, "no") for t in NO] + [(t, None) for t in OTHER]
)
def test_replies(text, said):
    assert yes_or_no(text) == said


@pytest.mark.parametrize(
    ("text", "language", "said"),
    [
        ("nein danke", "de", "no"),
        ("ja gerne", "de-AT", "yes"),
        ("d'accord", "fr", "yes"),
        ("va bene", "it", "yes"),
        ("да", "ru", "yes"),
        ("нет", "ru", "no"),
        ("evet", "tr", "yes"),
        ("igen", "hu", "yes"),
        ("nem", None, "no"),
        ("no dobrze", "pl", "yes"),
        ("no", "pl", "yes"),
        ("no", None, "no"),
        ("ano", "cs", "yes"),
        ("oui", "en", "yes"),
        ("da", "de", None),
        ("nein die küche", "de", None),
    ],
)
def test_replies_are_those_of_the_language(text, language, said):
    assert yes_or_no(text, language) == said


def test_the_words_of_one_language_alone_may_count():
    assert yes_or_no("ja", "en") == "yes"
    assert yes_or_no("ja", "en", own=True) is None
    assert yes_or_no("ja gerne", "de", own=True) == "yes"
