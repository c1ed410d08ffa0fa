"""The words of a person's next utterance."""

import msgspec
import pytest

from sayagain.household.assistant import HouseholdAssistant
from sayagain.household.deeds import Deed, Place
from sayagain.household.home import homes
from sayagain.household.meaning import Meaning
from sayagain.household.people import draw_people
from sayagain.household.phrases import REPLIES
from sayagain.household.random_draws import RandomDraws
from sayagain.household.utterances import Pursuit, Utterance, choose_reply, first_utterance, next_utterance
from sayagain.household.wants import Want
from sayagain.household.world import World

HOME = homes(2026, 1)[0]
PERSON = msgspec.structs.replace(draw_people(2026, HOME)[0], steadiness=0.8)
LAMP = Want("light on", 1.0, wordings=("kitchen light on", "put the kitchen light on"), target="light.kitchen_light")
LAMP_MEANING = Meaning(Deed("turn on", ("light.kitchen_light",)), None, "light on")


class Everything:
    """A recording of every request."""

    def __contains__(self, request):
        return True


def retry(reaction, meaning, request, *, want=LAMP, tried=(), requests=None):
    execution = HouseholdAssistant().answer(request, Place(HOME, HOME.satellites[0]), World(HOME), 0)
    pursuit = Pursuit(want, meaning, want.wordings, {request, *tried})
    last = Utterance(request, careful=False, draws=(0.5, 0.5))
    recorded = Everything() if requests is None else requests
    return next_utterance(
        reaction, pursuit, last, execution, home=HOME, person=PERSON, requests=recorded, rng=RandomDraws(1)
    )


@pytest.mark.parametrize(("draw", "index"), [(0.0, 0), (0.79, 0), (0.81, 1), (0.999, 2)])
def test_a_person_mostly_begins_with_the_favourite(draw, index):
    assert first_utterance(("a", "b", "c"), PERSON, draw, (0.1, 0.2)) == Utterance(
        "abc"[index], careful=False, draws=(0.1, 0.2)
    )


def test_a_person_with_one_wording_always_uses_it():
    assert first_utterance(("a",), PERSON, 0.99, (0.1, 0.2)).text == "a"


def test_a_repeat_has_the_same_words_and_one_for_fun_is_not_careful():
    assert retry("repeat", LAMP_MEANING, LAMP.wordings[0]).text == LAMP.wordings[0]
    assert retry("again", LAMP_MEANING, LAMP.wordings[0]).careful is False


def test_a_rephrase_has_new_words_as_long_as_there_are_any():
    assert retry("rephrase", LAMP_MEANING, LAMP.wordings[0]).text == LAMP.wordings[1]
    assert retry("rephrase", LAMP_MEANING, LAMP.wordings[0], tried=LAMP.wordings).text == LAMP.wordings[0]
    assert retry("rephrase", LAMP_MEANING, LAMP.wordings[0], requests=LAMP.wordings[:1]).text == LAMP.wordings[0]


def test_a_correction_names_the_device():
    assert retry("correct", LAMP_MEANING, "turn off the lights").text == "no the kitchen light"


def test_a_correction_names_the_kind_where_only_the_kind_was_wrong():
    film = Want("film", 1.0, wordings=("play dune",), target="audiobook.harry_potter")
    meaning = Meaning(Deed("play", ("audiobook.harry_potter",)), None, "audiobook")
    assert retry("correct", meaning, "play harry potter", want=film).text == "i meant the audiobook"
    assert retry("correct", meaning, "play dune", want=film).text == "no i meant harry potter"


def test_a_lesson_names_the_private_word_and_the_device():
    want = Want("nickname on", 1.0, wordings=("switch on the big light",), target="light.kitchen_light")
    text, meaning = choose_reply("teach", want, HOME, RandomDraws(1))
    assert text == "when i say big light i mean kitchen light"
    assert meaning.kind == "teach"


@pytest.mark.parametrize(("reaction", "key"), [("thank", "thanks"), ("give up", "give up"), ("undo", "undo")])
def test_replies_are_drawn_from_their_list_and_never_stop_what_plays(reaction, key):
    rng = RandomDraws(1)
    texts = {choose_reply(reaction, LAMP, HOME, rng)[0] for _ in range(200)}
    assert texts == set(REPLIES[key]) - {"stop"}
