"""Thresholds keep the promise that the user states, or the class is left alone."""

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayagain.labels import Effect
from sayagain.learning.risk_control import Decided, choose_thresholds, p_value

WIN, LOSS, WRONG = Effect(win=1.0), Effect(loss=1.0), Effect(wrong=1.0)


def decided(count, effect, probability, *, change="nothing", unit=None):
    return [Decided(unit=unit or f"u{k}", change=change, probability=probability, effect=effect) for k in range(count)]


def least(rows, *, wins_per_loss=10.0, label_error=0.0):
    rows = [msgspec.structs.replace(row, label_error=label_error) for row in rows]
    return choose_thresholds(rows, wins_per_loss=wins_per_loss)["nothing"].least


def test_too_little_evidence_leaves_a_class_alone():
    # ln(0.05) / ln(10/11) is 31.4: so many wins without a loss are needed to be sure of ten to one.
    assert least(decided(31, WIN, 0.9)) is None
    # All that was seen may be done, and what is half as sure.
    assert least(decided(32, WIN, 0.9)) == pytest.approx(9 / 11)


def test_a_class_that_often_spoils_is_left_alone():
    assert least(decided(60, WIN, 0.9) + decided(20, LOSS, 0.9)) is None


def test_the_threshold_stands_above_where_losses_begin():
    rows = decided(100, WIN, 0.9) + decided(40, LOSS, 0.6) + decided(40, WIN, 0.6)
    assert least(rows) == 0.9


def test_a_promise_of_fewer_wins_reaches_further():
    rows = decided(100, WIN, 0.9) + decided(60, WIN, 0.7) + decided(12, LOSS, 0.7)
    assert (least(rows, wins_per_loss=30), least(rows, wins_per_loss=5)) == (0.9, pytest.approx(7 / 13))


def test_answering_in_another_wrong_way_counts_too_though_less_than_a_loss():
    assert least(decided(60, WIN, 0.9) + decided(60, WRONG, 0.9)) is not None
    assert least(decided(60, WIN, 0.9) + decided(200, WRONG, 0.9)) is None


def test_one_users_turns_are_not_as_good_as_many_users():
    rows = decided(200, WIN, 0.9)
    same = rows + decided(6, LOSS, 0.9, unit="one")
    spread = rows + decided(6, LOSS, 0.9)
    assert (least(spread, wins_per_loss=14) is None, least(same, wins_per_loss=14) is None) == (False, True)


def test_what_labels_get_wrong_is_not_held_against_the_rewrite():
    rows = decided(200, WIN, 0.9) + decided(30, LOSS, 0.9)
    assert (least(rows) is None, least(rows, label_error=0.15) is None) == (True, False)


def test_labels_are_not_blamed_for_all_that_they_might_explain():
    rows = decided(100, WIN, 0.9) + decided(20, LOSS, 0.9)
    assert least(rows, label_error=1 / 6) is None


def test_the_labels_of_some_decisions_excuse_no_losses_of_others():
    rows = [msgspec.structs.replace(row, label_error=0.15) for row in decided(30, WIN, 0.9)]
    unlabelled = decided(60, WIN, 0.9) + decided(18, LOSS, 0.9)
    assert choose_thresholds(rows + unlabelled, wins_per_loss=10)["nothing"].least is None


def test_what_the_assistant_itself_could_not_do_needs_less_evidence():
    rows = [msgspec.structs.replace(one, admitted=True) for one in decided(12, WIN, 0.9)]
    assert (least(decided(12, WIN, 0.9)), least(rows)) == (None, pytest.approx(9 / 11))
    assert least(rows[:8]) is None


@pytest.mark.parametrize("wins_per_loss", [1, 2, 5, 50])
def test_no_promise_is_kept_by_what_is_known_beforehand_alone(wins_per_loss):
    rows = [msgspec.structs.replace(one, admitted=True) for one in decided(1, WIN, 0.9)]
    assert least(rows, wins_per_loss=wins_per_loss) is None


def test_no_threshold_takes_in_decisions_that_are_mostly_wrong_however_good_the_average():
    rows = decided(400, WIN, 0.9) + decided(10, LOSS, 0.5) + decided(5, WIN, 0.5)
    assert least(rows) == 0.9


def test_each_class_has_its_own_threshold():
    rows = decided(40, WIN, 0.9) + decided(40, LOSS, 0.9, change="value")
    thresholds = choose_thresholds(rows, wins_per_loss=10)
    assert (thresholds["nothing"].least is None, thresholds["value"].least is None) == (False, True)


@given(st.integers(0, 60), st.integers(0, 60), st.floats(0.01, 0.5))
def test_a_p_value_grows_with_losses_and_falls_with_wins(wins, losses, share):
    assert 0 <= p_value(wins, losses, share) <= p_value(wins, losses + 1, share) + 1e-9 <= 1 + 1e-6
    assert p_value(wins + 1, losses, share) <= p_value(wins, losses, share) + 1e-9


@pytest.mark.parametrize("wins_per_loss", [5, 10, 20])
def test_the_promise_is_broken_no_more_often_than_stated(wins_per_loss):
    rng = np.random.default_rng(wins_per_loss)
    broken = 0
    for _ in range(200):
        p = np.sort(rng.uniform(0.3, 1, 300))[::-1]
        # The share of losses falls as decisions get surer, and is too high for the promise from some point on.
        share = 0.6 * (1 - p) ** 1.5
        lost = rng.random(300) < share
        rows = [
            Decided(unit=str(k), change="nothing", probability=float(p[k]), effect=LOSS if lost[k] else WIN)
            for k in range(300)
        ]
        chosen = least(rows, wins_per_loss=wins_per_loss)
        if chosen is not None:
            broken += float(share[p >= chosen].mean()) > 1 / (1 + wins_per_loss)
    # One in ten may; three standard deviations of 200 draws on top.
    assert broken <= 200 * 0.1 + 3 * (200 * 0.1 * 0.9) ** 0.5
