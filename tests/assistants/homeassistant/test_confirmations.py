import pytest

from sayagain.assistants.homeassistant.confirmations import Confirmations, reply
from sayagain.runtime import Decision
from sayagain.turns import Turn

YES = [
    "yes",
    "Yes!",
    "yes please",
    "yeah",
    "oh yes",
    "yes yes",
    "okay",
    "do it",
    "yes do it",
    "that's right",
    "ja",
    "oui",
]
NO = ["no", "No.", "nope", "no thanks", "never mind", "cancel", "no no no", "no stop", "nein", "no thank you"]
OTHER = ["", "turn on the lamp", "no the kitchen lights", "yes and the kitchen", "what", "noon", "yesterday"]


@pytest.mark.parametrize(
    ("text", "said"), [(t, "yes") for t in YES] + [(t, "no") for t in NO] + [(t, None) for t in OTHER]
)
def test_replies(text, said):
    assert reply(text) == said


@pytest.mark.parametrize(
    ("text", "language", "said"),
    [
        ("nein danke", "de", "no"),
        ("ja gerne", "de-AT", "yes"),
        ("d'accord", "fr", "yes"),
        ("va bene", "it", "yes"),
        ("да", "ru", "yes"),
        ("нет", "ru", "no"),
        ("evet", "tr", "yes"),
        ("igen", "hu", "yes"),
        ("nem", None, "no"),
        ("no dobrze", "pl", "yes"),
        ("no", "pl", "yes"),
        ("no", None, "no"),
        ("ano", "cs", "yes"),
        ("oui", "en", "yes"),
        ("da", "de", None),
        ("nein die küche", "de", None),
    ],
)
def test_replies_are_those_of_the_language(text, language, said):
    assert reply(text, language) == said


def asked(words="turn off the bed light"):
    turn = Turn(turn_id="t", started=0, request="bed lite off")
    return turn, Decision(heard=turn.request, text=turn.request, why="", ask=words)


def test_a_question_is_remembered_where_it_was_asked_and_once():
    questions = Confirmations()
    questions.ask("kitchen", *asked())
    assert questions.take("bedroom") is None
    assert questions.take("kitchen").decision.ask == "turn off the bed light"
    assert questions.take("kitchen") is None


def test_a_newer_question_takes_the_place_of_an_older():
    questions = Confirmations()
    questions.ask("kitchen", *asked("one"))
    questions.ask("kitchen", *asked("two"))
    assert questions.take("kitchen").decision.ask == "two"


def test_a_question_waits_a_minute():
    now = [0]
    questions = Confirmations(clock=lambda: now[0])
    for later, there in ((59_999, True), (60_000, False)):
        now[0] = 0
        questions.ask("kitchen", *asked())
        now[0] = later
        assert (questions.take("kitchen") is not None) == there


def test_what_was_forgotten_takes_no_room():
    now = [0]
    questions = Confirmations(clock=lambda: now[0])
    for number in range(100):
        now[0] = number * 60_000
        questions.ask(f"conversation {number}", *asked())
    assert len(questions._confirmations) == 1
