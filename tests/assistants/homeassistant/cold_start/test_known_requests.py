import numpy as np
import pytest

from sayagain.assistants.homeassistant.cold_start.action_phrasings import ACTIONS
from sayagain.assistants.homeassistant.cold_start.device_names import named_things
from sayagain.assistants.homeassistant.cold_start.known_requests import KnownRequests, bare
from sayagain.assistants.homeassistant.cold_start.situation_phrasings import SITUATIONS


@pytest.fixture(scope="module")
def sayings(demo):
    return KnownRequests(named_things(demo), demo)


def nearest(found, sign):
    near, _ = found
    best = max(near, key=lambda one: getattr(one, sign))
    return best.action.name, best.thing.name


@pytest.mark.parametrize(
    ("heard", "meant"),
    [
        ("turn of the kitchen lice", ("off", "Kitchen Lights")),
        ("switch the sealing fan on", ("on", "Ceiling Fan")),
        ("could you clothes the garage door", ("close", "Garage Door")),
    ],
)
def test_sayings_are_found_by_sound(sayings, heard, meant):
    assert nearest(sayings.near(heard.split(), None), "sound") == meant


def test_without_an_encoder_nothing_is_known_of_meaning(sayings):
    near, otherwise = sayings.near(["it", "is", "dark", "in", "the", "kitchen"], None)
    assert otherwise is None
    assert {one.meaning for one in near} == {0.0}
    assert {one.meant for one in near} == {""}


@pytest.mark.parametrize("room", ["kitchen", "bedroom", None])
def test_what_is_here_is_looked_for_only_where_it_is_said(sayings, room):
    near, _ = sayings.near(["turn", "on", "the", "lights"], room)
    assert {one.thing.room for one in near if one.thing.here} <= {room}
    assert any(one.thing.here for one in near) is (room is not None)


def test_meaning_finds_other_words_and_tells_what_no_home_does(demo, encoder):
    sayings = KnownRequests(named_things(demo), demo, encoder)
    found = sayings.near(["I", "can", "hardly", "see", "anything", "in", "the", "kitchen"], None)
    assert nearest(found, "meaning") == ("on", "lights in the Kitchen")
    near, otherwise = sayings.near(["tell", "me", "something", "funny"], None)
    assert otherwise > max(one.meaning for one in near)


def test_every_vector_is_asked_for_once(demo):
    class Counts:
        def __init__(self):
            self.asked = []

        def vectors(self, texts):
            self.asked += texts
            return np.ones((len(texts), 2), np.float32)

    counts = Counts()
    sayings = KnownRequests(named_things(demo), demo, counts)
    assert len(counts.asked) == len(set(counts.asked))
    before = len(counts.asked)
    sayings.near(["turn", "on", "the", "lamp"], None)
    assert counts.asked[before:] == ["turn on the lamp"]


def test_situations_are_of_actions_that_there_are():
    able = {action.name: action.domains for action in ACTIONS}
    assert all(situation.domain in able[situation.action] for situation in SITUATIONS)


def test_politeness_and_numbers_do_not_count():
    assert bare(["please", "set", "the", "fan", "to", "20%", "now"]) == "set fan forty"
    assert bare(["set", "fan", "to", "70"]) == "set fan forty"
