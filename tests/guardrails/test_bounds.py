import pytest

from sayagain.guardrails import Bounds, lift_low, too_little
from sayagain.rewriting.evidence import Evidence


def known(**changes):
    return Evidence(**({"wins": 8, "losses": 0, "trials": 10, "turns": 8, "users": 4, "last_seen": 0} | changes))


def test_enough_is_enough():
    assert too_little(known()) is None


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"users": 1}, "it is known from 1 user; at least 2 are needed"),
        ({"turns": 2}, "it is known from 2 turns; at least 3 are needed"),
        ({"wins": 5, "losses": 4}, "its lift is at least"),
        ({"wins": 0, "losses": 0, "trials": 0}, "its lift is at least +0.000 only"),
    ],
)
def test_what_is_lacking_is_said(changes, says):
    assert too_little(known(**changes)).startswith(says)


def test_live_traffic_overrules_history_once_there_is_enough_of_it():
    bad = {"a0": 13.0, "b0": 2.0, "a1": 3.0, "b1": 13.0}
    assert lift_low(known(**bad)) < 0
    assert too_little(known(**bad)) is not None
    assert lift_low(known(**bad), Bounds(live_turns=50)) == lift_low(known()) > 0
    assert lift_low(known(a0=2.0, b0=13.0, a1=13.0, b1=2.0)) > 0


def test_the_bounds_can_be_set():
    assert too_little(known(), Bounds(min_lift=0.9)).endswith("more than +0.900 is needed")
    assert too_little(known(users=1), Bounds(min_users=1)) is None
    assert lift_low(known(), Bounds(level=0.999)) < lift_low(known())
