from sayagain.household import Replay
from sayagain.household.goal_truth import goal_truth
from sayagain.household.truth import Truth
from sayagain.turns import Turn


def make_log(*reactions, defects=(), nobody=()):
    log = [Turn(turn_id=str(k), started=k * 1000, request="x", user_id="u") for k in range(len(reactions))]
    truths = [
        Truth(
            turn_id=str(k),
            person=None if k in nobody else "p",
            failure_point="asr" if k in defects else "correct",
            reaction=reaction,
        )
        for k, reaction in enumerate(reactions)
    ]
    return log, truths


def test_who_says_it_again_is_after_the_same_thing():
    [goal] = goal_truth(*make_log("rephrase", "move on", "", defects={0}))
    assert goal.start == (True, False, True)
    assert goal.defect == (True, False, False)
    assert goal.reached == (True, True, True)


def test_a_goal_whose_last_try_failed_was_not_reached():
    [goal] = goal_truth(*make_log("repeat", "move on", "", defects={0, 1}))
    assert goal.reached == (False, False, True)


def test_the_television_wants_nothing():
    [goal] = goal_truth(*make_log("move on", "", nobody={0, 1}))
    assert goal.reached == (None, None)


def test_a_real_week_is_told_whole(recorded, assistant):
    week = Replay(5, homes=1, recorded=recorded, assistant=assistant).step()
    goals = goal_truth(week.turns, week.truths)
    assert sum(len(goal.session.turns) for goal in goals) == len(week.turns)
    assert {goal.start[0] for goal in goals} == {True}
    defects = {truth.turn_id: truth.defect for truth in week.truths}
    for goal in goals:
        assert goal.defect == tuple(defects[turn.turn_id] for turn in goal.session.turns)
