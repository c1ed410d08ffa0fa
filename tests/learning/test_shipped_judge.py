"""The judge that comes with the package is believed where it agrees with what followed as well as the log's own."""

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from sayagain.errors import MissingExtra
from sayagain.feedback import DETECTORS, Signal
from sayagain.household import Replay
from sayagain.labels import Label, infer_labels
from sayagain.learning import shipped_models
from sayagain.learning.learn import LearnSettings, learn
from sayagain.learning.shipped_judge import FAR, MARGIN, bias, compare, judge_agreement
from sayagain.learning.shipped_models import ShippedModels
from sayagain.turns import Hypothesis, Nlu, sessions

ON, OFF = Hypothesis(intent="On"), Hypothesis(intent="Off")

probability = st.sampled_from([0.0, 0.2, 0.5, 0.8, 1.0])
rows = st.lists(
    st.tuples(probability, st.sampled_from([ON, OFF]), probability, st.sampled_from([0.3, 1.0])),
    min_size=1,
    max_size=30,
)


def labels_of(given_rows):
    return [
        Label(turn_id=str(at), hypothesis=hypothesis, provenance="made", probability=sure, weight=weight)
        for at, (_, hypothesis, sure, weight) in enumerate(given_rows)
    ]


@given(rows)
def test_agreement_is_the_weighted_auc(found):
    said = np.array([p for p, *_ in found])
    labels = labels_of(found)
    defect = np.array([1 - each.probability if each.hypothesis == ON else each.probability for each in labels])
    weight = np.array([each.weight for each in labels])
    mass = np.concatenate([weight * defect, weight * (1 - defect)])
    ours = judge_agreement(said, labels, [ON.key] * len(said))
    if min((weight * defect).sum(), (weight * (1 - defect)).sum()) <= 0:
        assert ours is None
    else:
        truth = np.repeat([1, 0], len(said))
        assert ours == pytest.approx(roc_auc_score(truth, np.tile(said, 2), sample_weight=mass))


def test_turns_without_a_label_do_not_count():
    labels = [None, *labels_of([(0.0, ON, 1.0, 1.0), (0.0, OFF, 1.0, 1.0)])]
    assert judge_agreement(np.array([1.0, 0.1, 0.9]), labels, [ON.key] * 3) == 1.0
    assert judge_agreement(np.array([0.5]), [None], [ON.key]) is None


@given(rows)
def test_bias_is_none_of_an_opinion_that_says_what_followed(found):
    labels = labels_of(found)
    defect = np.array([1 - each.probability if each.hypothesis == ON else each.probability for each in labels])
    assert bias(defect, labels, [ON.key] * len(found)) == pytest.approx(0)
    assert bias((1 + defect) / 2, labels, [ON.key] * len(found)) >= 0


def test_without_a_verdict_nothing_can_be_off():
    assert bias(np.array([0.5]), [None], [ON.key]) is None


def test_what_ranks_as_well_but_says_far_too_many_defects_is_not_believed(home):
    """Ranks of few turns are chance; the scale is not."""
    judge, log = ShippedModels().judge, sessions(home)
    labels = [label for session in log for label in infer_labels(session)]
    said = np.array([each.p_defect for own in judge.judge(log) for each in own])
    believed, grounds = compare(judge, log, labels, said, None)
    assert believed
    assert abs(grounds["bias_shipped"]) <= FAR
    doubted, same = compare(judge, log, labels, (1 + said) / 2, None)
    assert not doubted
    assert same["bias_shipped"] > FAR
    assert same["agreement_shipped"] == pytest.approx(grounds["agreement_shipped"])


@pytest.fixture(scope="module")
def home():
    return list(Replay(11, homes=2).step().turns)


def test_in_a_home_it_is_believed_and_says_on_what_grounds(home):
    judging = learn(home).manifest.judging
    assert judging["shipped_judge"] == 1
    assert judging["agreement_shipped"] >= (judging["agreement_learnt"] or 0) - MARGIN


def test_in_a_log_too_small_for_a_model_it_judges_an_assistant_that_it_knows(home):
    few = home[:40]
    judging = learn(few).manifest.judging
    assert (judging["agreement_learnt"], judging["shipped_judge"]) == (None, 1)
    strange = [
        msgspec.structs.replace(
            turn, assistant="other", nlu=Nlu(ranking=(Hypothesis(intent=f"strange_{at % 5}"),)), response=None
        )
        for at, turn in enumerate(few)
    ]
    assert learn(strange).manifest.judging["shipped_judge"] == 0


def test_of_calls_that_it_knows_nothing_of_it_is_not_believed(worlds):
    learnt = learn(worlds.noisy())
    without = learn(worlds.noisy(), LearnSettings(shipped_judge=False))
    judging = learnt.manifest.judging
    assert judging["shipped_judge"] == 0
    assert without.manifest.judging == {}
    # Adapted to the log it may join in, but only where both together agree better with what followed.
    joined = judging["adapted_judge"] == 1
    assert joined == (judging["agreement_adapted"] > judging["agreement_learnt"])
    assert joined == (learnt.judgements != without.judgements)


def test_a_detector_that_is_added_is_seen_by_the_judge_of_the_log_and_not_by_the_shipped_one(home):
    """A new kind of signal: the shipped judge was trained before it, and says what it said."""

    def sigh(session):
        return [
            Signal(turn_id=turn.turn_id, kind="sigh", positive=False, strength=0.5, evidence="a sigh")
            for turn in session.turns
            if turn.failed
        ]

    log = sessions(home)
    judge = ShippedModels().judge
    before, opinions = learn(home), judge.judge(log)
    DETECTORS.register(sigh)
    try:
        after = learn(home)
        assert ShippedModels().judge.judge(log) == opinions
    finally:
        DETECTORS.unregister("sigh")
    assert after.manifest.counts["signals"] > before.manifest.counts["signals"]
    assert after.manifest.judging["agreement_shipped"] == before.manifest.judging["agreement_shipped"]
    assert after.judge.kinds == (*before.judge.kinds, "sigh")


def test_without_the_extra_the_log_alone_teaches(home, monkeypatch):
    def missing(**_):
        raise MissingExtra("onnxruntime is not installed; run: pip install 'sayagain[models]'")

    monkeypatch.setattr(shipped_models, "load_encoder", missing)
    assert learn(home[:40]).manifest.judging == {}


def test_the_same_log_gives_the_same_release(home):
    assert learn(home).files == learn(home[::-1]).files
