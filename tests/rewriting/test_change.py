import pytest

from sayagain.rewriting.change import change_class
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
