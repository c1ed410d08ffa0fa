import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayagain.rewriting.priors import BASE, STRENGTH, Priors, PriorTable, log_prior

COUNTED = st.lists(
    st.tuples(
        st.sampled_from(["<", "ask"]),
        st.sampled_from(["on|", "off|"]),
        st.sampled_from(["u", "v", "w"]),
        st.sampled_from([0.75, 0.8, 0.93]),
    ),
    max_size=15,
)


def learnt(counted):
    priors = Priors()
    for context, outcome, user, weight in counted:
        priors.add(context, outcome, user, weight)
    return priors


def test_what_is_often_seen_is_likelier_and_what_was_never_seen_is_not_impossible():
    table = PriorTable(total=10, outcomes={"on|": 8, "off|": 2})
    assert log_prior(table, "on|") > log_prior(table, "off|") > log_prior(table, "never|")
    assert log_prior(table, "on|") == pytest.approx(math.log((8 + STRENGTH * BASE) / (10 + STRENGTH)))
    assert log_prior(None, "on|") == math.log(BASE)


@given(COUNTED)
def test_without_a_user_is_as_if_that_user_had_never_spoken(counted):
    whole = learnt(counted)
    for user in ("u", "v", "w"):
        rest = learnt(each for each in counted if each[2] != user)
        for context in ("<", "ask", "never"):
            for outcome in ("on|", "off|", "never|"):
                assert whole.log(context, outcome, user) == pytest.approx(rest.log(context, outcome, None))


@given(COUNTED)
def test_a_release_says_what_was_counted_where_one_user_is_enough(counted):
    priors = learnt(counted)
    tables = priors.tables(1)
    for context in ("<", "ask", "never"):
        for outcome in ("on|", "off|", "never|"):
            assert log_prior(tables.get(context), outcome) == pytest.approx(priors.log(context, outcome, None))


@given(COUNTED, st.integers(2, 3))
def test_neither_contexts_nor_outcomes_of_few_users_are_released(counted, min_users):
    for context, table in learnt(counted).tables(min_users).items():
        assert len({user for where, _, user, _ in counted if where == context}) >= min_users
        for outcome in table.outcomes:
            behind = {user for where, what, user, _ in counted if (where, what) == (context, outcome)}
            assert len(behind) >= min_users
