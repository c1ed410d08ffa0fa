"""Through a real Home Assistant with its demo home: make test-homeassistant, see docs/assistants/homeassistant.md."""

import asyncio
import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sayagain import Learner
from sayagain.assistants.homeassistant.api import BUILT_IN, HomeAssistant
from sayagain.assistants.homeassistant.attachment import Attachment, AttachmentOptions
from sayagain.assistants.homeassistant.custom_sentences import custom_sentences
from sayagain.assistants.homeassistant.publish import add_alias, publish
from sayagain.labels import Example
from sayagain.turns import Hypothesis, Slot

pytestmark = pytest.mark.homeassistant

ROOMS = {"Bed Light": "bedroom", "Ceiling Lights": "bedroom", "Kitchen Lights": "kitchen", "Push": "bedroom"}
"""Which demo devices stand where; the push button is what is spoken to."""


PORT = 10_597
"""One for all, so that Home Assistant's entry leads to whichever is attached."""


def given(name):
    value = os.environ.get(f"SAYAGAIN_HOMEASSISTANT_{name}")
    if not value:
        pytest.fail(f"SAYAGAIN_HOMEASSISTANT_{name} is not set; see docs/assistants/homeassistant.md")
    return value


def optional(name, why):
    value = os.environ.get(f"SAYAGAIN_HOMEASSISTANT_{name}")
    if not value:
        pytest.skip(f"SAYAGAIN_HOMEASSISTANT_{name} is not set: {why}")
    return value


def wanted(folder, **more):
    return AttachmentOptions(
        url=given("URL"), token=given("TOKEN"), spool=f"{folder}/home.db-homeassistant", port=PORT, **more
    )


def run(story, timeout=280):
    async def bounded():
        async with asyncio.timeout(timeout):
            await story()

    asyncio.run(bounded())


async def until(condition, seconds=60):
    """Wait for something that comes by itself."""
    end = time.monotonic() + seconds
    while True:
        found = condition()
        if asyncio.iscoroutine(found):
            found = await found
        if found:
            return found
        assert time.monotonic() < end, "it did not come"
        await asyncio.sleep(0.2)


async def placed(home):
    """Put the demo devices into their rooms, and return what is spoken to in the bedroom."""
    devices = {device["name"]: device["id"] for device in await home.call("config/device_registry/list")}
    for name, area in ROOMS.items():
        await home.call("config/device_registry/update", device_id=devices[name], area_id=area)
    return devices["Push"]


async def on(home, *lights):
    return {light for light in lights if (await home.get(f"/api/states/{light}"))["state"] == "on"}


async def all_off(home):
    await home.post("/api/services/light/turn_off", {"entity_id": "all"})


def kind(answer):
    return answer["response"]["response_type"]


def said(answer):
    return answer["response"]["speech"].get("plain", {}).get("speech", "")


def turns(learner):
    return list(learner.store.turns())


def client():
    return HomeAssistant(given("URL"), given("TOKEN"))


def test_it_adds_itself_once(tmp_path):
    async def story():
        with Learner(tmp_path / "home.db") as learner:
            async with client() as home:
                for _ in range(2):
                    async with Attachment(wanted(tmp_path), learner) as attachment:
                        listed = (await home.call("conversation/agent/list"))["agents"]
                        assert [entity["id"] for entity in listed].count(attachment.agent) == 1
                        entries = await home.call("config_entries/get", domain="wyoming")
                        assert [entry["title"] for entry in entries].count("sayagain") == 1

    run(story)


def test_the_first_wording_works_after_a_night(tmp_path):
    """Twenty evenings on which it failed and was said again, among other requests; then the night."""

    async def story():
        sentences = []
        with Learner(tmp_path / "home.db") as learner:
            async with (
                client() as home,
                Attachment(wanted(tmp_path), learner, learner=learner, report=sentences.append) as attachment,
            ):
                others = ("turn on the bed light", "turn on the kitchen lights", "turn off the kitchen lights")
                for evening in range(20):
                    conversation = f"evening-{evening}"
                    failed = await home.converse(
                        "turn of the bed light", agent_id=attachment.agent, conversation_id=conversation
                    )
                    assert kind(failed) == "error"
                    again = await home.converse(
                        "turn off the bed light", agent_id=attachment.agent, conversation_id=conversation
                    )
                    assert kind(again) == "action_done"
                    for text in others:
                        await home.converse(text, agent_id=attachment.agent, conversation_id=f"{conversation}-{text}")
                await until(lambda: len(turns(learner)) == 100)
                read = {turn.heard: turn.understood.key for turn in turns(learner)}
                assert read["turn off the bed light"] == "HassTurnOff|name=Bed Light"
                assert read["turn of the bed light"] == "|"
                await attachment.learn_overnight()
                assert "release 1 is in use" in sentences[-1], sentences
                await home.converse("turn on the bed light", conversation_id="before")
                answer = await home.converse(
                    "turn of the bed light", agent_id=attachment.agent, conversation_id="after"
                )
                assert (kind(answer), said(answer)) == ("action_done", "Turned off the light")
                assert await on(home, "light.bed_light") == set()
                await until(lambda: len(turns(learner)) == 101)
                rewritten = turns(learner)[-1]
                assert (rewritten.heard, rewritten.request) == ("turn of the bed light", "turn off the bed light")
                assert rewritten.applied_rewrite.release == 1

    run(story)


