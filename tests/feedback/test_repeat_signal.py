import pytest

from sayagain.feedback import repeat, rephrase
from sayagain.turns import AppliedRewrite, Hypothesis, Interruption, Nlu, Response

LOST = {"response": Response(type="error", error_code="no_intent_match")}
EMPTY = {"nlu": Nlu(ranking=(Hypothesis(intent=""),))}
WORDED = {"response": Response(text="Sorry, I don't understand.")}
CUT = {"interrupted": Interruption(yes=True, by="user")}
DONE = {"response": Response(text="Done", type="action_done")}
ANSWERED = {"response": Response(text="It is noon")}


@pytest.mark.parametrize("trouble", [LOST, EMPTY, WORDED, CUT])
@pytest.mark.parametrize("again", ["friend door", "Friend Door!", "frend door"])
def test_the_same_words_after_trouble_are_a_repeat(session, check_try, trouble, again):
    check_try(session(("friend door", trouble), again), again, repeat, rephrase)


@pytest.mark.parametrize(
    ("request_", "fields"),
    [
        ("next song", DONE),
        ("louder", DONE),
        ("turn it up a bit", DONE),
        ("flip a coin", ANSWERED),
        ("tell me a joke", {}),
        ("yes", {}),
        ("no thank you", {}),
        ("what time is it", ANSWERED),
        ("weiter", {**DONE, "language": "de", "nlu": Nlu(intent="HassMediaNext")}),
        ("", {}),
        ("...", {}),
    ],
)
def test_saying_again_what_went_well_is_no_repeat(session, request_, fields):
    assert repeat(session((request_, fields), request_)) == []


@pytest.mark.parametrize("request_", ["next song", "louder", "yes"])
def test_even_a_step_is_a_repeat_after_trouble(session, request_):
    assert [signal.turn_id for signal in repeat(session((request_, LOST), request_))] == ["t0"]


def test_a_lasting_action_said_again_is_a_weak_repeat(session):
    (well,) = repeat(session(("turn on the lamp", DONE), "turn on the lamp"))
    (badly,) = repeat(session(("turn on the lamp", LOST), "turn on the lamp"))
    assert well.strength < badly.strength / 2


def test_the_words_heard_count_not_those_they_were_rewritten_to(session):
    rewrite = AppliedRewrite(id="r", source="friend door", target="lock the front door", layer="chain")
    said = session(("friend door", LOST), ("lock the front door", {"applied_rewrite": rewrite, **DONE}))
    assert [signal.turn_id for signal in repeat(said)] == ["t0"]
