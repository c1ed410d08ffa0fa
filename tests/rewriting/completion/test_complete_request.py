import pytest

from sayagain.rewriting.completion.complete_request import complete_request
from sayagain.turns import Response, Turn


def session(*said):
    """Turns of a session, each a request and what was answered."""
    return [
        Turn(turn_id=str(n), started=n * 1000, request=request, response=Response(text=answer))
        for n, (request, answer) in enumerate(said)
    ]


def completions(request, history, **fields):
    return complete_request(Turn(turn_id="now", started=60_000, request=request, **fields), history)


@pytest.mark.parametrize(
    ("said", "answered", "request_", "meant"),
    [
        ("is there a call from Lola", "Yes, one call from Lola", "call her back", "call lola back"),
        ("call mom", "Calling mom", "text her I am late", "text mom i am late"),
        ("who is calling", "It is Shawn", "tell him I am driving", "tell shawn i am driving"),
        ("who is calling", "Martha and Mike", "tell them I am driving", "tell martha and mike i am driving"),
    ],
)
def test_a_pronoun_is_completed_by_who_was_spoken_of(said, answered, request_, meant):
    assert completions(request_, session((said, answered)))[0].text == meant


def test_what_works_is_among_the_completions_of_a_thing():
    texts = [c.text for c in completions("turn it off", session(("turn on the kitchen light", "Turned it on")))]
    assert "turn the kitchen light off" in texts


def test_each_completion_says_what_stands_for_what():
    first = completions("call her back", session(("is there a call from Lola", "Yes")))[0]
    assert first.explanation == "“her” stands for “lola”"


@pytest.mark.parametrize("request_", ["turn off the bedroom light", "what is the weather in berlin", "", "\ud800 é ,"])
def test_a_request_that_is_complete_is_left_alone(request_):
    assert not completions(request_, session(("turn on the kitchen light", "Turned it on")))


def test_without_a_session_nothing_is_completed():
    assert not completions("call her back", [])


def test_in_a_language_that_nobody_taught_nothing_is_completed():
    history = session(("is there a call from Lola", "Yes, one call from Lola"))
    assert not completions("call her back", history, language="de")
    assert not completions("call her back", history, language="xx")


def test_a_part_of_a_completion_is_within_it():
    made = {c.text: c for c in completions("add it to my list", session(("play Imagine by Lennon", "Playing it")))}
    whole, part = made["add imagine by lennon to my list"], made["add imagine to my list"]
    assert part.is_within(whole)
    assert not whole.is_within(part)
    assert not whole.is_within(whole)


def test_a_room_is_not_taken_out_of_the_name_of_a_thing():
    texts = [c.text for c in completions("turn it off", session(("turn on the kitchen light", "Turned it on")))]
    assert "turn the kitchen off" not in texts
