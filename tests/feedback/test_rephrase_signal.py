import pytest

from sayagain.feedback import repeat, rephrase
from sayagain.turns import Action, Hypothesis, Nlu, Response, Slot

LOST = {"response": Response(type="error", error_code="no_intent_match")}
EMPTY = {"nlu": Nlu(ranking=(Hypothesis(intent=""),))}
DONE = {"response": Response(text="Done", type="action_done")}
ANSWERED = {"response": Response(text="It is noon")}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("friend door", "lock the front door"),
        ("turn of the lamb", "turn off the lamp please"),
        ("play maj and dragons", "play imagine dragons"),
        ("what's the weather going to be", "weather"),
        ("включи лампу", "включи настольную лампу"),
    ],
)
@pytest.mark.parametrize("trouble", [LOST, EMPTY])
def test_other_words_after_trouble_are_a_rephrase(session, check_try, first, second, trouble):
    check_try(session((first, trouble), second), second, rephrase, repeat)


def test_with_no_visible_trouble_only_a_mishearing_is_a_rephrase(session):
    (signal,) = rephrase(session(("play maj and dragons", DONE), "play imagine dragons"))
    (after_trouble,) = rephrase(session(("play maj and dragons", LOST), "play imagine dragons"))
    assert signal.strength < after_trouble.strength


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("friend door", LOST), "what time is it"),
        (("turn on the lamp", LOST), "no, I meant the radio"),
        (("turn on the lamp", LOST), "never mind"),
        (("turn on the lamp", LOST), ""),
        # Another value in the same frame.
        (("turn on the kitchen light", DONE), "turn on the bedroom light"),
        (("turn on the light", DONE), "turn on the light in the hall"),
        (("set it to 20 degrees", DONE), "set it to 21 degrees"),
        (("play some jazz", DONE), "play some rock"),
        (("next song", DONE), "next sung"),
        (("volume up", DONE), "volume up a bit"),
    ],
)
def test_another_wish_is_no_rephrase(session, first, second):
    assert rephrase(session(first, second)) == []


def test_a_slot_that_sounds_like_the_one_before_is_a_rephrase(session):
    def play(artist):
        return {**DONE, "nlu": Nlu(intent="Play", slots=(Slot("artist", artist),))}

    sounding = session(("put on a dell", play("a dell")), ("i would like to hear adele", play("adele")))
    other = session(("put on queen", play("queen")), ("i would like to hear adele", play("adele")))
    assert [signal.turn_id for signal in rephrase(sounding)] == ["t0"]
    assert rephrase(other) == []


def test_another_try_in_vain_tells_less(session):
    well = rephrase(session(("friend door", LOST), ("lock the front door", DONE)))
    in_vain = rephrase(session(("friend door", LOST), ("lock the front door", LOST)))
    assert in_vain[0].strength < well[0].strength


def test_another_try_may_stand_behind_turns_that_failed_or_gave_up(session):
    def tries(between):
        return [signal.turn_id for signal in rephrase(session(("friend door", LOST), between, "lock the front door"))]

    assert tries(("banana bread", LOST)) == ["t0"]
    assert tries("never mind") == ["t0"]
    assert tries(("what time is it", ANSWERED)) == []


def test_a_chain_of_tries_gives_each_its_signal_once(session):
    chain = session(("friend door", LOST), ("lock friend door", LOST), ("lock the front door", DONE))
    assert [signal.turn_id for signal in rephrase(chain)] == ["t0", "t1"]


def test_a_failed_action_is_trouble(session):
    broken = {"actions": (Action(target="lock.front", ok=False),)}
    assert rephrase(session(("lock front", broken), "lock the front door"))
    assert not rephrase(session(("lock the front door", broken), "lock the back door"))
