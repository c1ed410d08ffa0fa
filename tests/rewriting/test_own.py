import msgspec
import pytest

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


def test_a_users_own_meaning_of_the_same_words_outweighs_everybodys():
    washington, california = Hypothesis(intent="washington"), Hypothesis(intent="california")
    everybody = {washington.key: (washington, 0.9, 90.0), california.key: (california, 0.1, 10.0)}
    own = PersonalRequests(uses={})
    own.add(california, "weather in wilkerson california", "weather in wilkerson", 1.0)
    shares = own.shrink_shares("weather in wilkerson", everybody)
    assert shares[california.key][1] > 0.6
    assert sum(share for _, share, _ in shares.values()) == pytest.approx(1)
    # Of other words the user has shown nothing.
    assert own.shrink_shares("weather in springfield", everybody) is everybody
    assert PersonalRequests(uses={}).shrink_shares("weather in wilkerson", everybody) is everybody


def test_joining_changes_neither_part():
    lamp = Hypothesis(intent="off")
    own, later = PersonalRequests(uses={}), PersonalRequests(uses={})
    own.add(lamp, "lamp off", "lamp of", 1.0)
    later.add(lamp, "turn off the lamp", "lamp of", 1.0)
    joined = own.join(later).uses[lamp.key]
    assert (joined.text, joined.times, joined.heard) == ("turn off the lamp", 2.0, {"lamp of": 2.0})
    assert own.uses[lamp.key].heard == later.uses[lamp.key].heard == {"lamp of": 1.0}
