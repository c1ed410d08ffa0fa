import pytest

from sayagain.failures.missing_name import missing_name
from sayagain.turns import Resolution, Response, Turn


def turn(request, answer, code="no_valid_targets", **fields):
    return Turn(
        turn_id="t", started=0, request=request, response=Response(text=answer, type="error", error_code=code), **fields
    )


@pytest.mark.parametrize(
    ("request_words", "answer", "expected"),
    [
        ("turn on the bad ride", "Sorry, I am not aware of any device called bad ride", "bad ride"),
        (
            "turn on the bed light in the kitchen",
            "Sorry, I am not aware of any device called Bed Light in the Kitchen area",
            "bed light in the kitchen",
        ),
        ("schalte die Leselampe ein", "Mir ist kein Gerät namens Leselampe bekannt", "leselampe"),
        ("turn it on", "Sorry, I couldn't find that", ""),
        ("turn on the tv in a room", "Sorry, nothing in a home has it", ""),
    ],
)
def test_it_is_what_request_and_answer_share(request_words, answer, expected):
    assert missing_name(turn(request_words, answer)) == expected


def test_the_trace_of_entity_resolution_tells_it_where_there_is_one():
    traced = turn("play the deli", "Sorry", resolution=(Resolution(slot="search_query", raw="The Deli"),))
    assert missing_name(traced) == "the deli"


def test_words_that_an_answer_repeats_for_another_reason_are_no_name():
    assert missing_name(turn("turn on the lamp", "I could not turn on the lamp", code="failed_to_handle")) == ""
    assert missing_name(Turn(turn_id="t", started=0, request="lamp on")) == ""
