import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayagain.rewriting.change import THRESHOLDS, change_class
from sayagain.turns import NOTHING, Hypothesis, Slot, said

THAI = Hypothesis(intent="inform", slots=(Slot("food", "thai"),))
FRENCH = Hypothesis(intent="inform", slots=(Slot("food", "french"),))
BOTH = Hypothesis(intent="inform", slots=(Slot("food", "thai"), Slot("area", "north")))


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        (NOTHING, THAI, "nothing"),
        (said("tie food"), THAI, "unheard"),
        (THAI, FRENCH, "value"),
        (THAI, BOTH, "added"),
        (BOTH, THAI, "dropped"),
        (THAI, Hypothesis(intent="request"), "intent"),
        (THAI, Hypothesis(intent="inform", slots=(Slot("area", "thai"),)), "intent"),
        (THAI, NOTHING, "dropped"),
    ],
)
def test_a_change_has_its_class(before, after, change):
    assert change_class(before, after) == change


READINGS = st.sampled_from([NOTHING, THAI, FRENCH, BOTH, said("x"), Hypothesis(intent="bye")])


@given(READINGS, READINGS)
def test_every_change_of_words_has_a_threshold_that_asks_for_more_than_even_odds(before, after):
    for position in ("heard", "parsed"):
        assert 0.5 <= THRESHOLDS[position][change_class(before, after)] < 1


def test_over_readings_no_value_is_changed_and_nothing_dropped():
    assert THRESHOLDS["read"].keys() == {"nothing", "added"}
