import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayagain.labels import Example, select_diverse
from sayagain.models import load_encoder
from sayagain.text import likenesses
from sayagain.turns import Hypothesis, Slot

OFF = Hypothesis(intent="Off", slots=(Slot("name", "lamp"),))
ON = Hypothesis(intent="On", slots=(Slot("name", "lamp"),))


def example(text, hypothesis=OFF, **more):
    return Example(text=text, hypothesis=hypothesis, probability=0.9, **more)


def texts(examples):
    return [example.text for example in examples]


def test_without_a_budget_all_stay():
    examples = [example("turn of the lamp"), example("turn off the lamp"), example("lamp on", ON)]
    assert select_diverse(examples) == examples


def test_near_copies_leave_room_for_what_is_rare():
    copies = [
        example(text) for text in ("turn of the lamp", "turn off the lamp", "turn off a lamp", "turnoff the lamp")
    ]
    rare = example("kill the lamp")
    assert texts(select_diverse([*copies, rare], most=2)) == ["turn of the lamp", "turn off the lamp"]
    assert texts(select_diverse([*copies, rare], most=2, alike=0.8)) == ["turn of the lamp", "kill the lamp"]


def test_what_sounds_alike_is_a_copy_however_it_is_spelt():
    examples = [example("write on knight"), example("right on night")]
    assert texts(select_diverse(examples, alike=0.99)) == ["write on knight"]


@pytest.mark.parametrize("other", [example("turn on the lamp", ON), example("turn on the lamp", here=True)])
def test_words_that_mean_something_else_are_no_copy(other):
    assert len(select_diverse([example("turn of the lamp"), other], alike=0.5)) == 2


def test_an_intent_has_its_share_whatever_its_slots_and_domains_are_apart():
    def add(item, domain=None):
        return example(f"add {item}", Hypothesis(intent="Add", domain=domain, slots=(Slot("item", item),)))

    examples = [add("milk"), add("rice"), add("flour"), add("salt", "garden")]
    assert texts(select_diverse(examples, per_intent=2)) == ["add milk", "add rice", "add salt"]


def test_vectors_tell_likeness_where_an_encoder_is_given():
    examples = [example("turn off the lamp"), example("switch the lamp off"), example("it is too bright in here")]
    assert len(select_diverse(examples, alike=0.8)) == 3
    selection = select_diverse(examples, alike=0.8, encoder=load_encoder())
    assert texts(selection) == ["turn off the lamp", "it is too bright in here"]


@given(
    st.lists(st.tuples(st.text("abc ", max_size=6), st.sampled_from([OFF, ON])), max_size=10),
    st.none() | st.integers(1, 5),
    st.none() | st.integers(1, 5),
    st.none() | st.floats(0.1, 1),
)
def test_a_budget_is_kept_and_the_surest_comes_first(given_texts, most, per_intent, alike):
    examples = [example(text, hypothesis) for text, hypothesis in given_texts]
    selection = select_diverse(examples, most=most, per_intent=per_intent, alike=alike)
    assert selection[:1] == examples[:1]
    assert most is None or len(selection) <= most
    remaining = iter(examples)
    assert all(any(selected is other for other in remaining) for selected in selection)
    for hypothesis in (OFF, ON):
        selected_texts = [selected.text for selected in selection if selected.hypothesis == hypothesis]
        assert per_intent is None or len(selected_texts) <= per_intent
        assert alike is None or all(
            likeness < alike for i, a in enumerate(selected_texts) for likeness in likenesses(a, selected_texts[:i])
        )
