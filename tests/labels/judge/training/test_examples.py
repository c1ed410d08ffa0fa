import numpy as np
import pytest
import torch

from sayagain.errors import InputError
from sayagain.labels.judge.dialogue import dialogue_shapes
from sayagain.labels.judge.training.examples import collate_sessions, hard, judge_example, judge_losses

pytestmark = pytest.mark.train

HEADS = {"defect": 2, "act": 3}


def dialogue(turns, size=4, later=True):
    axes = dialogue_shapes(size, later=later)
    return {
        "requests": np.ones((turns, size), np.float32),
        "responses": np.ones((turns, size), np.float32),
        "codes": np.ones((turns, axes["codes"][-1]), np.int64),
        "numbers": np.zeros((turns, axes["numbers"][-1]), np.float32),
        "mask": np.ones(turns, bool),
    }


def test_a_turn_without_a_label_weighs_nothing():
    example = judge_example(dialogue(2), {"defect": hard([1, None], 2)}, HEADS)
    assert example["weight defect"].tolist() == [1.0, 0.0]
    assert example["weight act"].tolist() == [0.0, 0.0]


def test_padding_weighs_nothing():
    long, short = (judge_example(dialogue(n), {"defect": hard([1] * n, 2)}, HEADS) for n in (3, 1))
    batch = collate_sessions([long, short], HEADS, later=True)
    assert batch["weight defect"].tolist() == [[1, 1, 1], [1, 0, 0]]
    assert batch["mask"].tolist() == [[True] * 3, [True, False, False]]


@pytest.mark.parametrize("labels", [{"other": hard([1], 2)}, {"defect": hard([1], 3)}, {"defect": hard([1, 1], 2)}])
def test_labels_that_fit_no_head_are_refused(labels):
    with pytest.raises(InputError, match="expected"):
        judge_example(dialogue(1), labels, HEADS)


def test_a_head_without_labels_in_a_batch_has_no_loss():
    class ZeroLogits(torch.nn.Module):
        outputs = ("defect", "act")

        def forward(self, requests, *_):
            return torch.zeros(*requests.shape[:2], 2), torch.zeros(*requests.shape[:2], 3)

    batch = collate_sessions([judge_example(dialogue(2), {"defect": hard([1, None], 2)}, HEADS)], HEADS, later=True)
    losses = judge_losses(ZeroLogits(), {name: torch.from_numpy(array) for name, array in batch.items()})
    assert list(losses) == ["defect"]
    assert float(losses["defect"]) == pytest.approx(np.log(2))
