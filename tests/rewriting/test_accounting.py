import pytest

from sayagain.languages import language_pack
from sayagain.rewriting.accounting import is_accounted_for

ENGLISH = language_pack("en")


@pytest.mark.parametrize(
    ("heard", "text"),
    [
        ("turn of the lamb", "turn off the lamp"),
        ("turning off the kitchen lied", "turn off the kitchen lights"),
        ("what's the whether", "what is the weather"),
        ("how long has left on my timer", "how long is left on my timer"),
        ("put milk on the shopping lost", "put milk on the shopping list"),
        ("switch on the tv in the office", "turn on the television in the office"),
    ],
)
def test_a_mishearing_is_accounted_for(heard, text):
    assert is_accounted_for(text, heard, ENGLISH)


@pytest.mark.parametrize(
    ("heard", "text"),
    [
        ("turn off the reding lamp", "turn off the oven"),
        ("hold the music", "how hot is the oven"),
        ("in the living room light", "turn on the living room light"),
        ("kill the redding land", "find a pancake recipe"),
        ("and lock the front door", "lock the front door"),
        ("the place to be seen", "unlock the front door"),
        ("forget the timer", "forget it"),
        ("can so that", "great thanks"),
        ("that should hurt my shopping list", "put shoulder on the grocery list"),
    ],
)
def test_nothing_is_put_in_and_nothing_delicate_is_guessed(heard, text):
    assert not is_accounted_for(text, heard, ENGLISH)
