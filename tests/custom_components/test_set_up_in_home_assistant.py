"""Setting the integration up in a real Home Assistant, and living with it: make test-homeassistant."""

import asyncio
import time

import pytest

from sayagain import Learner
from sayagain.turns import Action, Nlu, Response, Slot, Turn

from .real_home import (
    FLOW,
    OPTIONS,
    SCOPES,
    Service,
    agent,
    entries,
    issues,
    kind,
    own_entities,
    refresh,
    restart,
    run,
    said,
    say,
    set_up,
    states,
    turns,
    until,
)

pytestmark = pytest.mark.homeassistant


def test_settings_are_tried_before_they_are_kept(service):
    async def story(home):
        with Learner(service.db) as learner:
            narrow = Service.add_token(learner, "narrow", "rewrite", "observe", "read")
        flow = await home.post(FLOW, {"handler": "sayagain"})
        for sent, errors in (
            ({"url": "home.local"}, {"url": "invalid_url"}),
            ({"url": "http://127.0.0.1:9"}, {"base": "cannot_connect"}),
            ({"url": service.url}, {"token": "invalid_auth"}),
            ({"url": service.url, "token": "wrong"}, {"token": "invalid_auth"}),
            ({"url": service.url, "token": narrow}, {"token": "missing_scope"}),
        ):
            answer = await home.post(f"{FLOW}/{flow['flow_id']}", sent)
            assert (answer["type"], answer["errors"]) == ("form", errors)
        await home.delete(f"{FLOW}/{flow['flow_id']}")
        async with set_up(home, service):
            again = await home.post(FLOW, {"handler": "sayagain"})
            assert (again["type"], again["reason"]) == ("abort", "single_instance_allowed")
        assert turns(service) == []

    run(story)


def test_a_revoked_token_is_asked_for_again_while_requests_are_answered(service):
    async def story(home):
        async with set_up(home, service) as entry:
            with Learner(service.db) as learner:
                learner.store.revoke_token("homeassistant", at=time.time_ns() // 1_000_000)
                other = Service.add_token(learner, "other", *SCOPES)
            await asyncio.sleep(2.5)
            assert kind(await say(home, "turn on the bed light")) == "action_done"

            async def asked():
                flows = await home.call("config_entries/flow/progress")
                return next((flow["flow_id"] for flow in flows if flow["context"]["source"] == "reauth"), None)

            flow = await until(asked)
            answer = await home.post(f"{FLOW}/{flow}", {"token": "wrong"})
            assert answer["errors"] == {"token": "invalid_auth"}
            answer = await home.post(f"{FLOW}/{flow}", {"token": other})
            assert (answer["type"], answer["reason"]) == ("abort", "reauth_successful")
            assert await entries(home) == [entry]

            async def is_stored():
                await say(home, "turn off the bed light")
                return turns(service)

            assert await until(is_stored)

    run(story)


def test_what_fails_again_and_again_becomes_a_repair_which_goes_with_the_integration(service):
    now = time.time_ns() // 1_000_000
    with Learner(service.db) as learner:
        learner.store.add_turns(garage_door(number, now) for number in range(12))

    async def story(home):
        async with set_up(home, service):
            await refresh(home)
            found = await until(lambda: issues(home))
            assert [(issue["translation_key"], issue["translation_placeholders"]) for issue in found] == [
                (
                    "remedy",
                    {
                        "words": "open the garage door",
                        "times": "4",
                        "remedy": "cover.garage_door did not do what it was told: "
                        "check that it has power and is connected.",
                    },
                )
            ]
            rate = (await states(home))["sensor.sayagain_defect_rate"]
            assert (rate["state"], rate["attributes"]["turns"]) == ("33.3", 12)
        assert await issues(home) == []
        assert await own_entities(home) == []
        assert kind(await home.converse("turn on the bed light")) == "action_done"

    run(story)


def garage_door(number, now):
    """One of many requests; each third one is to open a garage door that does not move."""
    fails = number % 3 == 0
    return Turn(
        turn_id=f"garage-{number}",
        started=now - (20 - number) * 3_600_000,
        request="open the garage door" if fails else "turn on the bed light",
        home="home",
        language="en",
        nlu=Nlu(intent="HassTurnOn", slots=(Slot("name", "Garage Door" if fails else "Bed Light"),)),
        response=Response(type="error", error_code="failed_to_handle") if fails else Response(type="action_done"),
        actions=(Action(target="cover.garage_door" if fails else "light.bed_light", ok=not fails),),
    )


def test_the_agent_behind_it_is_chosen_and_is_never_itself(service):
    async def story(home):
        async with set_up(home, service) as entry:
            flow = await home.post(OPTIONS, {"handler": entry})
            answer = await home.post(f"{OPTIONS}/{flow['flow_id']}", {"agent": await agent(home), "deadline": 500})
            assert answer["errors"] == {"agent": "own_agent"}
            answer = await home.post(f"{OPTIONS}/{flow['flow_id']}", {"agent": "conversation.gone", "deadline": 500})
            assert answer["type"] == "create_entry"

            async def is_answered():
                return kind(await say(home, "turn on the bed light")) == "action_done"

            # Another agent that is gone later must not silence the home.
            await until(is_answered)

    run(story)


def test_home_assistant_restarts(service):
    async def story(home):
        async with set_up(home, service):
            await home.post("/api/services/sayagain/teach", {"phrase": "snooze", "means": "turn off the bed light"})
            await asyncio.to_thread(restart)
            await until(lambda: home.connected)

            async def answers():
                return said(await say(home, "snooze")) == "Turned off the light"

            await until(answers)

    run(story)