@pytest.mark.parametrize("mode", ["forward", "resolve"])
def test_a_request_from_the_bedroom_stays_in_the_bedroom(tmp_path, mode):
    async def story():
        with Learner(tmp_path / "home.db") as learner:
            async with client() as home:
                device = await placed(home)
                async with Attachment(wanted(tmp_path, mode=mode), learner) as attachment:
                    await all_off(home)
                    answer = await home.converse("turn on the lights", agent_id=attachment.agent, device_id=device)
                    assert kind(answer) == "action_done"
                    lit = await on(home, "light.bed_light", "light.ceiling_lights", "light.kitchen_lights")
                    assert lit == {"light.bed_light", "light.ceiling_lights"}
                    # A name is a place of its own, wherever it is said.
                    await home.converse("turn on the kitchen lights", agent_id=attachment.agent, device_id=device)
                    assert await on(home, "light.kitchen_lights")
                    await until(lambda: len(turns(learner)) == 2)
                    first = turns(learner)[0]
                    assert (first.area, first.device_id) == ("Bedroom", device)
                    assert first.understood.key == "HassTurnOn|domain=light"

    run(story)


def test_it_and_them_are_known_in_the_same_conversation(tmp_path):
    async def story():
        with Learner(tmp_path / "home.db") as learner:
            async with client() as home, Attachment(wanted(tmp_path), learner) as attachment:
                await all_off(home)
                await home.converse("turn on the bed light", agent_id=attachment.agent, conversation_id="it")
                answer = await home.converse("turn it off", agent_id=attachment.agent, conversation_id="it")
                assert kind(answer) == "action_done"
                assert await on(home, "light.bed_light") == set()

    run(story)


def test_a_pipeline_run_tells_its_stages(tmp_path):
    async def story():
        with Learner(tmp_path / "home.db") as learner:
            async with client() as home:
                device = await placed(home)
                async with Attachment(wanted(tmp_path), learner) as attachment:
                    new_pipeline = await home.call(
                        "assist_pipeline/pipeline/create", **pipeline("Test", attachment.agent)
                    )
                    try:
                        for text in ("turn on the bed light", "kill the lights"):
                            await home.subscribe(
                                "assist_pipeline/run",
                                lambda _: None,
                                start_stage="intent",
                                end_stage="intent",
                                input={"text": text},
                                pipeline=new_pipeline["id"],
                                device_id=device,
                            )
                        logged_turns = await until(lambda: turns(learner) if len(turns(learner)) == 2 else None)
                    finally:
                        await home.call("assist_pipeline/pipeline/delete", pipeline_id=new_pipeline["id"])
                    assert [turn.understood.key for turn in logged_turns] == ["HassTurnOn|name=Bed Light", "|"]
                    assert [turn.response.error_code for turn in logged_turns] == [None, "no_intent_match"]
                    assert {turn.area for turn in logged_turns} == {"Bedroom"}
                    assert [action.target for action in logged_turns[0].actions] == ["light.bed_light"]

    run(story)


def pipeline(name, agent):
    nothing = dict.fromkeys(
        ("stt_engine", "stt_language", "tts_engine", "tts_language", "tts_voice", "wake_word_entity", "wake_word_id")
    )
    languages = {"language": "en", "conversation_language": "en"}
    return {"name": name, "conversation_engine": agent, "prefer_local_intents": False, **languages, **nothing}


