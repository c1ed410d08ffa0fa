import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sayagain.errors import InputError
from sayagain.models import pad, unpad
from sayagain.models.padding import axis_lengths

AXES = {"text": ("batch", "turns", 2), "mask": ("batch", "turns"), "words": ("batch", "tokens"), "whole": ("batch",)}


def item(turns, tokens):
    return {
        "text": np.ones((turns, 2), np.float32) * turns,
        "mask": np.ones(turns, bool),
        "words": np.full(tokens, tokens),
        "whole": np.float32(turns),
    }


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=6))
def test_there_and_back(lengths):
    items = [item(*item_lengths) for item_lengths in lengths]
    batch = pad(items, AXES)
    assert batch["mask"].sum(1).tolist() == [turns for turns, _ in lengths]
    assert batch["text"].shape == (len(items), max(turns for turns, _ in lengths), 2)
    unpadded = unpad(batch, AXES, [axis_lengths(padded_item, AXES) for padded_item in items])
    for original, restored in zip(items, unpadded, strict=True):
        for name, array in original.items():
            assert np.shape(array) == np.shape(restored[name])
            assert (array == restored[name]).all()
            assert array.dtype == restored[name].dtype


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"mask": None}, r"item 1: has no mask; it needs mask of shape \(turns\)"),
        ({"text": np.ones((3, 5))}, r"item 1: text has shape \(3, 5\), expected \(turns, 2\)"),
        ({"text": np.ones(3)}, r"item 1: text has shape \(3\), expected \(turns, 2\)"),
        ({"mask": np.ones(4)}, r"item 1: mask has shape \(4\), expected \(turns\), turns = 3"),
    ],
)
def test_what_does_not_fit_is_named(change, sentence):
    wrong = {name: array for name, array in {**item(3, 1), **change}.items() if array is not None}
    with pytest.raises(InputError, match=sentence):
        pad([item(1, 1), wrong], AXES)
