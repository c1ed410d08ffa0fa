"""What a rewrite would have done, where no label tells: the ranker's own probabilities, taken at their word."""

import pytest

from sayagain.learning.cross_fitting import _effect
from sayagain.rewriting.candidates import Candidate
from sayagain.turns import NOTHING, Hypothesis, Nlu, Response, Turn

REFUSAL = Response(error_code="no_intent_match")
REFUSED = Turn(turn_id="t", started=0, request="lamp of", nlu=Nlu(ranking=(NOTHING,)), response=REFUSAL)
SERVED = Turn(turn_id="t", started=0, request="lamp of", nlu=Nlu(ranking=(Hypothesis(intent="off"),)))
LAMP_ON = Candidate(text="lamp on", hypothesis=Hypothesis(intent="on"), layer="global")


def test_who_gave_up_does_not_vouch_for_a_rewrite_of_a_refused_request():
    effect = _effect(REFUSED, None, LAMP_ON, right=0.5, leave=0.45)
    assert tuple(effect) == pytest.approx((0.5, 0.0, 0.5))


def test_a_request_that_was_served_may_be_spoiled():
    effect = _effect(SERVED, None, LAMP_ON, right=0.5, leave=0.4)
    assert tuple(effect) == pytest.approx((0.5, 0.4, 0.1))
