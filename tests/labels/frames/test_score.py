"""Scores of frame labels."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sayagain.labels.frames.decoding import DecodedSlot
from sayagain.labels.frames.frame import Frame, TextSpan
from sayagain.labels.frames.labeller import FrameLabel
from sayagain.labels.frames.score import KINDS, f1, hits_of, score

TRUTH = hits_of(
    Frame(
        intents=("on",),
        spans=(TextSpan("name", 8, 12),),
        closed=(("domain", "light"),),
        holds=(("name", ("lamp",)), ("domain", ("light",)), ("area", ("attic", "the attic"))),
    ),
    "turn on Lamp",
)


def decoded_slot(name, value, source="said"):
    return DecodedSlot(name=name, value=value, probability=1.0, source=source)


def counts_by_kind(*slots, intents=("on",)):
    label = FrameLabel(turn_id="t", intents=intents, probability=1.0, slots=slots)
    return dict(zip(KINDS, score([label], [TRUTH]).tolist(), strict=True))


def test_a_perfect_label_has_every_hit():
    counts = counts_by_kind(
        decoded_slot("name", "lamp"),
        decoded_slot("domain", "light", "implied"),
        decoded_slot("area", "The attic", "carried"),
    )
    assert counts == {"intent": [1, 1, 1], "slot": [2, 2, 2], "state": [3, 3, 3], "untyped": [1, 1, 1]}


def test_what_is_carried_over_counts_for_the_state_alone():
    assert counts_by_kind(decoded_slot("name", "lamp", "carried"))["slot"] == [0, 0, 2]


def test_the_words_count_whatever_the_slot_is_called():
    counts = counts_by_kind(decoded_slot("device", "lamp"))
    assert (counts["slot"], counts["untyped"]) == ([0, 1, 2], [1, 1, 1])


def test_an_unknown_state_is_not_counted():
    label = FrameLabel(turn_id="t", intents=(), probability=1.0, slots=(decoded_slot("name", "lamp"),))
    counts = score([label], [hits_of(Frame(intents=("on",)), "lamp")])
    assert counts[KINDS.index("state")].tolist() == [0, 0, 0]


@given(st.integers(0, 9), st.integers(0, 9), st.integers(0, 9))
def test_f1_is_a_share(hits, more, missed):
    value = float(f1(np.array([hits, hits + more, hits + missed])))
    assert 0 <= value <= 1
    assert (value == 1) == (hits > 0 and more == missed == 0)
