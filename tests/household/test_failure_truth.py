from collections import Counter

import pytest

from sayagain.failures import FAILURE_POINTS
from sayagain.household import Place, Replay, homes
from sayagain.household.failure_truth import home_logs, true_failure_point
from sayagain.household.truth import Truth
from sayagain.turns import sessions


@pytest.mark.parametrize(
    ("point", "expected"),
    [("correct", "correct"), ("entity resolution", "entity_resolution"), ("rewriting", None)],
)
def test_the_household_calls_the_stages_by_other_names(point, expected):
    assert true_failure_point(Truth(turn_id="t", failure_point=point)) == expected


def test_the_truth_is_what_a_replay_of_the_stages_gives(recorded, assistant):
    """Put in the true words, then the true hypothesis: the first of them that helps names the stage."""
    week = Replay(1, homes=3, recorded=recorded, assistant=assistant).step()
    houses = {home.id: home for home in homes(1, 3)}
    truth_by_turn = {truth.turn_id: truth for truth in week.truths}
    checked = Counter()
    for session in sessions(week.turns):
        # The first turn of a session alone: later ones may lean on what was done before.
        turn, truth = session.turns[0], truth_by_turn[session.turns[0].turn_id]
        if truth.meant is None or truth.failure_point not in {"correct", "asr", "nlu"}:
            continue
        home = houses[turn.turn_id.partition("-")[0]]
        satellite = next(satellite for satellite in home.satellites if satellite.id == turn.device_id)
        did_right, would_do_right = (
            assistant.plan(words, Place(home, satellite)).deed == truth.meant for words in (turn.heard, truth.said)
        )
        assert did_right == (truth.failure_point == "correct")
        assert would_do_right or truth.failure_point != "asr"
        assert not would_do_right or truth.failure_point != "nlu"
        checked[truth.failure_point] += 1
    assert min(checked[point] for point in ("correct", "asr", "nlu")) >= 3


def test_each_home_has_its_log_over_the_weeks(recorded, assistant):
    replay = Replay(1, homes=2, recorded=recorded, assistant=assistant)
    weeks = [replay.step(), replay.step()]
    logs = home_logs(weeks)
    assert [log.home for log in logs] == ["home00", "home01"]
    assert sum(len(log.turns) for log in logs) == sum(len(week.turns) for week in weeks)
    for log in logs:
        assert all(turn.turn_id.startswith(log.home) for turn in log.turns)
        assert log.truths.keys() == {turn.turn_id for turn in log.turns}
        assert set(log.truths.values()) <= set(FAILURE_POINTS)
