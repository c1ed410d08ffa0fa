"""The recipe that gives DSTC2 turns their failure points, and the figures of predictions."""

import numpy as np
import pytest

from benchmarks.failure_points_dstc2 import stages
from benchmarks.failure_scores import StageSet, cross_fitted, half_of, majority, scores
from sayagain.turns import Hypothesis, Nlu, Response, Slot, Turn


def act(intent, **slots):
    return Hypothesis(intent=intent, slots=tuple(Slot(name.replace("__", "."), value) for name, value in slots.items()))


def turn(number, heard, understood, *answer):
    return Turn(
        turn_id=f"t{number}",
        started=number,
        request=heard,
        nlu=Nlu(ranking=(understood,)),
        response=Response(text="x", acts=answer),
    )


NOTHING, THAI = Hypothesis(intent=""), act("inform", food="thai")
OFFER = act("offer", name="bangkok city")
PHONE = act("request", request__slot="phone")


@pytest.mark.parametrize(
    ("heard", "said", "understood", "label", "answer", "expected"),
    [
        ("thai food", "thai food", THAI, THAI, (act("confirm", food="thai"),), "correct"),
        ("thai food", "thai food", THAI, THAI, (act("request", slot="area"),), "correct"),
        # The very slot that was given, another value, or nothing of what was asked for.
        ("thai food", "thai food", THAI, THAI, (act("request", slot="food"),), "result"),
        ("thai food", "thai food", THAI, THAI, (act("canthelp", food="cuban"),), "result"),
        ("thai food", "thai food", THAI, THAI, (act("repeat"),), "result"),
        ("phone", "phone", PHONE, PHONE, (OFFER,), "result"),
        ("what food", "what food", NOTHING, act("request", request__slot="food"), (OFFER,), "nlu"),
        # "thai food" was understood where it was heard, so hearing it would have helped.
        ("tie food", "thai food", NOTHING, THAI, (OFFER,), "asr"),
        # "dim sum please" never was, and its value is lost.
        ("dem please", "dim sum please", NOTHING, act("inform", food="dim sum"), (OFFER,), "asr"),
        ("um dim sum please", "dim sum please", NOTHING, act("inform", food="dim sum"), (OFFER,), "nlu"),
    ],
)  # fmt: skip
def test_the_recipe(heard, said, understood, label, answer, expected):
    known = [turn(number, "thai food", THAI) for number in range(3)]
    asked = turn(9, heard, understood, *answer)
    labels = {**{other.turn_id: THAI for other in known}, "t9": label}
    transcripts = {**{other.turn_id: "thai food" for other in known}, "t9": said}
    assert stages([*known, asked], labels, transcripts)["t9"] == expected


def test_a_farewell_is_left_out():
    bye = turn(1, "bye", act("bye"))
    assert stages([bye], {"t1": act("bye+thankyou")}, {"t1": "bye"}) == {}


@pytest.fixture
def data():
    return StageSet(
        rows=np.zeros((4, 1)), classes=np.array([0, 0, 1, 1]), names=("correct", "asr"), groups=list("aabb"),
        texts=["x"] * 4,
    )  # fmt: skip


def test_figures(data):
    figures = scores(data, np.array([[0.9, 0.1], [0.4, 0.6], [0.2, 0.8], [0.2, 0.8]]))
    assert figures["accuracy"] == 0.75
    assert figures["per_class"]["correct"] == {"turns": 2, "precision": 1.0, "recall": 0.5, "f1": pytest.approx(2 / 3)}
    assert figures["macro_f1"] == pytest.approx((2 / 3 + 0.8) / 2)
    # Bins: .9 right; .6 wrong; .8 right twice.
    assert figures["ece"] == pytest.approx(0.25 * 0.1 + 0.25 * 0.6 + 0.5 * 0.2)
    assert scores(data, majority(data, data))["macro_f1"] == pytest.approx(1 / 3)


def test_no_turn_is_judged_by_a_model_that_saw_its_group(data):
    seen = []

    def fit(training):
        def predict(unseen):
            seen.append(set(training.groups) & set(unseen.groups))
            return np.zeros((len(unseen.classes), 2))

        return predict

    cross_fitted(data, fit)
    assert seen
    assert not any(seen)
    assert half_of(data.groups)[0] == half_of(data.groups)[1]
