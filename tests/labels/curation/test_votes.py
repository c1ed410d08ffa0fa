from hypothesis import given
from hypothesis import strategies as st

from sayagain.labels.curation.votes import Votes


def votes(*entries):
    result = Votes()
    for meaning, user, probability in entries:
        result.add(meaning, user, probability)
    return result


def test_two_users_are_surer_than_one_and_one_user_is_one_however_often():
    single = votes(("off", "a", 0.8))
    assert single.best() == ("off", 0.8)
    assert votes(*[("off", "a", 0.8)] * 9).best() == single.best()
    assert votes(("off", "a", 0.8), ("off", "b", 0.8)).best()[1] > 0.9
    assert votes(("off", "a", 0.8), ("off", "b", 0.8)).users("off") == 2


def test_what_others_mean_counts_against_and_what_nobody_believes_does_not():
    for_off = votes(("off", "a", 0.8), ("off", "b", 0.8))
    assert votes(("off", "a", 0.8), ("off", "b", 0.8), ("on", "c", 0.7)).best()[1] < for_off.best()[1]
    assert votes(("off", "a", 0.8), ("off", "b", 0.8), ("on", "c", 0.3)).best() == for_off.best()


def test_a_doubt_of_another_user_lowers_the_same_meaning():
    assert votes(("off", "a", 0.8), ("off", "b", 0.2)).best() == ("off", 0.5)


@given(st.lists(st.tuples(st.sampled_from("xy"), st.sampled_from("abc"), st.floats(0, 1)), min_size=1))
def test_a_probability_whatever_is_said_in_any_order(given_votes):
    meaning, probability = votes(*given_votes).best()
    assert 0 <= probability <= 0.99
    assert votes(*given_votes[::-1]).best() == (meaning, probability)
