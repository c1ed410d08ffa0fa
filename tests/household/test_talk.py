"""Talking to one home by hand."""

import pytest

from sayagain.errors import InputError
from sayagain.household.assistant import Choice
from sayagain.household.learner_front import LearnerFront
from sayagain.household.talk import Conversation, find_home
from sayagain.learner import Learner
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


class Taught:
    """A layer that was taught."""

    def __init__(self, **choices):
        self.choices = choices
        self.seen = []

    def decide(self, turn):
        return self.choices.get(turn.request.replace(" ", "_"))

    def observe(self, turn):
        self.seen.append(turn)


def test_a_reply_is_said_and_nothing_is_done():
    layer = Taught(teach=Choice(text="teach", reply="Should I?"))
    turn = Conversation(find_home(0), layer=layer).say("teach", now=NOON)
    assert (turn.response.text, turn.actions, layer.seen) == ("Should I?", (), [turn])


def test_several_requests_are_done_one_after_the_other_until_one_fails():
    layer = Taught(
        cosy=Choice(text="both", steps=("turn on the lights", "play jazz")),
        odd=Choice(text="both", steps=("fnord", "play jazz")),
    )
    conversation = Conversation(find_home(0), layer=layer)
    done = conversation.say("cosy", now=NOON)
    assert (done.request, len(done.actions) > 1, done.complained) == ("both", True, False)
    failed = conversation.say("odd", now=NOON + 1)
    assert (failed.complained, failed.actions) == (True, ())


def test_what_is_asked_first_is_done_after_a_yes_alone():
    applied = AppliedRewrite(id="r", source="hi", target="hi", layer="taught")
    layer = Taught(hi=Choice(text="hi", ask="turn on the lights", ask_layer="taught", applied=applied))
    conversation = Conversation(find_home(0), layer=layer)
    asked = conversation.say("hi", now=NOON)
    assert (asked.response.text, asked.actions) == ("Did you mean: turn on the lights?", ())
    done = conversation.say("yes", now=NOON + 1)
    assert (done.request, bool(done.actions), done.applied_rewrite.layer) == ("turn on the lights", True, "taught")
    conversation.say("hi", now=NOON + 2)
    assert conversation.say("no", now=NOON + 3).actions == ()
    assert conversation.say("yes", now=NOON + 4).actions == ()


def test_play_music_gets_what_its_speaker_likes(tmp_path):
    with Learner(tmp_path / "home.db") as learner:
        conversation = Conversation(find_home(0), layer=LearnerFront(learner, converses=True))
        learner.runtime.oracle = conversation.oracle
        before = conversation.say("play some music", now=NOON)
        assert conversation.say("I like jazz", now=NOON + 10_000).response.text.startswith("Should I remember")
        conversation.say("yes", now=NOON + 20_000)
        after = conversation.say("play some music", now=NOON + 30_000)
    played = [turn.hypothesis for turn in (before, after)]
    assert "jazz" in str(played[1])
    assert "jazz" not in str(played[0])
