from sayagain.household import Replay
from sayagain.household.goal_truth import goal_truth
from sayagain.household.truth import Truth
from sayagain.turns import Turn


def turns(*reactions, defects=(), nobody=()):
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
    [one] = goal_truth(*turns("rephrase", "move on", "", defects={0}))
    assert one.starts == (True, False, True)
    assert one.defects == (True, False, False)
    assert one.reached == (True, True, True)


def test_a_goal_whose_last_try_failed_was_not_reached():
    [one] = goal_truth(*turns("repeat", "move on", "", defects={0, 1}))
    assert one.reached == (False, False, True)


def test_the_television_wants_nothing():
    [one] = goal_truth(*turns("move on", "", nobody={0, 1}))
    assert one.reached == (None, None)


def test_a_real_week_is_told_whole(recorded, assistant):
    week = Replay(5, homes=1, recorded=recorded, assistant=assistant).step()
    told = goal_truth(week.turns, week.truths)
    assert sum(len(one.session.turns) for one in told) == len(week.turns)
    assert {one.starts[0] for one in told} == {True}
    defects = {truth.turn_id: truth.defect for truth in week.truths}
    for one in told:
        assert one.defects == tuple(defects[turn.turn_id] for turn in one.session.turns)
