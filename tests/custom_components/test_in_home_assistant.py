"""What is said to the integration in a real Home Assistant: make test-homeassistant, see docs/install.md."""

import contextlib
import signal
from pathlib import Path

import msgspec
import pytest

from sayagain import Learner
from sayagain.errors import ServiceError

from .real_home import (
    DAY,
    FLOW,
    Service,
    given,
    is_on,
    kind,
    logged,
    refresh,
    run,
    said,
    say,
    set_up,
    states,
    turns,
    until,
)

pytestmark = pytest.mark.homeassistant


def test_a_request_is_rewritten_once_it_was_learnt_and_an_own_sentence_never(service, tmp_path_factory):
    """Twenty evenings on which it failed and was said again, among other requests; then the night."""
    sentences = Path(given("CONFIG")) / "custom_sentences" / "en" / "own.yaml"

    async def story(home):
        async with set_up(home, service) as entry:
            others = ("turn on the bed light", "turn on the kitchen lights", "turn off the kitchen lights")
            for evening in range(20):
                assert kind(await say(home, "turn of the bed light", f"evening-{evening}")) == "error"
                assert kind(await say(home, "turn off the bed light", f"evening-{evening}")) == "action_done"
                for text in others:
                    await say(home, text, f"evening-{evening}-{text}")
            read = {turn.heard: turn.understood.key for turn in await logged(service, 100)}
            assert read["turn off the bed light"] == "HassTurnOff|name=Bed Light"
            assert read["turn of the bed light"] == "|"
            learnt = stack.enter_context(Service(tmp_path_factory.mktemp("learnt"), log=a_day_apart(turns(service))))
            await reconfigure(home, entry, learnt)
            await until(lambda: say(home, "turn on the bed light"))

            async def is_rewritten():
                answer = await say(home, "turn of the bed light", "after")
                return (kind(answer), said(answer)) == ("action_done", "Turned off the light")

            await until(is_rewritten)
            assert not await is_on(home, "light.bed_light")
            rewritten = await until(lambda: next((t for t in turns(learnt) if t.applied_rewrite is not None), None))
            assert (rewritten.heard, rewritten.request) == ("turn of the bed light", "turn off the bed light")
            assert (rewritten.applied_rewrite.release, rewritten.home) == (1, "home")

            async def learnt_rewrites():
                await refresh(home)
                state = (await states(home))["sensor.sayagain_learnt_rewrites"]["state"]
                return state.isdigit() and int(state)

            assert await until(learnt_rewrites) == 1
            sentences.parent.mkdir(parents=True, exist_ok=True)
            try:
                sentences.write_text(
                    "language: en\nintents:\n  HassTurnOn:\n    data:\n      - sentences: [turn of the bed light]\n"
                    "        slots: {name: Bed Light}\n"
                )
                await home.post("/api/services/conversation/reload")
                assert said(await say(home, "turn of the bed light", "own")) == "Turned on the light"
                assert await is_on(home, "light.bed_light")
            finally:
                sentences.unlink()
                await home.post("/api/services/conversation/reload")

    with contextlib.ExitStack() as stack:
        run(story)


def a_day_apart(log):
    """The evenings as they come in life: said within a minute, they would all be one session of one person."""
    moved, day = [], -1
    for turn in sorted(log, key=lambda turn: turn.started):
        day += turn.heard == "turn of the bed light"
        moved.append(msgspec.structs.replace(turn, started=turn.started - (20 - day) * DAY))
    return moved


async def reconfigure(home, entry, service):
    flow = await home.post(FLOW, {"handler": "sayagain", "entry_id": entry})
    answer = await home.post(f"{FLOW}/{flow['flow_id']}", {"url": service.url, "token": service.token})
    assert answer["reason"] == "reconfigure_successful", answer


