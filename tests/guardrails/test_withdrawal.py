import random

import pytest

from sayagain.guardrails import Limits, Outcomes, withdraw
from sayagain.rewriting.evidence import Evidence


def history(**changes):
    known = {"wins": 16, "losses": 1, "trials": 20, "turns": 16, "users": 5, "last_seen": 0, "a0": 2.0, "b0": 20.0}
    return Evidence(**(known | changes))


def test_nothing_seen_keeps():
    assert withdraw(Outcomes()) is None
    assert withdraw(Outcomes(), history()) is None


def test_more_spoiled_than_repaired_goes():
    assert withdraw(Outcomes(wins=1, losses=9)) == "it spoiled 9 turns and repaired 1"
    assert withdraw(Outcomes(wins=9, losses=1)) is None
    assert withdraw(Outcomes(wins=4, losses=6)) is None


def test_worse_than_the_holdout_goes():
    assert withdraw(Outcomes(good=3, bad=17, good_alone=8, bad_alone=1)) == (
        "rewritten, 3 of 20 turns went well; left alone, 8 of 9"
    )


def test_without_a_holdout_history_stands_in():
    works_alone = history(a0=30.0, b0=3.0, wins=0.0)
    assert "left alone before the release, 29 of 31" in withdraw(Outcomes(good=3, bad=17), works_alone)
    assert withdraw(Outcomes(good=3, bad=17)) is None


def test_drift_below_the_promise_goes_though_it_is_no_worse_than_leaving_it():
    went = withdraw(Outcomes(good=3, bad=27), history())
    assert went == "rewritten, 3 of 30 turns went well; the release promised at least 0.80 of them"
    assert withdraw(Outcomes(good=24, bad=6), history()) is None


@pytest.mark.parametrize("few", [Outcomes(bad=4, good_alone=50), Outcomes(losses=4), Outcomes(bad=40, good_alone=4)])
def test_too_little_decides_nothing(few):
    assert withdraw(few) is None


def test_the_limits_can_be_set():
    went = Outcomes(good=6, bad=9, good_alone=10, bad_alone=5)
    assert withdraw(went) is None
    assert withdraw(went, limits=Limits(level=0.9)) is not None


def test_a_good_rewrite_looked_at_every_day_mostly_stays_and_a_bad_one_goes():
    draw = random.Random(5)

    def gone(rate, alone_rate):
        good = bad = good_alone = bad_alone = 0
        for _ in range(60):
            for _ in range(5):
                works = draw.random() < rate
                good, bad = good + works, bad + (not works)
            works = draw.random() < alone_rate
            good_alone, bad_alone = good_alone + works, bad_alone + (not works)
            if withdraw(Outcomes(good=good, bad=bad, good_alone=good_alone, bad_alone=bad_alone)) is not None:
                return True
        return False

    assert sum(gone(0.6, 0.2) for _ in range(100)) <= 3
    assert sum(gone(0.2, 0.6) for _ in range(100)) >= 97
