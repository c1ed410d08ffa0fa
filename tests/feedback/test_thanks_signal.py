import pytest

from sayagain.feedback import thanks
from sayagain.turns import Response

LOST = {"response": Response(type="error", error_code="no_intent_match")}


@pytest.mark.parametrize(
    "words", ["thanks", "Thank you!", "okay thank you very much", "thank you goodbye", "great", "that's perfect"]
)
def test_thanks_are_for_the_turn_before(session, words):
    (signal,) = thanks(session("turn on the lamp", words))
    assert (signal.turn_id, signal.kind, signal.positive) == ("t0", "thanks", True)


@pytest.mark.parametrize(
    "words", ["no thanks", "no thank you", "play thank you by dido", "thanks but turn on the lamp", "great britain"]
)
def test_other_thanks_are_none(session, words):
    assert thanks(session("turn on the lamp", words)) == []


def test_thanks_after_trouble_or_long_after_do_not_count(session):
    assert thanks(session(("turn on the lamp", LOST), "thanks")) == []
    assert thanks(session("turn on the lamp", ("thanks", {"started": 60_000}))) == []
