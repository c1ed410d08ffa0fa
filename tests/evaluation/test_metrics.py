import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sayagain.evaluation import Replayed, gain_interval, ratio_interval, tally

SHARE = st.sampled_from([0.0, 0.0, 0.25, 0.5, 1.0])
REPLAYED = st.lists(
    st.builds(Replayed, user=st.sampled_from("abcd"), trigger=st.booleans(), win=SHARE, loss=SHARE, defect=SHARE),
    max_size=20,
)


def turn(user, win=0.0, loss=0.0, defect=0.0):
    return Replayed(user=user, trigger=bool(win or loss), win=win, loss=loss, defect=defect)


def test_what_is_counted():
    found = tally([turn("a", win=1, defect=1), turn("a", loss=0.5), turn("b", defect=1), turn("b")])
    assert (found.turns, found.triggers, found.wins, found.losses, found.defective) == (4, 2, 1, 0.5, 2)
    assert (found.ratio, found.coverage, found.trigger_rate) == (2.0, 0.5, 0.5)


def test_of_nothing_nothing_is_said():
    found = tally([])
    assert (found.ratio, found.coverage, found.trigger_rate) == (None, 0.0, 0.0)
    assert ratio_interval([]) is None
    assert gain_interval([]) == (0.0, 0.0)


def test_without_a_loss_there_is_no_ratio():
    assert tally([turn("a", win=5)]).ratio is None
    assert ratio_interval([turn("a"), turn("b")]) is None
    # The interval is finite all the same: a round without losses counts half of one.
    assert ratio_interval([turn("a", win=5)]) == (10.0, 10.0)


def plain(replayed, rounds, seed):
    """The bootstrap as the books have it: draw users with all their turns, again and again."""
    dice = np.random.default_rng(seed)
    users = sorted({one.user for one in replayed})
    sums = {u: np.sum([(one.win, one.loss) for one in replayed if one.user == u], axis=0) for u in users}
    drawn = np.array([sum(sums[users[k]] for k in dice.integers(len(users), size=len(users))) for _ in range(rounds)])
    wins, losses = drawn.T
    return (
        np.quantile(wins / np.maximum(losses, 0.5), [0.05, 0.95]),
        np.quantile((wins - losses) / len(replayed), [0.05, 0.95]),
    )


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_intervals_are_those_of_a_plain_bootstrap(seed):
    dice = np.random.default_rng(seed)
    replayed = [
        turn(f"u{dice.integers(25)}", win=float(dice.random() < 0.3), loss=float(dice.random() < 0.1))
        for _ in range(200)
    ]
    ratio, gain = plain(replayed, 4000, seed)
    low, high = ratio_interval(replayed, rounds=4000)
    assert (low, high) == pytest.approx(tuple(ratio), rel=0.12)
    assert gain_interval(replayed, rounds=4000) == pytest.approx(tuple(gain), abs=0.012)
    assert low < tally(replayed).ratio < high


@settings(max_examples=60, deadline=None)
@given(REPLAYED, st.randoms())
def test_neither_order_nor_what_users_are_called_changes_an_interval(replayed, dice):
    found = ratio_interval(replayed, rounds=50), gain_interval(replayed, rounds=50)
    dice.shuffle(replayed)
    names = dict(zip("abcd", "zyxw", strict=True))
    other = [turn(names[one.user], one.win, one.loss, one.defect) for one in replayed]
    assert (ratio_interval(other, rounds=50), gain_interval(other, rounds=50)) == found


@settings(max_examples=60, deadline=None)
@given(REPLAYED)
def test_the_interval_is_in_order_and_about_the_balance(replayed):
    low, high = gain_interval(replayed, rounds=50)
    assert low <= high
    ratio = ratio_interval(replayed, rounds=50)
    wins, losses = tally(replayed).wins, tally(replayed).losses
    assert (ratio is None) == (wins == losses == 0)
    if not losses:
        assert low >= 0
    if not wins:
        assert high <= 0


def test_the_turns_of_one_user_are_drawn_together():
    # Ten wins of one user among ten are far less sure than ten wins of ten users.
    one = [turn("a", win=1) for _ in range(10)] + [turn(f"u{k}") for k in range(9)]
    ten = [turn(f"u{k}", win=1) for k in range(10)] + [turn(f"v{k}") for k in range(9)]
    assert gain_interval(one)[0] == 0.0
    assert gain_interval(ten)[0] > 0.2


def test_a_million_users_cost_no_more_than_a_few():
    many = [turn(f"u{k}", win=float(k % 50 == 0)) for k in range(100_000)]
    low, high = gain_interval(many)
    assert low == pytest.approx(0.02, abs=0.002)
    assert high == pytest.approx(0.02, abs=0.002)
