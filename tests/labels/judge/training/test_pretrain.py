import numpy as np
import pytest

from sayagain.labels.judge.training.pretrain import corrupt

pytestmark = pytest.mark.train


def dialogues(count, turns=6):
    """Each text a direction of its own, so that it is known again wherever it is put."""
    words = np.eye(2 * count * turns, dtype=np.float32)
    found = []
    for at in range(count):
        own = words[2 * at * turns : 2 * (at + 1) * turns]
        found.append(
            {
                "requests": own[0::2],
                "responses": own[1::2],
                "codes": np.ones((turns, 2), np.int64),
                "numbers": np.ones((turns, 3), np.float32),
                "mask": np.ones(turns, bool),
            }
        )
    return found


def test_what_was_done_to_each_turn_is_what_its_labels_say():
    plain = dialogues(40)
    swaps = moves = 0
    for before, after in zip(plain, corrupt(plain, seed=3), strict=True):
        for at in range(6):
            moved = not np.array_equal(before["requests"][at], after["requests"][at])
            place = int(np.flatnonzero((before["requests"] == after["requests"][at]).all(-1))[0])
            swapped = not np.array_equal(before["responses"][place], after["responses"][at])
            assert after["label moved"][at].argmax() == moved
            # A response may be swapped for itself, once in many.
            assert after["label swapped"][at].argmax() >= swapped
            swaps, moves = swaps + swapped, moves + moved
    assert 20 < swaps < 80
    assert 40 < moves < 120


def test_the_fields_that_would_give_it_away_are_hidden():
    for each in corrupt(dialogues(3), seed=1):
        assert np.isnan(each["numbers"]).all()
        assert not each["codes"].any()


def test_the_dialogues_themselves_stay_as_they_are():
    plain = dialogues(5)
    copies = [{name: each.copy() for name, each in one.items()} for one in plain]
    corrupt(plain, seed=2)
    for one, copy in zip(plain, copies, strict=True):
        for name, each in one.items():
            np.testing.assert_array_equal(each, copy[name])


def test_the_same_seed_corrupts_alike():
    one, other = (corrupt(dialogues(4), seed=7) for _ in range(2))
    for a, b in zip(one, other, strict=True):
        np.testing.assert_array_equal(a["responses"], b["responses"])
