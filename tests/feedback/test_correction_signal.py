import pytest

from sayagain.feedback import correction
from sayagain.turns import FeedbackReport, Response

ASKED = {"response": Response(text="Do you want jazz?", type="question")}


@pytest.mark.parametrize(
    "words",
    [
        "no, I meant the kitchen",
        "no the kitchen one",
        "I said the kitchen light",
        "That's wrong",
        "thats not what I asked",
        "not the bedroom, the kitchen",
        "that's the wrong lamp",
        "wrong room",
        "I didn't say bedroom",
        "no no turn on the lamp",
        "sorry I meant 7",
    ],
)
def test_the_user_says_what_was_wrong(session, words):
    (signal,) = correction(session("turn on the light", words))
    assert (signal.turn_id, signal.kind, signal.positive) == ("t0", "correction", False)
    assert words in signal.evidence


@pytest.mark.parametrize(
    "words",
    [
        "no",
        "no thanks",
        "no thank you very much",
        "no that's all",
        "no I'm good",
        "no problem",
        "not now",
        "not really",
        "notify me at seven",
        "nobody is home",
        "turn on the light in the right room",
        "play I said yes",
        "thanks",
        "",
    ],
)
def test_what_begins_alike_and_corrects_nothing(session, words):
    assert correction(session("turn on the light", words)) == []


def test_a_no_that_may_be_an_answer_is_weaker(session):
    (answer,) = correction(session(("play something", ASKED), "no play rock"))
    (contradiction,) = correction(session("play something", "no play rock"))
    (plain,) = correction(session("play something", "I said play rock"))
    assert answer.strength < contradiction.strength < plain.strength


def test_a_correction_long_after_is_about_something_else(session):
    assert correction(session("lamp on", ("I said the kitchen", {"started": 120_000}))) == []


def test_words_of_a_language_without_wordings_are_not_judged(session):
    hungarian = {"language": "hu"}
    assert correction(session(("lámpa", hungarian), ("no még egyszer", hungarian))) == []
    british = {"language": "en_GB"}
    assert correction(session(("light", british), ("no the kitchen", british)))


def test_a_reported_correction_quotes_the_user(session):
    report = FeedbackReport(kind="correction", text="the kitchen one")
    wordless_report = FeedbackReport(kind="correction")
    quoted, unquoted = correction(session(("lamp on", {"feedback": (report, wordless_report)})))
    assert "the kitchen one" in quoted.evidence
    assert unquoted.strength < quoted.strength == 1
