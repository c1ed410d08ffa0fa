import pytest

from sayagain.household.assistant import HouseholdAssistant
from sayagain.household.deeds import Deed, Place
from sayagain.household.home import Satellite, homes
from sayagain.household.meaning import Meaning
from sayagain.household.truth import find_failure_point
from sayagain.household.world import World
from sayagain.turns import Hypothesis, Slot

HOME = homes(2026, 1)[0]
PLACE = Place(HOME, Satellite("satellite.kitchen", "kitchen", screen=False))
LAMP = "light.kitchen_light"
ON = Meaning(
    Deed("turn on", (LAMP,)), Hypothesis(intent="HassTurnOn", slots=(Slot("name", "kitchen light"),)), "light on"
)
BOOK = Meaning(
    Deed("play", ("audiobook.dune",)),
    Hypothesis(intent="HassMediaSearchAndPlay", slots=(Slot("search_query", "dune"),)),
    "audiobook",
)


@pytest.fixture(scope="module")
def assistant():
    return HouseholdAssistant()


def _failure_point(assistant, said, heard, meaning, *, outages=frozenset(), passed_on=None):
    text = passed_on or heard
    execution = assistant.answer(text, PLACE, World(HOME), 0, outages=outages)
    return find_failure_point(
        said, heard, execution, meaning, PLACE, assistant.understanding, outages, rewritten=passed_on is not None
    )


@pytest.mark.parametrize(
    ("said", "heard", "meaning", "outages", "point"),
    [
        ("turn on the kitchen light", "turn on the kitchen light", ON, (), "correct"),
        # A slip that understanding recovers from is none.
        ("turn on the kitchen light", "turn on my kitchen light", ON, (), "correct"),
        ("turn on the kitchen light", "turn on the chicken light", ON, (), "asr"),
        ("turn on the kitchen light", "turn off the kitchen light", ON, (), "asr"),
        ("give me light in here", "give me light in here", ON, (), "nlu"),
        # Misheard, but what was said would not have been understood either.
        ("give me light in here", "give me white in here", ON, (), "nlu"),
        ("play dune", "play dune", BOOK, (), "entity resolution"),
        ("play dune", "play june", BOOK, (), "entity resolution"),
        ("turn on the kitchen light", "turn on the kitchen light", ON, (LAMP,), "result"),
        # Nobody could: not the assistant's fault.
        ("make me a sandwich", "make me a sandwich", Meaning(None, None, "impossible"), (), "correct"),
    ],
)
def test_the_first_true_output_that_helps_names_the_failure(assistant, said, heard, meaning, outages, point):
    assert _failure_point(assistant, said, heard, meaning, outages=frozenset(outages)) == (point, None)


def test_a_rewrite_that_repairs_is_right_and_was_not_without(assistant):
    judgement = _failure_point(assistant, "play dune", "play dune", BOOK, passed_on="play the audiobook dune")
    assert judgement == ("correct", False)


def test_a_rewrite_that_spoils_is_blamed(assistant):
    judgement = _failure_point(
        assistant, "turn on the kitchen light", "turn on the kitchen light", ON, passed_on="turn off the kitchen light"
    )
    assert judgement == ("rewriting", True)
