import pytest

from sayagain.feedback import abandonment
from sayagain.turns import Action, Nlu, Response

ASKED = {"response": Response(text="Which lamp?", type="question")}
LOST = {"response": Response(type="error", error_code="no_intent_match")}
DONE = {"response": Response(text="Done", type="action_done")}


@pytest.mark.parametrize(
    "words", ["never mind", "Nevermind", "forget it", "cancel", "stop", "oh, stop it please", "shut up"]
)
@pytest.mark.parametrize("fields", [{}, LOST, ASKED])
def test_the_user_gives_up(session, words, fields):
    signals = abandonment(session(("turn on the lamp", fields), words))
    assert [(signal.turn_id, signal.kind, signal.positive) for signal in signals] == [("t0", "abandonment", False)]
    assert words in signals[0].evidence


@pytest.mark.parametrize(
    "words", ["stop the music", "cancel my meeting", "what is a stop sign", "play never mind by nirvana"]
)
def test_a_request_with_such_words_in_it_does_not_give_up(session, words):
    assert abandonment(session("turn on the lamp", words)) == []


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("play some jazz", {}), ("stop", {})),
        (("set a timer for 5 minutes", {}), ("stop", {})),
        (("jazz", {"nlu": Nlu(intent="HassMediaSearchAndPlay")}), ("stop", {})),
        (("vacuum", {}), ("stop", {"actions": (Action(target="vacuum.hall"),)})),
        (("vacuum", {}), ("stop", {"nlu": Nlu(intent="VacuumStop"), **DONE})),
    ],
)
def test_stopping_what_goes_on_is_a_request(session, first, second):
    assert abandonment(session(first, second)) == []


def test_words_that_only_give_up_do_so_whatever_goes_on(session):
    stop = abandonment(session("turn on the lamp", "stop"))[0].strength
    assert abandonment(session("play some jazz", "never mind"))[0].strength > stop


def test_an_intent_made_for_giving_up_is_no_request(session):
    assert abandonment(session("lamp", ("cancel", {"nlu": Nlu(intent="HassNevermind"), **DONE})))


def test_stop_after_a_turn_that_failed_gives_up(session):
    assert abandonment(session(("play some jazz", LOST), "stop"))


def test_giving_up_long_after_is_about_something_else(session):
    assert abandonment(session("turn on the lamp", ("never mind", {"started": 60_000}))) == []


def test_a_question_that_ends_the_session_was_left_unanswered(session):
    assert [signal.turn_id for signal in abandonment(session("hello", ("turn on the lamp", ASKED)))] == ["t1"]
    assert abandonment(session(("turn on the lamp", ASKED), "the kitchen lamp")) == []


@pytest.mark.parametrize("text", ["Done. Anything else?", "It is noon. Did I answer your question?", "It is noon."])
def test_silence_after_what_needs_no_answer_is_none(session, text):
    assert abandonment(session(("what time is it", {"response": Response(text=text)}))) == []


def test_other_languages_are_judged_by_structure_alone(session):
    hungarian = {"language": "hu"}
    assert abandonment(session(("lámpa", hungarian), ("stop", hungarian))) == []
    assert abandonment(session(("lámpa", {"language": "hu", "response": Response(text="Melyik lámpa?")})))
