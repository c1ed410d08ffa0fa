"""Features of pairs: each tells what it says, and what is not known is missing."""

import math

import numpy as np
import pytest

from sayagain.labels.rephrase.pair_features import CONTEXT_FEATURES, MEANING_FEATURES, pair_features, pair_texts
from sayagain.turns import Asr, AsrHypothesis, Hypothesis, Nlu, Response, Session, Slot, Turn

LOST = Response(text="Sorry, I didn't get that", type="error", error_code="no_intent_match")


def session(*requests, **fields):
    turns = tuple(
        Turn(turn_id=f"t{place}", started=place * 8_000, request=request, language="en", **fields)
        for place, request in enumerate(requests)
    )
    return Session(session_id="s", turns=turns)


def described(whole, source=0, target=1, meaning=None):
    return dict(zip(CONTEXT_FEATURES, pair_features(whole, source, target, meaning), strict=True))


@pytest.mark.parametrize(
    ("a", "b", "name", "value"),
    [
        ("lamp on", "lamp on", "same_words", 1),
        ("turn on the lamp", "turn off the lamp", "opposites", 1),
        ("turn on the lamp", "turn on the big lamp", "only_adds", 1),
        ("turn on the big lamp", "turn on the lamp", "only_removes", 1),
        ("set a timer for 5 minutes", "set a timer for 10 minutes", "numbers_differ", 1),
        ("where is my package", "track my order", "content_alike", 0),
        ("turn on the lamp", "never mind", "target_abandons", 1),
        ("turn on the lamp", "no i meant the radio", "target_corrects", 1),
    ],
)
def test_words(a, b, name, value):
    assert described(session(a, b))[name] == value


def test_without_an_encoder_only_meaning_is_missing():
    values = described(session("where is my package", "track my order", "thanks", response=LOST))
    assert all(math.isnan(values[name]) for name in MEANING_FEATURES)
    assert not math.isnan(values["letters"])
    assert values["not_understood"] == 1


def test_meaning_is_the_cosine_of_the_two_requests():
    whole = session("hello there", "where is my package", "track my order")
    vectors = [np.array([0, 0, 1], np.float32), np.array([1, 0, 0], np.float32), np.array([0.6, 0.8, 0], np.float32)]
    meaning = dict(zip(pair_texts(whole, (1, 2)), vectors, strict=True))
    values = described(whole, 1, 2, meaning)
    assert values["meaning"] == pytest.approx(0.6)
    assert values["meaning_lead"] == pytest.approx(0.6)


def test_what_the_assistant_does_not_report_is_missing():
    values = described(session("friend door", "front door"))
    assert all(math.isnan(values[name]) for name in ("same_reading", "asr_confidence", "same_answer", "before_letters"))


def test_hypotheses_are_compared():
    on, off = (Hypothesis(intent="HassTurnOn", slots=(Slot("name", name),)) for name in ("lamp", "radio"))
    turns = tuple(
        Turn(turn_id=str(place), started=place, request="x", nlu=Nlu(ranking=(hypothesis,)))
        for place, hypothesis in enumerate((on, off))
    )
    values = described(Session(session_id="s", turns=turns))
    assert (values["same_reading"], values["same_intent"], values["conflict"]) == (0, 1, 1)


def test_a_logarithm_is_no_confidence():
    asr = Asr(nbest=(AsrHypothesis(text="lamp on", confidence=-3.0),))
    assert math.isnan(described(session("lamp on", "lamp off", asr=asr))["asr_confidence"])


def test_context_is_what_came_before_and_after():
    values = described(session("friend door", "friend door", "front door", "thanks"), 1, 2)
    assert values["before_letters"] == 1
    assert values["after"] == 1
    assert described(session("friend door", "front door"))["after"] == 0
