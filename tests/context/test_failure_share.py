from sayagain.context.failure_share import failure_share, given_share


def test_the_average_itself_is_kept():
    assert abs(failure_share([0.1, 0.4] * 50, 0.25) - 0.25) < 0.02


def test_a_share_is_sharper_than_the_mean_probability():
    assert failure_share([0.65] * 40, 0.25) > 0.9
    assert failure_share([0.12] * 40, 0.25) < 0.05


def test_a_turn_follows_its_kind():
    assert given_share(0.5, 0.95, 0.25) > 0.95
    assert given_share(0.5, 0.05, 0.25) < 0.2
    assert abs(given_share(0.5, 0.25, 0.25) - 0.5) < 1e-9
