import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayagain.assistants.homeassistant.cold_start.candidate_model import NAMES, MatchFeatures, match_probabilities

UNIT = st.floats(0, 1)
SIGNS = st.lists(st.builds(MatchFeatures, **dict.fromkeys(NAMES, UNIT)), max_size=12)


@given(signs=SIGNS, meaning=st.booleans())
def test_probabilities_leave_room_for_none(signs, meaning):
    found = match_probabilities(signs, meaning=meaning)
    assert len(found) == len(signs)
    assert all(0 < one < 1 for one in found)
    assert sum(found) < 1


@pytest.mark.parametrize("meaning", [False, True])
@pytest.mark.parametrize(
    ("name", "speaks"),
    [("slots", "for"), ("sound", "for"), ("letters", "for"), ("unheard", "against"), ("elsewhere", "against")],
)
def test_each_sign_speaks_as_it_should(name, speaks, meaning):
    plain = dict.fromkeys(NAMES, 0.5)
    low, high = (
        match_probabilities([MatchFeatures(**{**plain, name: value})], meaning=meaning)[0] for value in (0.0, 1.0)
    )
    assert (high > low) is (speaks == "for")


@pytest.mark.parametrize("meaning", [False, True])
def test_a_runner_up_takes_from_the_best(meaning):
    sure = MatchFeatures(**dict.fromkeys(NAMES, 0.0) | {"slots": 1.0, "sound": 1.0, "letters": 1.0, "meaning": 0.9})
    alone = match_probabilities([sure], meaning=meaning)[0]
    first, second = match_probabilities([sure, sure], meaning=meaning)
    assert first == second < alone


def test_meaning_counts_only_where_there_is_an_encoder():
    plain = dict.fromkeys(NAMES, 0.5)
    without, with_it = MatchFeatures(**plain | {"meaning": 0.0}), MatchFeatures(**plain | {"meaning": 1.0})
    assert match_probabilities([without], meaning=False) == match_probabilities([with_it], meaning=False)
    assert match_probabilities([without], meaning=True) < match_probabilities([with_it], meaning=True)
