"""Lessons spoken to the agent, with the demo home's own parsers as oracle: the next request does what was taught."""

import asyncio

import pytest

from sayagain import Learner
from sayagain.assistants.front import FailOpen
from sayagain.assistants.homeassistant.agent import Agent, AgentRequest
from sayagain.assistants.homeassistant.area_registry import AreaRegistry

DONE = {"response_type": "action_done", "speech": {"plain": {"speech": "Done"}}, "data": {"success": [], "failed": []}}

LESSONS = [
    ("When I say study mode, turn on the bed light.", "study mode", ["turn on the bed light"]),
    (
        "when i say lights out turn off the bed light and turn off the kitchen lights",
        "lights out please",
        ["turn off the bed light", "turn off the kitchen lights"],
    ),
    ("by news I mean what time is it", "news", ["what time is it"]),
    ("call the bed light my reading light", "turn on my reading light", ["turn on the bed light"]),
    ("whenever we say fresh air please turn on the ceiling fan", "could you fresh air", ["turn on the ceiling fan"]),
    ("turn off the ceiling fan when I say too windy", "too windy", ["turn off the ceiling fan"]),
    ("if I say is it cold, what is the outside temperature", "is it cold", ["what is the outside temperature"]),
]


class Home:
    """Does whatever it is asked, and has no sentences of the user's own."""

    def __init__(self):
        self.asked = []

    async def converse(self, text, **_):
        self.asked.append(text)
        return {"response": DONE, "conversation_id": "x"}

    async def call(self, *_, **__):
        return {"results": [None]}


@pytest.fixture
def learner(cold_start):
    with Learner(":memory:", holdout=0.0) as opened:
        opened.runtime.oracle = cold_start
        yield opened


def say(learner, cold_start, *requests, device="d1"):
    """Say requests to one agent; return what was answered and what Home Assistant was asked."""
    home = Home()

    async def talk():
        # How long the first request takes on a busy machine is no matter here.
        front = FailOpen(learner, deadline=60_000)
        agent = Agent(home, front, AreaRegistry(), learner.observe, cold_start=cold_start)
        answers = []
        for number, words in enumerate(requests):
            request = AgentRequest(text=words, language="en", conversation_id=f"c{number}", device_id=device)
            answers.append((await agent.respond(request)).text)
        return answers

    return asyncio.run(talk()), home.asked


@pytest.mark.parametrize(("lesson", "request_words", "asked"), LESSONS)
def test_a_lesson_spoken_to_the_agent_counts_on_the_next_request(learner, cold_start, lesson, request_words, asked):
    answers, passed_on = say(learner, cold_start, lesson, "yes", request_words)
    assert answers[0].startswith("When you say")
    assert answers[1].startswith("All right.")
    assert passed_on == asked


@pytest.mark.parametrize("means", ["turn on the chicken lights", "fnord the gazebo"])
def test_what_home_assistant_would_not_do_is_not_learnt(learner, cold_start, means):
    answers, passed_on = say(learner, cold_start, f"when I say study mode I mean {means}", "yes")
    assert "do not know how" in answers[0]
    assert learner.taught() == []
    assert passed_on == ["yes"]


def test_the_turns_of_an_exchange_are_logged_and_explained(learner, cold_start):
    say(learner, cold_start, "when I say study mode I mean turn on the bed light", "yes", "study mode")
    turns = {turn.heard: turn for turn in learner.store.turns()}
    lesson, used = turns["when I say study mode I mean turn on the bed light"], turns["study mode"]
    assert lesson.response.text.startswith("When you say")
    assert "It was about lessons, and sayagain answered it itself." in learner.explain(lesson.turn_id).sentences
    last = learner.explain(used.turn_id).sentences[-1]
    assert "you said: “when I say study mode I mean turn on the bed light”" in last


def test_what_opens_the_house_is_asked_about_at_each_use(learner, cold_start):
    lesson = "when I say good evening I mean unlock the front door"
    answers, passed_on = say(learner, cold_start, lesson, "yes", "good evening", "no", "good evening", "yes")
    assert answers[2] == answers[4] == "Did you mean: unlock the front door?"
    assert passed_on == ["unlock the front door"]