def test_who_spoke_where_and_in_which_language_is_passed_on_and_no_state(service):
    async def story(home):
        devices = {device["name"]: device["id"] for device in await home.call("config/device_registry/list")}
        for name in ("Push", "Bed Light", "Ceiling Lights"):
            await home.call("config/device_registry/update", device_id=devices[name], area_id="bedroom")
        user = (await home.call("auth/current_user"))["id"]
        async with set_up(home, service):
            await say(home, "turn on the lights", device_id=devices["Push"], language="en")
            turn = (await logged(service, 1))[0]
        assert (turn.user_id, turn.device_id, turn.area, turn.language) == (user, devices["Push"], "Bedroom", "en")
        assert (turn.understood.key, turn.context) == ("HassTurnOn|domain=light", None)
        assert {action.target for action in turn.actions} == {"light.bed_light", "light.ceiling_lights"}

    run(story)


def test_people_teach_in_conversation_and_by_actions(service):
    async def story(home):
        async with set_up(home, service):
            asked = await say(home, "when I say snooze, I mean turn off the bed light")
            assert said(asked) == "When you say “snooze”, should I take it as “turn off the bed light”?"
            assert asked["continue_conversation"]
            assert said(await say(home, "yes")).startswith("All right.")
            await say(home, "turn on the bed light")
            assert said(await say(home, "snooze")) == "Turned off the light"
            lesson = {"phrase": "wakey wakey", "means": "turn on the bed light"}
            await home.post("/api/services/sayagain/teach", lesson)
            await say(home, "wakey wakey")
            assert await is_on(home, "light.bed_light")
            answer = await home.post("/api/services/sayagain/feedback?return_response", {"helped": True})
            turn_id = answer["service_response"]["turn_id"]
            forgotten = [
                (await home.post("/api/services/sayagain/forget?return_response", {"phrase": "wakey wakey"}))
                for _ in range(2)
            ]
            assert [each["service_response"] for each in forgotten] == [{"forgotten": True}, {"forgotten": False}]
            assert kind(await say(home, "wakey wakey")) == "error"
            await logged(service, 6)
            with Learner(service.db) as learner:
                turn = learner.store.turn(turn_id)
            assert (turn.heard, turn.feedback[0].kind, turn.feedback[0].value) == ("wakey wakey", "helped", 1.0)
            with pytest.raises(ServiceError, match="400"):
                await home.post("/api/services/sayagain/teach", {"phrase": "lamp on", "means": "Lamp on!"})

    run(story)


def test_what_opens_is_asked_about_and_done_after_a_yes_alone(service):
    async def story(home):
        async with set_up(home, service):
            lesson = {"phrase": "sesame", "means": "open the kitchen window"}
            await home.post("/api/services/sayagain/teach", lesson)
            await home.post("/api/services/cover/close_cover", {"entity_id": "cover.kitchen_window"})
            asked = await say(home, "sesame")
            assert (said(asked), asked["continue_conversation"]) == ("Did you mean: open the kitchen window?", True)
            assert said(await say(home, "no")) == "All right."
            await say(home, "sesame")
            assert kind(await say(home, "turn on the bed light")) == "action_done"
            await say(home, "sesame")
            assert kind(await say(home, "yes")) == "action_done"
            stored = {turn.turn_id: turn for turn in await logged(service, 5)}
            told = [(turn.heard, turn.request, [report.value for report in turn.feedback]) for turn in stored.values()]
            assert sorted(told) == [
                ("no", "no", []),
                ("sesame", "open the kitchen window", [1.0]),
                ("sesame", "sesame", []),
                ("sesame", "sesame", [0.0]),
                ("turn on the bed light", "turn on the bed light", []),
            ]

    run(story)


def test_without_the_service_the_built_in_agent_answers_and_nothing_that_was_said_is_lost(service):
    async def story(home):
        async with set_up(home, service):
            # It hangs: no answer within the deadline.
            service.process.send_signal(signal.SIGSTOP)
            assert kind(await say(home, "turn on the bed light")) == "action_done"
            service.process.send_signal(signal.SIGCONT)
            await logged(service, 1)
            service.__exit__()
            assert kind(await say(home, "turn off the bed light")) == "action_done"
            assert not await is_on(home, "light.bed_light")
            await refresh(home)
            assert (await states(home))["sensor.sayagain_defect_rate"]["state"] == "unavailable"
            service.__enter__()
            assert [turn.heard for turn in await logged(service, 2)][-1] == "turn off the bed light"

    run(story)
