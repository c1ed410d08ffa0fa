import pytest

from sayagain.guardrails import known_words
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


KNOWN = known_words(
    [
        "switch off the floor lamp",
        "turn on the lamp",
        "turn on the lights in the kids room",
        "put eggs on the shopping list",
    ]
)


@pytest.mark.parametrize(
    ("heard", "text"),
    [
        ("switch off the floor land", "switch off the floor lamp"),
        ("switch off the floor to land", "switch off the floor lamp"),
        ("turn on the lights in the kit room", "turn on the lights in the kids room"),
        ("turn off the red and glamp", "turn off the reading lamp"),
        ("turning up the volume", "turn up the volume"),
    ],
)
def test_a_word_of_no_request_that_works_may_stand_for_one_that_is_like_it(heard, text):
    assert is_accounted_for(text, heard, ENGLISH, KNOWN)


def test_a_word_of_requests_that_work_was_not_misheard():
    assert not is_accounted_for("switch off the floor lamp", "switch off the floor land", ENGLISH, KNOWN | {"land"})


@pytest.mark.parametrize(
    ("heard", "text"),
    [
        # A word that was said is left out.
        ("turn on the corner lamp", "turn on the lamp"),
        ("but peanut butcher on the shopping list", "put butcher on the shopping list"),
        ("heat your off", "off"),
        # One thing becomes several, or the other way round.
        ("turn off the guest room will light", "turn off the guest room lights"),
        ("turn off the living room for lights", "turn off the living room light"),
        # It narrows to the place of the speaker.
        ("everything off", "switch everything here off"),
        # What was heard is shorter than the name that it would stand for.
        ("just limp off", "bedside lamp off"),
        # Not one word was said.
        ("flighter", "lights"),
        # Another value is put in.
        ("but then on the shopping list", "put bread on the shopping list"),
        ("play the rough playlist", "play the country playlist"),
        # Little or nothing in common.
        ("like that", "what time is it"),
        ("that one again", "is anyone there"),
        ("missed me", "mute"),
        # What names nothing means something else each time.
        ("turn it of", "turn it off"),
    ],
)
def test_what_was_said_is_neither_left_out_nor_changed_by_a_guess(heard, text):
    assert not is_accounted_for(text, heard, ENGLISH, KNOWN)


@pytest.mark.parametrize(
    ("code", "heard", "text"),
    [
        ("de", "alles aus", "hier alles aus"),
        ("nl", "alles uit", "alles hier uit"),
        ("fr", "éteins tout", "éteins tout ici"),
    ],
)
def test_the_place_is_narrowed_in_no_language(code, heard, text):
    language = language_pack(code)
    assert not is_accounted_for(text, heard, language)
    assert is_accounted_for(text, text, language)
