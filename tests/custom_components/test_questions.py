import asyncio
from types import SimpleNamespace

import pytest


@pytest.fixture
def asked(integration):
    """Questions, and those that nobody answered."""
    module, unanswered = integration("questions"), []
    return SimpleNamespace(make=lambda lifetime: module.Questions(unanswered.append, lifetime), unanswered=unanswered)


def test_the_next_request_at_the_same_place_takes_the_question_once(asked):
    async def story():
        questions = asked.make(60)
        questions.ask("kitchen", "lamp?")
        assert questions.take("den") is None
        assert questions.take("kitchen") == "lamp?"
        assert questions.take("kitchen") is None

    asyncio.run(story())
    assert asked.unanswered == []


def test_a_question_that_is_not_answered_is_told_once(asked):
    async def story():
        questions = asked.make(0.01)
        questions.ask("kitchen", "first?")
        questions.ask("kitchen", "second?")
        questions.ask("den", "third?")
        assert asked.unanswered == ["first?"]
        questions.drop_all()
        assert asked.unanswered == ["first?", "second?", "third?"]
        questions.ask("hall", "fourth?")
        async with asyncio.timeout(10):
            while len(asked.unanswered) < 4:  # noqa: ASYNC110  (a list tells nobody)
                await asyncio.sleep(0.01)
        assert questions.take("hall") is None

    asyncio.run(story())
