import pytest

from sayagain.feedback import explicit
from sayagain.turns import FeedbackReport, Response

HELPED = {"response": Response(text="It is noon. Did I answer your question?")}


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("rating", 1.0, ("rating", True, 1.0)),
        ("rating", 0.75, ("rating", True, 0.5)),
        ("rating", 0.5, ("rating", True, 0.0)),
        ("rating", 0.25, ("rating", False, 0.5)),
        ("thumbs", 0.0, ("rating", False, 1.0)),
        ("helped", 0.0, ("helped", False, 1.0)),
        ("helped", 1.0, ("helped", True, 1.0)),
    ],
)
def test_a_report_is_taken_at_its_word(session, kind, value, expected):
    report = FeedbackReport(kind=kind, value=value)
    (signal,) = explicit(session("hello", ("news", {"feedback": (report,)})))
    assert signal.turn_id == "t1"
    assert (signal.kind, signal.positive, signal.strength) == expected


def test_a_report_without_a_value_says_nothing(session):
    assert explicit(session(("news", {"feedback": (FeedbackReport(kind="rating"),)}))) == []


@pytest.mark.parametrize(
    ("answer", "positive"),
    [
        ("yes", True),
        ("Yeah, thanks", True),
        ("it did", True),
        ("no", False),
        ("no it didn't", False),
        ("not really", False),
    ],
)
def test_the_answer_to_did_that_help_is_about_the_turn_that_asked(session, answer, positive):
    (signal,) = explicit(session(("what time is it", HELPED), answer))
    assert (signal.turn_id, signal.kind, signal.positive) == ("t0", "helped", positive)


@pytest.mark.parametrize("asking", ["", "thanks", "okay"])
def test_where_the_user_wanted_nothing_it_is_about_the_turn_before(session, asking):
    (signal,) = explicit(session("what time is it", (asking, HELPED), "yes"))
    assert signal.turn_id == "t0"


@pytest.mark.parametrize(
    ("fields", "answer"),
    [
        (HELPED, "turn on the lamp"),
        (HELPED, "yes but it is wrong"),
        ({"response": Response(text="Shall I turn it on?")}, "yes"),
        ({}, "yes"),
    ],
)
def test_what_does_not_answer_that_question_says_nothing(session, fields, answer):
    assert explicit(session(("what time is it", fields), answer)) == []


def test_an_answer_long_after_is_none(session):
    assert explicit(session(("what time is it", HELPED), ("yes", {"started": 60_000}))) == []
