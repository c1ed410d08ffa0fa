"""Training of a judge on a small log: it fits the labels, is reproducible, and its export gives the same opinions."""

import numpy as np
import pytest
import torch

from sayagain.labels.judge.dialogue import dialogues
from sayagain.labels.judge.session_judge import open_judge
from sayagain.labels.judge.session_targets import SessionTargets
from sayagain.labels.judge.training.network import DialogueNetwork
from sayagain.labels.judge.training.train import forget_fields, predict, train_network
from sayagain.labels.judge.training.train_judge import (
    HEADS,
    best_threshold,
    calibrate,
    judge_examples,
    known_categories,
    scores,
    write_judge,
)
from sayagain.labels.judge.turn_fields import judge_fields
from sayagain.models import Card, load_encoder
from sayagain.models.training import TrainSettings
from sayagain.turns import sessions

pytestmark = pytest.mark.train

QUICK = TrainSettings(epochs=4, batch=16, patience=None)


@pytest.fixture(scope="module")
def encoder():
    return load_encoder()


@pytest.fixture(scope="module")
def targets(worlds):
    """Sessions with targets; the defects are the turns that were not understood."""
    session_targets = []
    for session in sessions(worlds.misheard(users=30)):
        failed = tuple(turn.complained for turn in session.turns)
        count = len(failed)
        session_targets.append(
            SessionTargets(
                session=session,
                defect=failed,
                start=(True, *(not is_failed for is_failed in failed[:-1])),
                reached=tuple(not is_failed for is_failed in failed),
                last=(*(False,) * (count - 1), True),
            )
        )
    return session_targets


@pytest.fixture(scope="module", params=[False, True], ids=["offline", "online"])
def trained(request, targets, encoder):
    known = known_categories(targets)
    examples = judge_examples(targets, encoder, known, online=request.param)
    return train_network(examples, HEADS, known, online=request.param, settings=QUICK), examples, known


def test_it_learns(trained):
    network, examples, _ = trained
    p = np.concatenate(scores(network, examples, "defect"))
    truth = np.concatenate([example["label defect"][:, 1] for example in examples]) > 0.5
    assert p[truth].min() > p[~truth].max()
    assert p[~truth].max() < best_threshold(network, examples, "defect") <= p[truth].min()


def test_the_same_seed_trains_the_same_network(trained):
    network, examples, known = trained
    retrained = train_network(examples, HEADS, known, online=network.online, settings=QUICK)
    for name, weights in network.state_dict().items():
        assert torch.equal(weights, retrained.state_dict()[name]), name


def test_a_trained_online_network_sees_no_later_turn(trained):
    network, examples, _ = trained
    longest = max(examples, key=lambda example: len(example["mask"]))
    changed = {**longest, "requests": longest["requests"].copy(), "responses": longest["responses"].copy()}
    changed["requests"][-1] *= -1
    changed["responses"][-1] *= -1
    predictions, changed_predictions = predict(network, [longest, changed])
    difference = max(float(np.abs(predictions[name][:-1] - changed_predictions[name][:-1]).max()) for name in HEADS)
    assert (difference < 1e-6) == network.online


def test_calibration_scales_and_does_not_reorder(trained):
    network, examples, known = trained
    copy = DialogueNetwork(HEADS, sizes=known.sizes, numbers=examples[0]["numbers"], online=network.online)
    copy.load_state_dict(network.state_dict())
    before = np.concatenate(scores(copy, examples, "start"))
    temperatures = calibrate(copy, examples)
    after = np.concatenate(scores(copy, examples, "start"))
    assert set(temperatures) == set(HEADS)
    assert (np.diff(after[np.argsort(before)]) >= -1e-6).all()
    assert (np.abs(after - before).max() > 1e-4) == (abs(temperatures["start"] - 1) > 1e-3)


def test_what_was_written_judges_without_torch_as_the_network_does(trained, targets, encoder, tmp_path):
    network, examples, known = trained
    kind = "online" if network.online else "offline"
    order = sorted(examples, key=lambda example: len(example["mask"]))
    write_judge(
        network,
        tmp_path / kind,
        [order[0], order[-1]],
        known,
        encoder,
        metrics={"threshold_defect": 0.5},
        data="made",
        card=Card(does="Judges.", limits="Made."),
        seed=1,
    )
    judge = open_judge(kind, encoder=encoder, folder=tmp_path)
    opinions_by_session = judge.judge([session_targets.session for session_targets in targets])
    expected = scores(network, examples, "defect")
    for opinions, p in zip(opinions_by_session, expected, strict=True):
        np.testing.assert_allclose([example.p_defect for example in opinions], p, atol=1e-4)


def test_forgetting_hides_the_categories_of_whole_sessions(trained):
    _, examples, _ = trained
    batch = {name: np.stack([examples[0][name]] * 50) for name in ("codes", "numbers")}
    torch.manual_seed(1)
    changed = forget_fields(batch, 0.5)
    hidden = (changed["codes"] <= 1).all((1, 2))
    assert 10 < hidden.sum() < 40
    np.testing.assert_array_equal(changed["numbers"][~hidden], batch["numbers"][~hidden])


def test_a_text_of_nothing_is_a_vector_of_zeros(targets, encoder):
    arrays = dialogues([targets[0].session], encoder, known_categories(targets), fields=judge_fields(later=False))[0]
    assert np.allclose(np.linalg.norm(arrays["requests"], axis=-1), 1, atol=1e-3)
