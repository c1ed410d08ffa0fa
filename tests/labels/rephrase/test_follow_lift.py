"""Lift: often after a failure, by many users on many days, and not after anything else."""

import pytest

from sayagain.labels.rephrase.follow_lift import MOST_LIFT, FollowLift
from sayagain.turns import Response, Session, Turn

LOST = Response(type="error", error_code="no_intent_match")
DONE = Response(type="action_done")
DAY = 86_400_000


def session(name, *requests, user=None, day=0):
    turns = tuple(
        Turn(
            turn_id=f"{name}/{place}",
            started=day * DAY + place * 8_000,
            request=text,
            user_id=user or name,
            response=response,
        )
        for place, (text, response) in enumerate(requests)
    )
    return Session(session_id=name, turns=turns)


def others(count=40):
    return [
        session(f"other {n}", (f"request {n}", DONE), (f"request {n + 1}", DONE), ("thanks a lot", DONE))
        for n in range(count)
    ]


def lift_of(log):
    pair = session("asked", ("where is my package", LOST), ("track my order", DONE)).turns
    return FollowLift(log, window=60_000).lift(*pair)


def pairs(count, source=LOST, user=None, day=None):
    return [
        session(f"pair {n}", ("where is my package", source), ("track my order", DONE), user=user, day=day or n)
        for n in range(count)
    ]


def test_what_recurs_after_a_failure_is_lifted():
    assert lift_of(pairs(8) + others()) > 2


def test_more_occasions_lift_more_up_to_a_limit():
    assert 0 < lift_of(pairs(3) + others()) < lift_of(pairs(30) + others()) <= MOST_LIFT


@pytest.mark.parametrize("count", [0, 1, 2])
def test_once_or_twice_is_chance(count):
    assert lift_of(pairs(count) + others()) == 0


def test_one_user_on_one_day_is_one_occasion():
    assert lift_of(pairs(20, user="u", day=3) + others()) == 0


def test_what_follows_where_the_request_works_too_is_a_habit():
    assert lift_of([*pairs(8), *pairs(8, source=DONE), *others()]) < 0.5


def test_what_follows_everything_is_not_lifted():
    everywhere = [session(f"x {n}", (f"request {n}", DONE), ("track my order", DONE)) for n in range(40)]
    assert lift_of(pairs(8) + everywhere) < 0.5


def test_what_mostly_does_not_follow_is_lifted_less():
    failures = [session(f"f {n}", ("where is my package", LOST), (f"request {n}", DONE), day=n) for n in range(60)]
    assert lift_of(pairs(4) + failures + others()) < lift_of(pairs(4) + others())
