"""Frames: values in words, and the label set of a network."""

import pytest

from sayagain.labels.frames.frame import Frame, FrameNames, TextSpan, locate, same_text, tag_names


@pytest.mark.parametrize(
    ("value", "text"),
    [("art", "start it"), ("star", "start it"), ("", "start it"), ("living room", "living the room"), ("c++", "c")],
)
def test_a_value_is_found_as_whole_words_or_not_at_all(value, text):
    assert locate("slot", value, text) is None


@pytest.mark.parametrize("text", ["lights in the living room", "Living  Room lights", "the living room's lights"])
def test_a_value_is_found_in_any_case_and_spacing(text):
    span = locate("area", "living_room", text)
    assert same_text(text[span.first : span.end]) == "living room"


def test_a_value_with_signs_is_no_pattern():
    assert locate("name", "a.c", "turn on abc") is None
    assert locate("name", "a.c", "turn on a.c") == TextSpan("name", 8, 11)


def test_rare_values_are_left_out_and_their_slots_too():
    frames = [Frame(intents=("on",), closed=(("kind", "x"),))] * 3 + [Frame(intents=("off",), closed=(("rare", "y"),))]
    names = FrameNames.of(frames, several=False, rare=2)
    assert names == FrameNames(intents=("on",), closed=(("kind", "x"),), slots=("kind",), several=False)


def test_slots_that_only_responses_or_states_name_are_known():
    frames = [Frame(answer_spans=(TextSpan("name", 0, 1),), holds=(("area", ("attic",)),))]
    assert FrameNames.of(frames, several=True).slots == ("area", "name")


def test_each_slot_has_a_tag_for_its_beginning_and_its_inside():
    assert tag_names(("a", "b")) == ("O", "B-a", "I-a", "B-b", "I-b")
