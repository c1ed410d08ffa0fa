import pytest

from sayagain.rewriting.in_context import is_already_so, stated_hypothesis, usual_shares
from sayagain.rewriting.own import PersonalRequests
from sayagain.turns import Context, Hypothesis, Nlu, Slot, Turn


def hypothesis(intent, **slots):
    return Hypothesis(intent=intent, slots=tuple(Slot(name, value) for name, value in sorted(slots.items())))


def turn(words="lights", listed=(), **states):
    context = Context(device_states={name.replace("__", "."): state for name, state in states.items()})
    return Turn(turn_id="t", started=0, request=words, nlu=Nlu(ranking=listed) if listed else None, context=context)


@pytest.mark.parametrize(
    ("meant", "state", "already"),
    [
        (hypothesis("HassTurnOn", name="desk lamp"), "on", True),
        (hypothesis("HassTurnOn", name="desk lamp"), "off", False),
        (hypothesis("HassTurnOff", name="desk lamp"), "on", False),
        (hypothesis("HassTurnOn", name="floor lamp"), "on", False),
        (hypothesis("HassTurnOn", name="desk lamp"), "unavailable", False),
    ],
)
def test_what_is_on_is_not_turned_on_again(meant, state, already):
    assert is_already_so(meant, turn(light__desk_lamp=state)) is already


def test_without_context_nothing_is_known_to_be_on():
    bare = Turn(turn_id="t", started=0, request="lights")
    assert not is_already_so(hypothesis("HassTurnOn", name="desk lamp"), bare)


def test_what_was_not_said_is_not_stated():
    pause = hypothesis("Pause", area="kitchen")
    stop = hypothesis("StopTimer")
    assert stated_hypothesis(turn("stop"), pause, stop).slots == ()
    assert stated_hypothesis(turn("stop in the kitchen"), pause, stop) == pause


def test_a_listed_hypothesis_is_what_the_words_state():
    pause, stop = hypothesis("Pause", area="kitchen"), hypothesis("StopTimer")
    assert stated_hypothesis(turn("stop", (pause, stop)), pause, stop) == stop


def test_what_a_user_usually_asks_for_counts_in_any_room():
    own = PersonalRequests(uses={})
    for room, genre in (("kitchen", "jazz"), ("attic", "jazz"), ("attic", "pop"), ("attic", "jazz")):
        own.add(hypothesis("Play", genre=genre, area=room), f"play {genre}", f"play {genre}", 1.0)
    jazz, pop = hypothesis("Play", genre="jazz", area="bedroom"), hypothesis("Play", genre="pop", area="bedroom")
    assert usual_shares(own, (jazz, pop, hypothesis("Stop"))) == {jazz.key: 0.75, pop.key: 0.25}
    assert usual_shares(PersonalRequests(uses={}), (jazz,)) == {}
