import pytest
import yaml
from hassil import Intents, recognize
from hypothesis import given
from hypothesis import strategies as st

from sayagain.assistants.homeassistant.custom_sentences import aliases, custom_sentences
from sayagain.labels import Example
from sayagain.turns import Hypothesis, Slot, said

OFF = Hypothesis(intent="HassTurnOff", slots=(Slot("name", "Bed Light"),))
ROOM = Hypothesis(intent="HassTurnOff", slots=(Slot("domain", "light"),))


def example(text, hypothesis=OFF, works="turn off the bed light", probability=0.9):
    return Example(text=text, hypothesis=hypothesis, works=works, probability=probability)


def written(*examples):
    files = custom_sentences(examples)
    return yaml.safe_load(files["custom_sentences/en/sayagain.yaml"]) if files else None


def test_sentences_of_one_reading_stand_together():
    data = written(example("kill the bed light"), example("bed light out"), example("kill the lights", ROOM))
    assert data == {
        "language": "en",
        "intents": {
            "HassTurnOff": {
                "data": [
                    {"sentences": ["bed light out", "kill the bed light"], "slots": {"name": "Bed Light"}},
                    {
                        "sentences": ["kill the lights"],
                        "slots": {"domain": "light"},
                        "requires_context": {"area": {"slot": True}},
                    },
                ]
            }
        },
    }


def test_without_a_room_a_sentence_for_the_room_means_nothing():
    intents = Intents.from_dict(written(example("kill the lights", ROOM)))
    assert recognize("kill the lights", intents) is None
    match = recognize("kill the lights", intents, intent_context={"area": "den"})
    assert {name: entity.value for name, entity in match.entities.items()} == {"domain": "light", "area": "den"}


def test_what_goes_for_the_room_is_understood_in_any_room_and_in_none_that_is_unknown():
    pause = Example(text="stomp", hypothesis=Hypothesis(intent="HassMediaPause"), here=True, probability=0.9)
    intents = Intents.from_dict(written(pause))
    assert recognize("stomp", intents) is None
    for room in ("den", "attic"):
        assert recognize("stomp", intents, intent_context={"area": room}).entities["area"].value == room


def test_the_same_words_here_and_somewhere_else_mean_two_things():
    pause = Example(text="stomp", hypothesis=ROOM, here=True, probability=0.9)
    assert written(pause, Example(text="stomp", hypothesis=ROOM, probability=0.9)) is None


def test_what_needs_nothing_to_act_on_needs_no_room():
    timer = Hypothesis(intent="HassStartTimer", slots=(Slot("minutes", 7),))
    match = recognize("time for 7 minutes", Intents.from_dict(written(example("time for 7 minutes", timer, None))))
    assert (match.intent.name, match.entities["minutes"].value) == ("HassStartTimer", 7)


DOOR = Hypothesis(intent="HassTurnOff", slots=(Slot("name", "front door"),))


@pytest.mark.parametrize(
    "left_out",
    [
        example("and lock the front door", DOOR, "please unlock the front door"),
        example("lap the front door", DOOR, "lock the front door"),
        example("start the music", Hypothesis(intent="HassTurnOff", slots=(Slot("name", "tv"),)), "stop the music"),
        example("colbin", Hypothesis(intent="CallContact", slots=(Slot("name", "ben"),)), "call ben"),
    ],
)
def test_what_a_guardrail_would_not_let_a_rewrite_do_no_sentence_does(left_out):
    assert written(left_out) is None


def test_what_is_understood_already_is_not_written():
    known = Example(
        text="bed light off", hypothesis=OFF, probability=0.99, understood=True, works="turn off the bed light"
    )
    assert written(known) is None
    assert written(known, example("kill it"))["intents"]["HassTurnOff"]["data"][0]["sentences"] == ["kill it"]
    renamed = Example(
        text="turn off the moon", hypothesis=OFF, probability=0.99, understood=True, works="turn off the bed light"
    )
    assert aliases([renamed]) == {}


@pytest.mark.parametrize(
    "left_out",
    [
        example("perhaps the bed light", probability=0.7),
        example("two things", Hypothesis(intent="HassTurnOff+HassTurnOn", slots=OFF.slots)),
        example("nothing", Hypothesis(intent="")),
        example("words", said("turn off the bed light")),
        example("everything", Hypothesis(intent="HassTurnOff")),
        example("no place", Hypothesis(intent="HassSetVolume", slots=(Slot("volume", 3),))),
        example("[bed light off"),
        example("{bed} light off"),
        example("bed <light>"),
        example("a|b"),
        example(""),
    ],
)
def test_what_is_unsure_or_no_sentence_is_left_out(left_out):
    assert (written(left_out), written(left_out, example("kill it"))["intents"].keys()) == (None, {"HassTurnOff"})
    assert written(left_out, example("kill it"))["intents"]["HassTurnOff"]["data"][0]["sentences"] == ["kill it"]


def test_words_that_mean_two_things_are_left_out():
    other = Hypothesis(intent="HassTurnOn", slots=OFF.slots)
    assert written(example("bed light"), example("bed light", other)) is None


@given(text=st.text(max_size=12), name=st.text(max_size=8), intent=st.sampled_from(["HassTurnOff", "Mine", "yes", "1"]))
def test_whatever_is_written_is_understood(text, name, intent):
    hypothesis = Hypothesis(intent=intent, slots=(Slot("name", name),))
    files = custom_sentences([example(text, hypothesis)])
    for content in files.values():
        intents = Intents.from_dict(yaml.safe_load(content))
        assert recognize(text, intents).intent.name == intent


def test_another_name_is_what_stands_in_the_place_of_the_name():
    assert aliases([example("turn off the snooze lamp"), example("turn off the night lamp")]) == {
        "Bed Light": {"snooze lamp", "night lamp"}
    }


@pytest.mark.parametrize(
    "no_name",
    [
        example("turn of the bed light"),
        example("kill the bed light"),
        example("turn off the"),
        example("turn off the bed light"),
        example("turn off the snooze lamp", works=None),
        example("turn off the snooze lamp", probability=0.5),
        example("turn off the lights", ROOM),
        example("snooze lamp off", works="bed light off"),
    ],
)
def test_what_differs_in_more_than_the_name_is_no_other_name(no_name):
    assert aliases([no_name]) == {}
