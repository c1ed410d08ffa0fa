import pytest

from sayagain.feedback import barge_in, trouble, worked
from sayagain.turns import Action, Interruption, Response, Session, Speech, Turn


def cut_by(words):
    news = Turn(
        turn_id="a",
        started=0,
        request="the news",
        speech=Speech(started=2_000, duration=20_000),
        interrupted=Interruption(yes=True, by="user", at=4_000),
    )
    return barge_in(Session(session_id="s", turns=(news, Turn(turn_id="b", started=4_000, request=words))))


@pytest.mark.parametrize("words", ["okay", "Uh huh.", "thank you", "makes sense", "oh okay", "right, thanks", "I see"])
def test_a_sign_of_listening_is_no_barge_in(words):
    assert cut_by(words) == []


@pytest.mark.parametrize("words", ["no, the other one", "stop", "okay play jazz", "right lamp on", "thanks but louder"])
def test_anything_more_is_one(words):
    assert len(cut_by(words)) == 1


def test_done_with_an_apology_and_no_deed_is_no_success():
    sorry = Response(text="I'm sorry! I encountered an error calling the tool.", type="action_done")
    turn = Turn(turn_id="t", started=0, request="lamp on", response=sorry)
    assert (worked(turn), trouble(turn) is None) == (False, False)
    acted = Turn(turn_id="t", started=0, request="x", response=sorry, actions=(Action(target="light.lamp"),))
    fine = Turn(turn_id="t", started=0, request="x", response=Response(text="Done", type="action_done"))
    assert (worked(acted), trouble(acted), worked(fine), trouble(fine)) == (True, None, True, None)
