import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayagain.evaluation import Replayed, Result, Tally, as_metrics, from_metrics, gate, result


def made(wins, losses, gain, turns=100):
    counts = Tally(turns=turns, defective=20.0, triggers=9, wins=wins, losses=losses)
    return Result(tally=counts, gain=gain, ratio=None)


@pytest.mark.parametrize("low", [0.0, -0.01])
def test_a_release_without_a_sure_gain_is_refused_and_the_numbers_are_told(low):
    better, why = gate(made(5.0, 4.0, (low, 0.05)), None)
    assert not better
    assert (
        why == f"5.0 wins and 4.0 losses in 100 replayed turns: the gain is not sure (lower bound {low:+.2%} of the"
        " turns)"
    )


def test_a_sure_gain_is_enough_where_nothing_is_in_use():
    assert gate(made(9.0, 1.0, (0.02, 0.1)), None) == (
        True,
        "9.0 wins and 1.0 losses in 100 replayed turns: the gain is sure (lower bound +2.00% of the turns)",
    )


def test_the_release_in_use_must_not_do_better():
    new, old = made(9.0, 1.0, (0.02, 0.1)), made(12.0, 1.0, (0.05, 0.2))
    better, why = gate(new, old)
    assert not better
    assert why.endswith("the release in use does better (11.0 won on balance, against 8.0)")
    assert gate(old, new)[0]
    assert gate(new, new)[0]


def test_a_release_that_does_harm_gives_way_though_no_gain_is_sure():
    quiet, harmful = made(0.0, 0.0, (0.0, 0.0)), made(0.0, 6.0, (-0.1, -0.02))
    assert gate(quiet, harmful) == (
        True,
        "0.0 wins and 0.0 losses in 100 replayed turns: the release in use does harm (-6.0 on balance, against 0.0)",
    )
    assert not gate(harmful, quiet)[0]


def test_where_the_replay_is_too_small_the_promise_on_the_whole_log_counts():
    small, large = made(3.0, 1.0, (-0.01, 0.05)), made(30.0, 20.0, (-0.01, 0.05))
    assert gate(small, None, promised=40.0)[0]
    assert not gate(small, None)[0]
    assert not gate(large, None, promised=40.0)[0]
    assert not gate(made(1.0, 3.0, (-0.05, 0.01)), None, promised=40.0)[0]


def test_a_replay_of_nothing_is_no_gain():
    assert not gate(result([]), None)[0]


SHARE = st.floats(0, 1)
REPLAYED = st.lists(
    st.builds(Replayed, user=st.sampled_from("ab"), trigger=st.booleans(), win=SHARE, loss=SHARE, defect=SHARE),
    max_size=6,
)


@given(REPLAYED)
def test_a_result_goes_through_a_manifest_and_back(replayed):
    found = result(replayed)
    written = msgspec.json.decode(msgspec.json.encode(as_metrics(found)), type=dict[str, float | None])
    assert from_metrics(written) == found


def test_a_manifest_without_metrics_shows_no_gain():
    assert not gate(from_metrics({}), None)[0]
