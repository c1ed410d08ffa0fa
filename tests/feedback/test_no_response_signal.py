from sayagain.feedback import no_response
from sayagain.turns import Response


def test_only_the_turns_that_failed_are_found(session, lost, done):
    signals = no_response(session(("turn of the lamb", lost), ("lamp off", done), "and the radio"))
    assert [(signal.turn_id, signal.kind, signal.positive) for signal in signals] == [("t0", "no-response", False)]
    assert "no_intent_match" in signals[0].evidence


def test_an_answer_that_is_missing_from_the_log_is_no_failure(session):
    assert no_response(session("lamp on", ("lamp off", {"response": Response()}))) == []
