import numpy as np
import pytest

from sayagain.labels.judge.training.pretrain import corrupt

pytestmark = pytest.mark.train


def dialogues(count, turns=6):
    """Return dialogues with orthogonal embeddings, so that each text is recognised in any place."""
    words = np.eye(2 * count * turns, dtype=np.float32)
    arrays = []
    for number in range(count):
        vectors = words[2 * number * turns : 2 * (number + 1) * turns]
        arrays.append(
            {
                "requests": vectors[0::2],
                "responses": vectors[1::2],
                "codes": np.ones((turns, 2), np.int64),
                "numbers": np.ones((turns, 3), np.float32),
                "mask": np.ones(turns, bool),
            }
        )
    return arrays


def test_what_was_done_to_each_turn_is_what_its_labels_say():
    plain = dialogues(40)
    swaps = moves = 0
    for before, after in zip(plain, corrupt(plain, seed=3), strict=True):
        for position in range(6):
            moved = not np.array_equal(before["requests"][position], after["requests"][position])
            original = int(np.flatnonzero((before["requests"] == after["requests"][position]).all(-1))[0])
            swapped = not np.array_equal(before["responses"][original], after["responses"][position])
            assert after["label moved"][position].argmax() == moved
            # A response may be swapped for itself, once in many.
            assert after["label swapped"][position].argmax() >= swapped
            swaps, moves = swaps + swapped, moves + moved
    assert 20 < swaps < 80
    assert 40 < moves < 120


def test_the_fields_that_would_give_it_away_are_hidden():
    for example in corrupt(dialogues(3), seed=1):
        assert np.isnan(example["numbers"]).all()
        assert not example["codes"].any()


def test_the_dialogues_themselves_stay_as_they_are():
    plain = dialogues(5)
    copies = [{name: array.copy() for name, array in dialogue.items()} for dialogue in plain]
    corrupt(plain, seed=2)
    for dialogue, copy in zip(plain, copies, strict=True):
        for name, array in dialogue.items():
            np.testing.assert_array_equal(array, copy[name])


def test_the_same_seed_corrupts_alike():
    first_run, second_run = (corrupt(dialogues(4), seed=7) for _ in range(2))
    for first, second in zip(first_run, second_run, strict=True):
        np.testing.assert_array_equal(first["responses"], second["responses"])
