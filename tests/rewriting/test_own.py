import msgspec

from sayagain.rewriting.own import PersonalRequests
from sayagain.turns import Hypothesis

ON, OFF = Hypothesis(intent="on"), Hypothesis(intent="off")


def test_what_was_meant_by_these_words_before_comes_first_however_unlike():
    own = PersonalRequests()
    own.add(ON, "turn on the lamp", "turn on the lamp", 1.0)
    own.add(OFF, "good night", "turn on the lamb", 1.0)
    assert [use.text for use in own.like("turn on the lamb", 2)] == ["good night", "turn on the lamp"]


def test_the_latest_words_that_worked_are_kept_and_every_time_is_counted():
    own = PersonalRequests()
    own.add(OFF, "lamp off", "lamp off", 0.5)
    own.add(OFF, None, "lamb of", 0.5)
    own.add(OFF, "lights out", "lights out", 1.0)
    (use,) = own.uses.values()
    assert (use.text, use.times, use.heard) == ("lights out", 2.0, {"lamp off": 0.5, "lamb of": 0.5, "lights out": 1})


def test_without_words_that_worked_there_is_nothing_to_say_instead():
    own = PersonalRequests()
    own.add(OFF, None, "lamb of", 1.0)
    assert own.uses == {}


def test_what_is_unlike_is_not_thought_of():
    own = PersonalRequests()
    own.add(ON, "turn on the lamp", "turn on the lamp", 1.0)
    assert own.like("what is the weather", 3) == []


def test_two_users_share_nothing():
    mine, yours = PersonalRequests(), PersonalRequests()
    mine.add(ON, "lamp on", "lamp on", 1.0)
    assert yours.uses == {}


def test_it_can_be_written_and_read_back():
    own = PersonalRequests()
    own.add(ON, "lamp on", "lamp on", 1.0)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(own), type=PersonalRequests) == own
