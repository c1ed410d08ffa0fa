import pytest

from sayagain.feedback.timing import answer_length, ended, fading, followed, gap
from sayagain.turns import Interruption, Response, Session, Speech, Turn


def turn(started=0, **fields):
    return Turn(turn_id=f"t{started}", started=started, request="lamp", **fields)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, 0),
        ({"ended": 900}, 900),
        ({"ended": 900, "speech": Speech(started=1_500)}, 1_500),
        ({"speech": Speech(started=1_500, duration=2_000)}, 3_500),
        ({"speech": Speech(started=1_500, duration=2_000, ended=2_500)}, 2_500),
        ({"speech": Speech(started=1_500, duration=9_000), "interrupted": Interruption(yes=True, at=2_000)}, 2_000),
        ({"speech": Speech(started=1_500, duration=9_000), "interrupted": Interruption(yes=False)}, 10_500),
    ],
)
def test_a_turn_is_over_when_the_last_thing_in_it_was(fields, expected):
    assert ended(turn(**fields)) == expected
    assert gap(turn(**fields), turn(started=20_000)) == 20_000 - expected


def test_speaking_within_the_answer_leaves_no_gap():
    assert gap(turn(speech=Speech(started=1_000, duration=9_000)), turn(started=2_000)) == 0


def test_only_close_turns_follow_each_other():
    close = Session(session_id="s", turns=(turn(0), turn(5_000), turn(30_000)))
    assert [(a.turn_id, b.turn_id, wait) for a, b, wait in followed(close, 5_000)] == [("t0", "t5000", 5_000)]


def test_waiting_weakens_by_half_at_most():
    assert [fading(wait, 10_000) for wait in (0, 5_000, 10_000)] == [1, 0.75, 0.5]


def test_the_length_of_an_answer_is_as_told_or_guessed_or_unknown():
    speech = Speech(duration=1_234)
    assert answer_length(turn(speech=speech, response=Response(text="anything"))) == 1_234
    assert answer_length(turn(response=Response(text="twice" * 2))) == 2 * answer_length(
        turn(response=Response(text="twice"))
    )
    assert answer_length(turn(response=Response())) is None
    assert answer_length(turn()) is None
