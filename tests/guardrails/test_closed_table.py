from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from sayagain.guardrails import close_chains

names = st.sampled_from("abcdefgh")
rewrites = st.builds(
    lambda sources, target: SimpleNamespace(sources=tuple(sources), target=target), st.lists(names, min_size=1), names
)


def row(source, target):
    return SimpleNamespace(sources=(source,), target=target)


def test_a_rewrite_into_a_source_is_dropped_and_not_joined():
    assert close_chains([row("q", "r"), row("r", "s")]) == [row("r", "s")]


def test_two_that_point_at_each_other_both_go():
    assert close_chains([row("q", "r"), row("r", "q"), row("x", "y")]) == [row("x", "y")]


@given(st.lists(rewrites, max_size=12))
def test_no_target_is_a_source_and_what_fed_nothing_stays(table):
    left = close_chains(table)
    assert not {r.target for r in left} & {s for r in table for s in r.sources}
    assert all(r in left for r in table if all(r.target not in other.sources for other in table))
    assert close_chains(left) == left
