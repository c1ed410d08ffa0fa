import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayagain.labels import Example, select_diverse
from sayagain.models import load_encoder
from sayagain.text import likeness
from sayagain.turns import Hypothesis, Slot

OFF = Hypothesis(intent="Off", slots=(Slot("name", "lamp"),))
ON = Hypothesis(intent="On", slots=(Slot("name", "lamp"),))


def example(text, reading=OFF, **more):
    return Example(text=text, reading=reading, probability=0.9, **more)


def texts(found):
    return [each.text for each in found]


def test_without_a_budget_all_stay():
    found = [example("turn of the lamp"), example("turn off the lamp"), example("lamp on", ON)]
    assert select_diverse(found) == found


def test_near_copies_leave_room_for_what_is_rare():
    copies = [
        example(text) for text in ("turn of the lamp", "turn off the lamp", "turn off a lamp", "turnoff the lamp")
    ]
    rare = example("kill the lamp")
    assert texts(select_diverse([*copies, rare], most=2)) == ["turn of the lamp", "turn off the lamp"]
    assert texts(select_diverse([*copies, rare], most=2, alike=0.8)) == ["turn of the lamp", "kill the lamp"]


def test_what_sounds_alike_is_a_copy_however_it_is_spelt():
    found = [example("write on knight"), example("right on night")]
    assert texts(select_diverse(found, alike=0.99)) == ["write on knight"]


@pytest.mark.parametrize("other", [example("turn on the lamp", ON), example("turn on the lamp", here=True)])
def test_words_that_mean_something_else_are_no_copy(other):
    assert len(select_diverse([example("turn of the lamp"), other], alike=0.5)) == 2


def test_an_intent_has_its_share_whatever_its_slots_and_domains_are_apart():
    def add(item, domain=None):
        return example(f"add {item}", Hypothesis(intent="Add", domain=domain, slots=(Slot("item", item),)))

    found = [add("milk"), add("rice"), add("flour"), add("salt", "garden")]
    assert texts(select_diverse(found, per_intent=2)) == ["add milk", "add rice", "add salt"]


def test_vectors_tell_likeness_where_an_encoder_is_given():
    found = [example("turn off the lamp"), example("switch the lamp off"), example("it is too bright in here")]
    assert len(select_diverse(found, alike=0.8)) == 3
    chosen = select_diverse(found, alike=0.8, encoder=load_encoder())
    assert texts(chosen) == ["turn off the lamp", "it is too bright in here"]


@given(
    st.lists(st.tuples(st.text("abc ", max_size=6), st.sampled_from([OFF, ON])), max_size=10),
    st.none() | st.integers(1, 5),
    st.none() | st.integers(1, 5),
    st.none() | st.floats(0.1, 1),
)
def test_a_budget_is_kept_and_the_surest_comes_first(given_texts, most, per_intent, alike):
    found = [example(text, reading) for text, reading in given_texts]
    chosen = select_diverse(found, most=most, per_intent=per_intent, alike=alike)
    assert chosen[:1] == found[:1]
    assert most is None or len(chosen) <= most
    order = iter(found)
    assert all(any(each is other for other in order) for each in chosen)
    for reading in (OFF, ON):
        mine = [each.text for each in chosen if each.reading == reading]
        assert per_intent is None or len(mine) <= per_intent
        assert alike is None or all(likeness(a)(b) < alike for i, a in enumerate(mine) for b in mine[:i])
