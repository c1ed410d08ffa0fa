import pytest

from sayagain.failures.training.cancelled_wakes import cancel_false_wakes
from sayagain.turns import sessions


@pytest.fixture
def log(make_turn, hypothesis):
    wakes = [
        make_turn("the news at ten", answer=("Sorry", "no_intent_match"), at=hour * 3_600_000) for hour in range(20)
    ]
    cancelling = make_turn("never mind", hypothesis=hypothesis("HassNevermind"), at=100 * 3_600_000)
    other = make_turn("lamp on", at=101 * 3_600_000)
    truths = {turn.turn_id: "false_wake" for turn in wakes} | {cancelling.turn_id: "correct", other.turn_id: "correct"}
    return [*wakes, cancelling, other], truths


def test_some_false_wakes_are_cancelled_right_after_them(log):
    turns, truths = log
    longer, all_truths = cancel_false_wakes(turns, truths, seed=1)
    added = longer[len(turns) :]
    assert longer[: len(turns)] == turns
    assert 2 < len(added) < 16
    assert {turn.request for turn in added} == {"never mind"}
    assert all(all_truths[turn.turn_id] == "correct" for turn in added)
    pairs = [session for session in sessions(longer) if len(session.turns) == 2]
    assert len(pairs) == len(added)
    for session in pairs:
        woken, cancelled = session.turns
        assert all_truths[woken.turn_id] == "false_wake"
        assert woken.speech.ended < cancelled.started < cancelled.ended < cancelled.speech.started


def test_a_log_in_which_nobody_cancels_stays_as_it_is(log):
    turns, truths = log
    without = [turn for turn in turns if turn.request != "never mind"]
    assert cancel_false_wakes(without, truths, seed=1)[0] == without
