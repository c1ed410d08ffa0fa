import pytest

from sayagain.teaching import replace_taught, without_teaching
from sayagain.turns import AppliedRewrite, Asr, AsrHypothesis, Turn


def rewritten(layer):
    applied = AppliedRewrite(id="x", source="study mode", target="lamp on", layer=layer)
    asr = Asr(text="study mode", nbest=(AsrHypothesis(text="study mode"), AsrHypothesis(text="steady mode")))
    return Turn(turn_id="t", started=0, request="lamp on", user_id="u", applied_rewrite=applied, asr=asr)


def test_a_taught_turn_is_seen_as_its_meaning_and_holds_nothing_of_the_phrase():
    replaced = replace_taught(rewritten("taught"))
    assert (replaced.heard, replaced.request, replaced.turn_id, replaced.user_id) == ("lamp on", "lamp on", "t", "u")
    assert "mode" not in repr(replaced)


@pytest.mark.parametrize("layer", ["leave", "table", "chain"])
def test_what_was_learnt_is_left_as_it_is(layer):
    turn = rewritten(layer)
    assert replace_taught(turn) is turn


def test_so_is_a_turn_that_was_not_rewritten():
    turn = Turn(turn_id="t", started=0, request="study mode")
    assert replace_taught(turn) is turn


def test_neither_an_exchange_nor_several_requests_in_one_are_learnt_from():
    def turn(layer):
        applied = AppliedRewrite(id="x", source="a", target="b", layer=layer)
        return Turn(turn_id=layer, started=0, request="b", applied_rewrite=applied)

    turns = [turn(layer) for layer in ("teaching", "taught steps", "taught", "table")]
    assert [kept.turn_id for kept in without_teaching(turns)] == ["taught", "table"]
