"""Some hundred sentences that people say and that order nothing now, by kind, in words of their own.

Odd sentences were looked at while the cold start was made to leave them alone; even ones were held back until it did.
"""

import asyncio

import pytest

from benchmarks.no_harm_requests import NOT_NOW, read_requests
from sayagain.assistants.homeassistant.agent import Agent, AgentRequest
from sayagain.assistants.homeassistant.area_registry import AreaRegistry
from sayagain.runtime import DO_NOTHING, Decision

SENTENCES = read_requests()


def test_there_are_enough_of_them():
    assert sum(map(len, SENTENCES.values())) >= 300
    assert {*NOT_NOW, "own", "locked"} == set(SENTENCES)


@pytest.mark.parametrize("kind", NOT_NOW)
def test_what_orders_nothing_now_is_not_done(guarded, guarded_oracle, said, kind):
    for words, room in SENTENCES[kind]:
        decision = guarded.decide(said(words, room))
        if decision.changed and decision.text != DO_NOTHING:
            # A question may be put in the words that Home Assistant has for it.
            hypothesis = guarded_oracle.read(decision.text)
            assert hypothesis is not None, (words, decision)
            assert hypothesis.asks, (words, decision)


@pytest.mark.parametrize("kind", ["question", "complaint", "negation"])
def test_what_orders_nothing_is_not_answered_by_a_question_to_act(guarded, guarded_oracle, said, kind):
    for words, room in SENTENCES[kind]:
        decision = guarded.decide(said(words, room))
        asked = guarded_oracle.read(decision.ask) if decision.ask is not None else None
        assert decision.ask is None or (asked is not None and asked.asks), (words, decision)


@pytest.mark.parametrize("kind", ["question", "complaint", "negation"])
def test_home_assistant_does_not_act_on_it_either(guarded, guarded_oracle, said, guarded_home, kind):
    for words, room in SENTENCES[kind]:
        decision = guarded.decide(said(words, room))
        # While a question waits, nothing is passed on.
        hypothesis = guarded_oracle.read(decision.text, guarded_home.room(room)) if decision.ask is None else None
        assert hypothesis is None or hypothesis.asks or not hypothesis.targets, (words, decision, hypothesis)


def test_what_opens_the_house_is_asked_about_each_time(guarded, said):
    for words, room in SENTENCES["locked"]:
        proposal = guarded.propose(said(words, room))
        assert proposal is None or (proposal.asks and proposal.ask_each_time), (words, proposal)


class OwnSentences:
    """A Home Assistant whose user has made a sentence of everything; remembers what was passed on."""

    def __init__(self):
        self.said = []

    async def call(self, _, *, sentences, **__):
        return {"results": [{"match": True, "source": "trigger"} for _ in sentences]}

    async def converse(self, text, **_):
        self.said.append(text)
        return {"response": {"response_type": "action_done", "speech": {}}}


class Leaves:
    def rewrite(self, turn):
        return Decision(heard=turn.heard, text=turn.heard, why="left as it is")

    def observe(self, turn, decision=None): ...


def test_a_sentence_of_the_users_own_is_passed_on_word_for_word(guarded):
    home, agent_said = OwnSentences(), []

    async def story():
        agent = Agent(home, Leaves(), AreaRegistry(), agent_said.append, cold_start=guarded)
        for number, (words, room) in enumerate(SENTENCES["own"]):
            await agent.respond(
                AgentRequest(text=words, language="en", device_id=room, conversation_id=f"own-{number}")
            )

    asyncio.run(story())
    assert home.said == [words for words, _ in SENTENCES["own"]]
