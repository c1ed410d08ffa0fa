from sayagain.assistants.homeassistant.confirmations import Confirmations
from sayagain.runtime import Decision
from sayagain.turns import Turn


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
