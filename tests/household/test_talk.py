"""Talking to one home by hand."""

import pytest

from sayagain.errors import InputError
from sayagain.household.assistant import Choice
from sayagain.household.talk import Conversation, find_home
from sayagain.turns import AppliedRewrite

NOON = 1_767_268_800_000


class Rewrites:
    """A layer that knows one thing."""

    def __init__(self):
        self.seen = []

    def decide(self, turn):
        if turn.request != "turn of the lights":
            return None
        applied = AppliedRewrite(id="r", source=turn.request, target="turn off the lights", layer="table")
        return Choice(text="turn off the lights", applied=applied)

    def observe(self, turn):
        self.seen.append(turn)


def test_a_request_is_answered_in_the_room_spoken_in():
    home = find_home(0)
    area = home.satellites[-1].area
    turn = Conversation(home, area=area).say("Turn on the lights!", now=NOON)
    assert turn.request == "turn on the lights"
    assert turn.area == area
    assert turn.response.error_code is None
    assert turn.actions
    assert all(home.device(action.target).area == area for action in turn.actions)


def test_what_is_not_understood_is_an_error_and_no_reading():
    turn = Conversation(find_home(0)).say("fnord the gazebo", now=NOON)
    assert turn.complained
    assert turn.understood.empty


def test_the_home_remembers_what_was_done():
    conversation = Conversation(find_home(0))
    conversation.say("turn on the lights", now=NOON)
    second_turn = conversation.say("turn them off", now=NOON + 3_000)
    third_turn = conversation.say("turn it on", now=NOON + 10_000_000)
    assert {second_turn.turn_id, third_turn.turn_id} == {f"home00-{NOON + 3_000}-2", f"home00-{NOON + 10_000_000}-3"}


def test_a_layer_stands_in_front_and_is_logged():
    layer = Rewrites()
    turn = Conversation(find_home(0), layer=layer).say("turn of the lights", now=NOON)
    assert turn.heard == "turn of the lights"
    assert turn.request == "turn off the lights"
    assert turn.applied_rewrite.id == "r"
    assert not turn.complained
    assert layer.seen == [turn]


def test_a_wrong_home_or_room_is_one_sentence():
    with pytest.raises(InputError, match="there is no home 100; they are numbered from 0 to 99"):
        find_home(100)
    with pytest.raises(InputError, match="home00 has no satellite in 'cellar'; it has them in: "):
        Conversation(find_home(0), area="cellar")
