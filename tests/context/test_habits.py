import pytest

from sayagain.context import add_habit, never_meant
from sayagain.context.habits import HALF_LIFE

DAY = 86_400_000


def taught(p_defect, times):
    habits = {}
    for day in range(times):
        add_habit(habits, "play music", p_defect=p_defect, average=0.3, at=day * DAY, retry="jazz", share=1.0)
    return habits


def test_a_habit_grows_with_evidence_either_way():
    assert never_meant({}, "play music", 0.4, now=0) == 0.4
    one, many = (never_meant(taught(0.7, times), "play music", 0.4, now=0) for times in (1, 8))
    assert 0.4 < one < many
    assert many > 0.95
    assert never_meant(taught(0.05, 8), "play music", 0.4, now=0) < 0.05


def test_a_habit_is_of_one_situation():
    assert never_meant(taught(0.7, 8), "play music | weekend", 0.4, now=0) == 0.4


def test_old_evidence_decays():
    habits = taught(0.7, 8)
    fresh = never_meant(habits, "play music", 0.4, now=8 * DAY)
    old = never_meant(habits, "play music", 0.4, now=8 * DAY + 6 * HALF_LIFE)
    assert old < fresh
    assert old == pytest.approx(0.4, abs=0.1)


def test_what_was_asked_for_instead_is_kept():
    assert taught(0.5, 2)["play music"].retries["jazz"] == pytest.approx(0.5 + 0.5 * 0.5 ** (1 / 30))
