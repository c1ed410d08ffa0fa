import pytest

from sayagain.feedback.outcome import asks, plays, trouble, worked
from sayagain.turns import Action, Hypothesis, Nlu, Response, Slot, Turn

OK, BROKEN = Action(target="light.attic"), Action(target="light.attic", name="turn_on", ok=False)
NOTHING = Nlu(ranking=(Hypothesis(intent=""),))


def turn(request="lamp", **fields):
    return Turn(turn_id="t", started=0, request=request, **fields)


@pytest.mark.parametrize(
    "fields",
    [
        {"response": Response(error_code="no_intent_match")},
        {"response": Response(type="error")},
        {"nlu": NOTHING},
        {"actions": (BROKEN,)},
        {"response": Response(text="Sorry, I couldn't understand that")},
        {"response": Response(text="I don’t know what to do.")},
        {"response": Response(text="Could you repeat that?")},
    ],
)
def test_a_turn_that_failed_shows_it(fields):
    assert trouble(turn(**fields)) is not None
    assert not worked(turn(**fields))


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"response": Response(text="The lamp is on")},
        {"response": Response(text="Playing Sorry by Justin Bieber")},
        {"response": Response(text="Sorry to hear that. It is off now.", type="action_done")},
        {"response": Response(text="Sorry!"), "language": "hu"},
        {"nlu": NOTHING, "actions": (OK,)},
        {"nlu": NOTHING, "response": Response(type="query_answer", text="Paris")},
        {"actions": (BROKEN, OK)},
        {"response": Response(text="x" * 200 + " unable to")},
        {"nlu": Nlu(intent="HassTurnOn")},
    ],
)
def test_a_turn_that_shows_no_failure_has_no_trouble(fields):
    assert trouble(turn(**fields)) is None


def test_the_clearer_the_failure_the_stronger():
    codes = ["no_intent_match", "no_valid_targets", "failed_to_handle", "timeout"]
    strengths = [trouble(turn(response=Response(error_code=code))).strength for code in codes]
    assert strengths == sorted(strengths, reverse=True)
    assert strengths[0] > strengths[-1]
    by_words = trouble(turn(response=Response(text="Sorry, I couldn't understand that"))).strength
    assert by_words < strengths[0]


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        (Response(text="Which lamp?"), True),
        (Response(text="Which one", type="question"), True),
        (Response(text="Food", acts=(Hypothesis(intent="request", slots=(Slot("slot", "food"),)),)), True),
        (Response(text="どのランプですか\uff1f"), True),
        (Response(text="Done. Anything else?"), False),
        (Response(text="It is on. Did that help?"), False),
        (Response(text="Done"), False),
        (None, False),
    ],
)
def test_a_question_waits_for_an_answer(response, expected):
    assert asks(turn(response=response)) is expected


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"request": "play some jazz"}, True),
        ({"request": "jazz", "actions": (Action(target="media_player.attic", name="play_media"),)}, True),
        ({"request": "jazz", "actions": (Action(target="media_player.attic", name="play_media", ok=False),)}, False),
        ({"request": "louder", "actions": (Action(target="media_player.attic", name="volume_up"),)}, False),
        ({"request": "jazz", "nlu": Nlu(intent="HassMediaSearchAndPlay")}, True),
        ({"request": "jazz", "nlu": Nlu(intent="HassMediaPause")}, False),
        ({"request": "display the map"}, False),
        ({"request": "play some jazz", "language": "hu"}, False),
    ],
)
def test_what_plays_is_told_from_what_steers_it(fields, expected):
    assert plays(turn(**fields)) is expected