def test_a_custom_sentence_is_understood_and_a_bad_one_taken_back():
    folder = Path(optional("CONFIG", "the folder of configuration is not known"))
    off = Hypothesis(intent="HassTurnOff", slots=(Slot("name", "Bed Light"),))
    example = Example(text="good night dear bed lamp", hypothesis=off, works="turn off the bed light", probability=0.9)

    async def story():
        async with client() as home:
            files = custom_sentences([example])
            written = folder / next(iter(files))
            try:
                assert kind(await home.converse(example.text)) == "error"
                assert (await publish(home, files, folder)).understood == (example.text,)
                await home.converse("turn on the bed light")
                assert kind(await home.converse(example.text)) == "action_done"
                assert await on(home, "light.bed_light") == set()
                for wrong in (b"- '[good night'  #", b"- [good night"):
                    bad = {
                        name: content.replace(f"- {example.text}".encode(), wrong) for name, content in files.items()
                    }
                    assert (await publish(home, bad, folder)).failure is not None
                    assert written.read_bytes() == next(iter(files.values()))
                assert kind(await home.converse(example.text)) == "action_done"
            finally:
                written.unlink(missing_ok=True)
                await home.post("/api/services/conversation/reload")

    run(story)


def test_another_name_is_understood_at_once():
    async def story():
        async with client() as home:
            before = (await home.call("config/entity_registry/get", entity_id="light.bed_light"))["aliases"]
            try:
                assert await add_alias(home, "light.bed_light", {"snooze lamp"}) == ("snooze lamp",)
                assert await add_alias(home, "light.bed_light", {"Snooze Lamp"}) == ()
                for name in ("snooze lamp", "bed light"):
                    assert kind(await home.converse(f"turn on the {name}")) == "action_done"
            finally:
                await home.call("config/entity_registry/update", entity_id="light.bed_light", aliases=before)

    run(story)


def test_home_assistant_restarts_in_the_middle(tmp_path):
    command = optional("RESTART", "nothing says how to restart it")

    async def story():
        with Learner(tmp_path / "home.db") as learner:
            async with client() as home, Attachment(wanted(tmp_path), learner) as attachment:
                await home.converse("turn on the bed light", agent_id=attachment.agent, conversation_id="before")
                done = await asyncio.to_thread(subprocess.run, shlex.split(command), check=False)
                assert done.returncode == 0
                await until(lambda: home.connected)

                async def answered():
                    response = (await home.converse("turn off the bed light", agent_id=attachment.agent))["response"]
                    return response["response_type"] == "action_done"

                await until(answered)
                await until(lambda: {"turn on the bed light", "turn off the bed light"} <= heard(learner))
                ids = [turn.turn_id for turn in turns(learner)]
                assert len(ids) == len(set(ids))

    def heard(learner):
        return {turn.heard for turn in turns(learner)}

    run(story)


class Attached:
    """The command in a process of its own, up to the line that says so."""

    def __init__(self, database):
        arguments = ["--db", str(database), "--url", given("URL"), "--port", str(PORT)]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "sayagain.cli", "attach", "homeassistant", *arguments],
            env={**os.environ, "SAYAGAIN_HOMEASSISTANT_TOKEN": given("TOKEN")},
            stderr=subprocess.PIPE,
            text=True,
        )

    async def __aenter__(self):
        sentences = []

        def wait():
            for line in self.process.stderr:
                sentences.append(line)
                if line.startswith("connected"):
                    return True
            return False

        if not await asyncio.to_thread(wait):
            await self.__aexit__()
            pytest.fail("".join(sentences))
        return self.process

    async def __aexit__(self, *_):
        self.process.kill()
        await asyncio.to_thread(self.process.wait)
        self.process.stderr.close()


def test_killed_in_the_middle_nothing_that_was_answered_is_lost(tmp_path):
    """Home Assistant says its own error meanwhile, and its own agent goes on."""
    database, agent = tmp_path / "home.db", "conversation.sayagain"

    async def story():
        async with client() as home:
            async with Attached(database) as process:
                for number in range(5):
                    answer = await home.converse(
                        "turn on the bed light", agent_id=agent, conversation_id=f"kill-{number}"
                    )
                    assert kind(answer) == "action_done"
                process.kill()
            assert kind(await home.converse("turn on the bed light", agent_id=agent)) == "error"
            assert kind(await home.converse("turn on the bed light", agent_id=BUILT_IN)) == "action_done"
            async with Attached(database) as process:
                answer = await home.converse("turn off the bed light", agent_id=agent, conversation_id="kill-after")
                assert kind(answer) == "action_done"
                with Learner(database) as learner:
                    logged_turns = await until(lambda: turns(learner) if len(turns(learner)) >= 6 else None)
                conversations = [turn.conversation_id for turn in logged_turns]
                assert sorted(conversations) == ["kill-0", "kill-1", "kill-2", "kill-3", "kill-4", "kill-after"]
                process.send_signal(signal.SIGINT)
                assert await asyncio.to_thread(process.wait) == 0

    run(story)
