import pytest

from sayagain.languages import language_pack
from sayagain.teaching import Taught, replace_names

EN = language_pack("en")
LIGHT = Taught(user_id="u", phrase="reading light", means="the desk lamp", at=0, is_name=True)
DEN = Taught(user_id="u", phrase="den", means="living room", at=0, is_name=True)


@pytest.mark.parametrize(
    ("request_words", "text"),
    [
        ("Turn on my reading light!", "turn on the desk lamp"),
        ("reading light off", "the desk lamp off"),
        ("is the reading light on in the den", "is the desk lamp on in the living room"),
        ("set my reading light to 20%", "set the desk lamp to 20 %"),
        ("please dim reading light and den", "please dim the desk lamp and living room"),
    ],
)
def test_a_name_is_replaced_where_it_stands_alone(request_words, text):
    assert replace_names(request_words, [LIGHT, DEN], EN).text == text


@pytest.mark.parametrize(
    "request_words",
    ["turn on the tall reading light", "the reading light bulb", "reading lights", "read in the garden", ""],
)
def test_part_of_another_name_is_left_alone(request_words):
    assert replace_names(request_words, [LIGHT, DEN], EN) is None


def test_lessons_that_are_no_names_and_requests_without_a_language_are_left_alone():
    whole = Taught(user_id="u", phrase="reading light", means="lamp on", at=0)
    assert replace_names("turn on my reading light", [whole], EN) is None
    assert replace_names("turn on my reading light", [LIGHT], None) is None


def test_the_longer_name_and_the_more_specific_owner_come_first():
    short = Taught(user_id="u", phrase="light", means="the hall lamp", at=0, is_name=True)
    other = Taught(scope="household", phrase="reading light", means="the bed lamp", at=9, is_name=True)
    assert replace_names("turn on the reading light", [short, LIGHT, other], EN).text == "turn on the desk lamp"
