import pytest

from sayagain.labels import Effect, rewrite_effect


def test_what_the_assistant_could_not_do_cannot_be_spoiled(worlds):
    failed = worlds.answered("t", "turn of the lamp", 0)
    worked = worlds.answered("t", "turn off the lamp", 0)
    assert rewrite_effect(failed, None, 0.85, "turn on the radio", None) == Effect()
    assert rewrite_effect(worked, None, 0.85, "turn on the radio", None) == Effect(loss=pytest.approx(0.15))
