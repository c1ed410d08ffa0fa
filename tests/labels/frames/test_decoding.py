"""Decoding: from the network's outputs to slots; thresholds, and the priority of sources."""

import numpy as np
import pytest

from sayagain.labels.frames.decoding import Thresholds, carried_slots, intents_of, mentions_of, slots_of
from sayagain.labels.frames.frame import FrameNames
from sayagain.labels.frames.mentions import Mention
from sayagain.labels.frames.rows import read_rows
from sayagain.models import load_encoder

NAMES = FrameNames(intents=("off", "on"), closed=(("area", "attic"),), slots=("area", "name"), several=False)
OUT, AREA, IN_AREA, NAME, IN_NAME = range(5)


@pytest.fixture(scope="module")
def rows(session):
    return read_rows([session(("turn on the floor lamp", None))], load_encoder())[0]


def outputs(rows, tags, closed=-9.0):
    """Return outputs of the network, with the given tags of [CLS] turn on the floor lamp [SEP]."""
    logits = np.zeros((len(rows.words[0]) + 3, 5), np.float32)
    logits[np.arange(len(tags)), tags] = 9
    return {"tags": logits, "closed": np.array([[closed]], np.float32)}


FLOOR_LAMP = [OUT, OUT, OUT, OUT, NAME, IN_NAME, OUT]


def test_tagged_words_are_a_mention(rows):
    [mention] = mentions_of(rows, outputs(rows, FLOOR_LAMP), NAMES, Thresholds())
    assert (mention.slot, mention.value, mention.tokens) == ("name", "floor lamp", (4, 6))


def test_a_known_value_stands_for_the_words_of_its_slot(rows):
    tags = [OUT, OUT, OUT, OUT, AREA, IN_AREA, OUT]
    [mention] = mentions_of(rows, outputs(rows, tags, closed=9.0), NAMES, Thresholds())
    assert (mention.value, mention.tokens) == ("attic", None)


def test_a_higher_bar_for_words_outside_drops_what_is_unsure(rows):
    unsure = outputs(rows, FLOOR_LAMP)
    assert mentions_of(rows, unsure, NAMES, Thresholds(outside=10.0)) == []


def test_the_network_is_not_changed_by_a_threshold(rows):
    logits = outputs(rows, FLOOR_LAMP)
    before = logits["tags"].copy()
    mentions_of(rows, logits, NAMES, Thresholds(outside=5.0))
    assert np.array_equal(before, logits["tags"])


def test_one_intent_is_the_likeliest_and_several_are_all_that_are_likely_enough():
    several = FrameNames(intents=("off", "on"), closed=(), slots=(), several=True)
    assert intents_of(np.array([-1.0, -0.5]), NAMES, Thresholds())[0] == ("on",)
    assert intents_of(np.array([-1.0, -0.5]), several, Thresholds())[0] == ()
    assert intents_of(np.array([1.0, 0.5]), several, Thresholds())[0] == ("off", "on")
    assert intents_of(np.array([1.0, -0.5]), several, Thresholds(intent=0.3))[0] == ("off", "on")


def test_what_is_taken_up_comes_likeliest_first_under_its_best_slot():
    logits = np.array([[2.0, 0, 0], [0, 3.0, 0], [0, 0, 5.0]])
    assert [(index, slot) for index, slot, _ in carried_slots(logits, NAMES, Thresholds())] == [
        (2, "name"),
        (1, "area"),
    ]


def test_own_words_win_over_what_is_carried_and_the_likelier_of_two_carried():
    own = [Mention(2, "name", "lamp", (1, 2), 0.6)]
    carried = [
        (Mention(0, "name", "fan", (1, 2)), "name", 0.9),
        (Mention(0, "area", "attic", (1, 2)), "area", 0.8),
        (Mention(0, "area", "hall", (1, 2)), "area", 0.7),
    ]
    slots = slots_of(own, carried, several=False)
    assert [(slot.name, slot.value, slot.source) for slot in slots] == [
        ("name", "lamp", "said"),
        ("area", "attic", "carried"),
    ]
    assert len(slots_of(own, carried, several=True)) == 4
