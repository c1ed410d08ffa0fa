import pytest

from sayagain.guardrails import rewrite_outcomes, total_outcomes
from sayagain.turns import Action, AppliedRewrite, FeedbackReport, Response, Session, Turn

DONE = Response(text="Turned on the lamp", type="action_done")
LOST = Response(text="Sorry, I couldn't understand that", type="error", error_code="no_intent_match")


def rewritten(turn_id="a", *, layer="table", arm=None, response=DONE, **fields):
    applied = AppliedRewrite(id="r", source="turn on the lamb", target="turn on the lamp", layer=layer, arm=arm)
    actions = (Action(target="light.lamp"),) if response is DONE else ()
    fields = {"request": "turn on the lamp", "response": response, "actions": actions, **fields}
    return Turn(turn_id=turn_id, started=0, applied_rewrite=applied, **fields)


def after(text, at=5_000, **fields):
    return Turn(turn_id="b", started=at, request=text, response=DONE, **fields)


def outcome(*turns):
    found = rewrite_outcomes(Session(session_id="s", turns=turns))
    return found[0] if found else None


@pytest.mark.parametrize(
    "turns",
    [
        (rewritten(), after("turn off the lamp")),
        (rewritten(), after("no, I meant the fan")),
        (rewritten(), after("that's not what I meant")),
        (rewritten(feedback=(FeedbackReport(kind="thumbs", value=0.0),)),),
        (rewritten(feedback=(FeedbackReport(kind="helped", value=0.0),)),),
        (rewritten(feedback=(FeedbackReport(kind="correction", text="the fan"),)),),
        (rewritten(layer="leave", feedback=(FeedbackReport(kind="helped", value=0.0),)),),
        (rewritten(response=LOST), after("turn on the lamb")),
        (rewritten(), after("never mind")),
    ],
    ids=[
        *("undone", "corrected", "not meant", "thumbs down", "did not help", "reported", "declined", "said again"),
        "given up",
    ],
)
def test_an_objection_counts_against_the_rewrite(turns):
    found = outcome(*turns)
    assert (found.rewrite_id, found.rewritten, found.failed > 0.9) == ("r", True, True)
    assert found.complaint is not None


@pytest.mark.parametrize(
    "turns",
    [
        (rewritten(),),
        (rewritten(), after("what time is it")),
        (rewritten(), after("thanks")),
        (rewritten(feedback=(FeedbackReport(kind="helped", value=1.0),)), after("turn off the lamp")),
    ],
    ids=["quiet", "moved on", "thanked", "confirmed"],
)
def test_what_nobody_objects_to_went_well(turns):
    found = outcome(*turns)
    assert (found.complaint, found.failed < 0.2) == (None, True)


def test_a_rating_in_the_middle_confirms_nothing():
    middle = FeedbackReport(kind="rating", value=0.5)
    assert outcome(rewritten(feedback=(middle,)), after("turn off the lamp")).complaint is not None
    assert outcome(rewritten(feedback=(middle,))).failed == outcome(rewritten()).failed


def test_an_error_of_the_assistant_is_a_failure_without_an_objection():
    found = outcome(rewritten(response=LOST))
    assert (found.complaint, found.failed > 0.9) == (None, True)


def test_a_question_without_an_answer_tells_nothing():
    assert outcome(rewritten(layer="leave")) is None


def test_what_a_user_taught_and_what_was_left_alone_is_not_tracked():
    left = AppliedRewrite(id="none", source="x", target="x", layer="leave")
    assert outcome(rewritten(layer="taught"), after("no, I meant the fan")) is None
    assert outcome(Turn(turn_id="t", started=0, request="x", applied_rewrite=left)) is None


def test_the_holdout_is_counted_apart():
    kept = rewrite_outcomes(Session(session_id="s", turns=(rewritten(layer="leave", arm="holdout", response=LOST),)))
    totals = total_outcomes([*kept, outcome(rewritten())])
    assert (totals.bad_alone > 0.9, totals.good > 0.8, totals.bad < 0.2, totals.complaints) == (True, True, True, 0)
