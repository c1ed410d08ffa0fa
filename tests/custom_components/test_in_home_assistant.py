"""The integration in a real Home Assistant with its demo home: make test-homeassistant, see docs/install.md."""

import asyncio
import contextlib
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest

from sayagain import Learner
from sayagain.assistants.homeassistant.api import HomeAssistant
from sayagain.errors import ServiceError
from sayagain.learner.nightly_learning import learn_and_promote
from sayagain.store import Token, new_secret, token_digest
from sayagain.turns import Action, Nlu, Response, Slot, Turn

pytestmark = pytest.mark.homeassistant

INTEGRATION = Path(__file__).parents[2] / "custom_components" / "sayagain"
AGENT = "conversation.sayagain"
FLOW = "/api/config/config_entries/flow"
OPTIONS = "/api/config/config_entries/options/flow"
ENTRY = "/api/config/config_entries/entry"
DAY = 86_400_000
SCOPES = ("rewrite", "observe", "teach", "read")


def given(name):
    value = os.environ.get(f"SAYAGAIN_HOMEASSISTANT_{name}")
    if not value:
        pytest.skip(f"SAYAGAIN_HOMEASSISTANT_{name} is not set; see docs/install.md")
    return value


def client():
    return HomeAssistant(given("URL"), given("TOKEN"))


def restart():
    assert subprocess.run(shlex.split(given("RESTART")), check=False).returncode == 0


@pytest.fixture(scope="module", autouse=True)
def installed():
    """Copy the integration into the configuration of Home Assistant, as HACS does, and remove it at the end."""
    folder = Path(given("CONFIG")) / "custom_components" / "sayagain"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(INTEGRATION, folder, ignore=shutil.ignore_patterns("__pycache__"))
    restart()
    yield
    shutil.rmtree(folder)


class Service:
    """The service in a process of its own, on a port that stays the same."""

    def __init__(self, folder, log=()):
        self.db, self.log = folder / "home.db", folder / "service.log"
        with Learner(self.db) as learner:
            self.token = self.add_token(learner, "homeassistant", *SCOPES)
            learner.store.add_turns(log)
            for user in {turn.user_id for turn in log}:
                learner.store.claim_user(user, "home", known=True)
            if log:
                assert learn_and_promote(learner).startswith("release 1 is in use")
        self.port = 0

    @staticmethod
    def add_token(learner, name, *scopes):
        secret = new_secret()
        learner.store.add_token(
            Token(name=name, digest=token_digest(secret), scopes=scopes, created=0, home="home", users=())
        )
        return secret

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self):
        command = [sys.executable, "-m", "sayagain.cli", "serve", "--db", str(self.db), "--port", str(self.port)]
        with self.log.open("w", encoding="utf-8") as log:
            self.process = subprocess.Popen(command, stderr=log)
        end = time.monotonic() + 60
        while (found := re.search(r'"url":"http://127.0.0.1:(\d+)"', self.log.read_text(encoding="utf-8"))) is None:
            assert time.monotonic() < end, self.log.read_text(encoding="utf-8")
            time.sleep(0.1)
        self.port = int(found[1])
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


@pytest.fixture
def service(tmp_path):
    with Service(tmp_path) as started:
        yield started


def run(story, timeout=280):
    async def bounded():
        async with asyncio.timeout(timeout):
            async with client() as home:
                await story(home)

    asyncio.run(bounded())


async def until(condition, seconds=60):
    """Wait for something that comes by itself."""
    end = time.monotonic() + seconds
    while True:
        with contextlib.suppress(ServiceError):
            found = condition()
            if asyncio.iscoroutine(found):
                found = await found
            if found:
                return found
        assert time.monotonic() < end, "it did not come"
        await asyncio.sleep(0.2)


async def entries(home):
    return [entry["entry_id"] for entry in await home.call("config_entries/get", domain="sayagain")]


async def states(home):
    return {state["entity_id"]: state for state in await home.get("/api/states")}


@contextlib.asynccontextmanager
async def set_up(home, service):
    """Set the integration up as a user does, and remove it at the end."""
    flow = await home.post(FLOW, {"handler": "sayagain"})
    result = await home.post(f"{FLOW}/{flow['flow_id']}", {"url": service.url, "token": service.token})
    assert result["type"] == "create_entry", result
    entry = result["result"]["entry_id"]

    async def is_there():
        return AGENT in await states(home)

    try:
        await until(is_there)
        yield entry
    finally:
        await home.delete(f"{ENTRY}/{entry}")


async def say(home, text, conversation="c", **fields):
    return await home.converse(text, agent_id=AGENT, conversation_id=conversation, **fields)


def kind(answer):
    return answer["response"]["response_type"]


def said(answer):
    return answer["response"]["speech"].get("plain", {}).get("speech", "")


async def is_on(home, entity):
    return (await home.get(f"/api/states/{entity}"))["state"] == "on"


def turns(service):
    with Learner(service.db) as learner:
        return list(learner.store.turns())


async def logged(service, count):
    return await until(lambda: found if len(found := turns(service)) >= count else None)


async def refresh(home):
    await home.post("/api/services/homeassistant/update_entity", {"entity_id": "sensor.sayagain_defect_rate"})


async def issues(home):
    listed = (await home.call("repairs/list_issues"))["issues"]
    return [issue for issue in listed if issue["domain"] == "sayagain"]


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
        assert not [name for name in await states(home) if "sayagain" in name]
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
            answer = await home.post(f"{OPTIONS}/{flow['flow_id']}", {"agent": AGENT, "deadline": 500})
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
