import asyncio
from contextlib import suppress

import pytest


@pytest.fixture
def client(integration):
    return integration("client")


@pytest.fixture
def module(integration, monkeypatch):
    queue = integration("turn_queue")
    monkeypatch.setattr(queue, "_FIRST_PAUSE", 0.001)
    return queue


def turns(count):
    return [{"turn_id": f"t{number}"} for number in range(count)]


def run(queue, until):
    async def story():
        task = asyncio.create_task(queue.run())
        async with asyncio.timeout(20):
            while not until():  # noqa: ASYNC110  (what is waited for knows nothing of events)
                await asyncio.sleep(0.001)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    asyncio.run(story())


def test_turns_are_sent_again_until_they_are_stored_in_order(module, client):
    stored, attempts = [], []

    async def send(batch):
        attempts.append(len(batch))
        if len(attempts) < 4:
            raise client.ServiceError("away")
        stored.extend(batch)

    queue = module.TurnQueue(send)
    for turn in turns(120):
        queue.add(turn)
    run(queue, lambda: not len(queue))
    assert stored == turns(120)


def test_a_turn_that_is_refused_for_good_does_not_hold_up_the_others(module, client):
    stored = []

    async def send(batch):
        if {"turn_id": "t1"} in batch:
            raise client.RequestRefused("no turn")
        stored.extend(batch)

    queue = module.TurnQueue(send)
    for turn in turns(5):
        queue.add(turn)
    run(queue, lambda: not len(queue))
    assert stored == [turn for turn in turns(5) if turn["turn_id"] != "t1"]


def test_a_token_that_is_refused_is_told_and_the_turns_wait(module, client):
    told = []

    async def send(_):
        if not told:
            raise client.TokenRefused("revoked")

    queue = module.TurnQueue(send, refused=lambda: told.append(True))
    queue.add({"turn_id": "t"})
    run(queue, lambda: not len(queue))
    assert told == [True]


def test_the_oldest_is_dropped_where_too_many_wait(module):
    async def send(_):
        raise AssertionError

    queue = module.TurnQueue(send)
    for turn in turns(1_003):
        queue.add(turn)
    assert (len(queue), queue._waiting[0]) == (1_000, {"turn_id": "t3"})


def test_at_the_end_it_sends_what_it_can(module):
    async def stores(_):
        pass

    async def hangs(_):
        await asyncio.sleep(60)

    for send, left in ((stores, 0), (hangs, 2)):
        queue = module.TurnQueue(send)
        for turn in turns(2):
            queue.add(turn)
        asyncio.run(queue.flush(0.05))
        assert len(queue) == left
