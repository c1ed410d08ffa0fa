import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayagain.turns import NOTHING, Hypothesis, Slot, said

NAMES = st.sampled_from(["name", "area", "level", "inform.food"])
VALUES = st.one_of(st.sampled_from(["lamp", "attic", "5"]), st.integers(0, 9), st.booleans(), st.none())
SLOTS = st.lists(st.builds(Slot, NAMES, VALUES), max_size=4).map(tuple)
READINGS = st.builds(Hypothesis, intent=st.sampled_from(["", "on", "off", "on+off"]), slots=SLOTS)


@given(READINGS, st.randoms())
def test_the_order_of_slots_is_no_part_of_a_reading(hypothesis, dice):
    slots = list(hypothesis.slots)
    dice.shuffle(slots)
    shuffled = msgspec.structs.replace(hypothesis, slots=tuple(slots))
    assert (shuffled.key, shuffled.items, shuffled.facts, shuffled.shape) == (
        hypothesis.key,
        hypothesis.items,
        hypothesis.facts,
        hypothesis.shape,
    )


@given(READINGS, READINGS)
def test_a_union_holds_both_and_nothing_else_whichever_comes_first(one, other):
    union = one.union(other)
    assert union.items == one.items | other.items
    assert union.key == other.union(one).key
    assert union.confidence is None


@given(READINGS)
def test_a_reading_joined_with_itself_conflicts_with_nothing_and_keeps_its_items(hypothesis):
    assert not hypothesis.conflicts(hypothesis)
    assert hypothesis.union(hypothesis).items == hypothesis.items
    assert hypothesis.union(NOTHING).items == hypothesis.items


@given(READINGS, READINGS)
def test_conflict_is_mutual_and_needs_a_slot_in_common(one, other):
    assert one.conflicts(other) == other.conflicts(one)
    if not one.facts.keys() & other.facts.keys():
        assert not one.conflicts(other)


@given(READINGS)
def test_only_a_reading_of_nothing_is_empty(hypothesis):
    assert hypothesis.empty == (not hypothesis.items)


@pytest.mark.parametrize(
    ("hypothesis", "key", "shape"),
    [
        (Hypothesis(intent="on"), "on|", "on|"),
        (Hypothesis(intent="on", domain="light"), "light|on|", "on|"),
        (Hypothesis(intent="on", slots=(Slot("level", 5), Slot("area", "attic"))), "on|area=attic,level=5", None),
        (Hypothesis(intent="a+b", slots=(Slot("a.slot", "food"), Slot("x", 1))), None, "a+b|a.slot=food,x"),
        (NOTHING, "|", "|"),
    ],
)
def test_keys_and_shapes_are_what_releases_have_stored(hypothesis, key, shape):
    assert key is None or hypothesis.key == key
    assert shape is None or hypothesis.shape == shape


def test_confidence_is_no_part_of_the_key():
    assert Hypothesis(intent="on", confidence=0.1).key == Hypothesis(intent="on").key


def test_arguments_of_other_acts_state_nothing():
    hypothesis = Hypothesis(intent="request", slots=(Slot("request.slot", "phone"), Slot("food", "thai")))
    assert hypothesis.facts == {"food": {"thai"}}


@pytest.mark.parametrize("words", ["Lamp on!", "lamp  ON", " lamp, on. "])
def test_what_was_said_is_one_reading_however_it_is_written(words):
    assert said(words).key == "said|words=lamp on"


@given(st.text())
def test_any_text_can_be_said_and_saying_it_again_changes_nothing(words):
    once = said(words)
    assert said(str(once.slots[0].value)) == once
    assert not once.empty
