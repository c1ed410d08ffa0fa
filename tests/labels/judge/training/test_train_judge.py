"""A judge trained on a small made log: it learns, comes out the same twice, and runs without torch as it was taught."""

import numpy as np
import pytest
import torch

from sayagain.labels.judge.dialogue import dialogues
from sayagain.labels.judge.session_judge import open_judge
from sayagain.labels.judge.training.network import DialogueNetwork
from sayagain.labels.judge.training.train import forget_fields, predict, train_network
from sayagain.labels.judge.training.train_judge import (
    HEADS,
    SessionTargets,
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
def told(worlds):
    """Sessions whose defects are the turns that were not understood."""
    found = []
    for session in sessions(worlds.misheard(users=30)):
        lost = tuple(turn.complained for turn in session.turns)
        count = len(lost)
        found.append(
            SessionTargets(
                session=session,
                defect=lost,
                start=(True, *(not before for before in lost[:-1])),
                reached=tuple(not each for each in lost),
                last=(*(False,) * (count - 1), True),
            )
        )
    return found


@pytest.fixture(scope="module", params=[False, True], ids=["offline", "online"])
def trained(request, told, encoder):
    known = known_categories(told)
    examples = judge_examples(told, encoder, known, online=request.param)
    return train_network(examples, HEADS, known, online=request.param, settings=QUICK), examples, known


def test_it_learns(trained):
    network, examples, _ = trained
    p = np.concatenate(scores(network, examples, "defect"))
    truth = np.concatenate([each["label defect"][:, 1] for each in examples]) > 0.5
    assert p[truth].min() > p[~truth].max()
    assert p[~truth].max() < best_threshold(network, examples, "defect") <= p[truth].min()


def test_the_same_seed_trains_the_same_network(trained):
    network, examples, known = trained
    again = train_network(examples, HEADS, known, online=network.online, settings=QUICK)
    for name, weights in network.state_dict().items():
        assert torch.equal(weights, again.state_dict()[name]), name


def test_a_trained_online_network_sees_no_later_turn(trained):
    network, examples, _ = trained
    longest = max(examples, key=lambda each: len(each["mask"]))
    other = {**longest, "requests": longest["requests"].copy(), "responses": longest["responses"].copy()}
    other["requests"][-1] *= -1
    other["responses"][-1] *= -1
    one, changed = predict(network, [longest, other])
    apart = max(float(np.abs(one[name][:-1] - changed[name][:-1]).max()) for name in HEADS)
    assert (apart < 1e-6) == network.online


def test_calibration_scales_and_does_not_reorder(trained):
    network, examples, known = trained
    copy = DialogueNetwork(HEADS, sizes=known.sizes, numbers=examples[0]["numbers"], online=network.online)
    copy.load_state_dict(network.state_dict())
    before = np.concatenate(scores(copy, examples, "start"))
    warmth = calibrate(copy, examples)
    after = np.concatenate(scores(copy, examples, "start"))
    assert set(warmth) == set(HEADS)
    assert (np.diff(after[np.argsort(before)]) >= -1e-6).all()
    assert (np.abs(after - before).max() > 1e-4) == (abs(warmth["start"] - 1) > 1e-3)


def test_what_was_written_judges_without_torch_as_the_network_does(trained, told, encoder, tmp_path):
    network, examples, known = trained
    kind = "online" if network.online else "offline"
    order = sorted(examples, key=lambda each: len(each["mask"]))
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
    said = judge.judge([one.session for one in told])
    wanted = scores(network, examples, "defect")
    for opinions, p in zip(said, wanted, strict=True):
        np.testing.assert_allclose([each.p_defect for each in opinions], p, atol=1e-4)


def test_forgetting_hides_the_categories_of_whole_sessions(trained):
    _, examples, _ = trained
    batch = {name: np.stack([examples[0][name]] * 50) for name in ("codes", "numbers")}
    torch.manual_seed(1)
    out = forget_fields(batch, 0.5)
    hidden = (out["codes"] <= 1).all((1, 2))
    assert 10 < hidden.sum() < 40
    np.testing.assert_array_equal(out["numbers"][~hidden], batch["numbers"][~hidden])


def test_a_text_of_nothing_is_a_vector_of_zeros(told, encoder):
    made = dialogues([told[0].session], encoder, known_categories(told), fields=judge_fields(later=False))[0]
    assert np.allclose(np.linalg.norm(made["requests"], axis=-1), 1, atol=1e-3)
