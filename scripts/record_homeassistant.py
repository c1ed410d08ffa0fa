"""Record what the observer hears of a real Home Assistant, into the log that the tests read.

    python scripts/record_homeassistant.py URL TOKEN

Home Assistant must be one with the demo home, and nothing else: its devices are given rooms, and it is given a voice
device without hardware (recogniser, voice, wake word and satellite, all in this process), a pipeline and our agent.
What is said is scripted: a wake word and a request, one that fails, one said into the answer, one to no words at all,
one that is answered by a question and its yes, and some that are typed. Needs espeak-ng.
"""

import argparse
import asyncio
import json
import tempfile
from pathlib import Path

import msgspec
from wyoming.asr import Transcript
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.event import Event as WyomingEvent
from wyoming.info import (
    AsrModel,
    AsrProgram,
    Attribution,
    Describe,
    Info,
    Satellite,
    TtsProgram,
    TtsVoice,
    WakeModel,
    WakeProgram,
)
from wyoming.ping import Ping, Pong
from wyoming.pipeline import PipelineStage, RunPipeline
from wyoming.satellite import RunSatellite
from wyoming.server import AsyncEventHandler, AsyncTcpServer
from wyoming.snd import Played
from wyoming.tts import Synthesize
from wyoming.wake import Detection

from sayagain.assistants.homeassistant.api import HomeAssistant
from sayagain.assistants.homeassistant.attachment import Attachment, AttachmentOptions
from sayagain.assistants.homeassistant.observer.events import DevicesEvent, Event
from sayagain.household.speech.audio import RATE, from_pcm, level_db, to_pcm
from sayagain.household.speech.voices import speak
from sayagain.runtime import Decision
from sayagain.turns import Turn

HERE = Path(__file__).resolve().parent
LOG = HERE.parent / "tests" / "contracts" / "assistants" / "homeassistant.jsonl"
HOST = "127.0.0.1"
HEARS, SPEAKS, WAKES, STANDS = 10_701, 10_702, 10_703, 10_704
ROOMS = {"Bed Light": "bedroom", "Ceiling Lights": "bedroom", "Kitchen Lights": "kitchen", "Push": "bedroom"}

ABOUT = {
    "attribution": Attribution(name="sayagain", url="https://pypi.org/project/sayagain/"),
    "installed": True,
    "description": "stands in",
    "version": "1",
}


class Desk:
    """What the stand-ins share."""

    script: list[str] = []  # noqa: RUF012  (one for all of them)
    satellite: "Standing | None" = None
    ready = asyncio.Event()


class Hearing(AsyncEventHandler):
    """A recogniser that hears what the script says."""

    async def handle_event(self, event: WyomingEvent) -> bool:
        """Answer."""
        if Describe.is_type(event.type):
            model = AsrModel(name="stand-in", languages=["en"], **ABOUT)
            await self.write_event(Info(asr=[AsrProgram(name="hearing", models=[model], **ABOUT)]).event())
        elif AudioStop.is_type(event.type):
            said = Transcript(Desk.script.pop(0) if Desk.script else "").event()
            if said.data["text"]:
                said.data["nbest"] = [{"text": said.data["text"], "confidence": 0.9}]
            await self.write_event(said)
        return True


class Speaking(AsyncEventHandler):
    """A voice that is silent for as long as the words would take."""

    async def handle_event(self, event: WyomingEvent) -> bool:
        """Answer."""
        if Describe.is_type(event.type):
            voice = TtsVoice(name="silence", languages=["en"], **ABOUT)
            await self.write_event(Info(tts=[TtsProgram(name="speaking", voices=[voice], **ABOUT)]).event())
        elif Synthesize.is_type(event.type):
            samples = int(22_050 * 0.06 * len(Synthesize.from_event(event).text))
            await self.write_event(AudioStart(rate=22_050, width=2, channels=1).event())
            await self.write_event(AudioChunk(rate=22_050, width=2, channels=1, audio=bytes(2 * samples)).event())
            await self.write_event(AudioStop().event())
        return True


class Waking(AsyncEventHandler):
    """A wake word that is heard in anything loud."""

    async def handle_event(self, event: WyomingEvent) -> bool:
        """Answer."""
        if Describe.is_type(event.type):
            model = WakeModel(name="hey_say", languages=["en"], phrase="hey say", **ABOUT)
            await self.write_event(Info(wake=[WakeProgram(name="waking", models=[model], **ABOUT)]).event())
        elif AudioChunk.is_type(event.type) and level_db(from_pcm(event.payload or b"")) > -30:
            await self.write_event(Detection(name="hey_say").event())
            return False
        return True


class Standing(AsyncEventHandler):
    """A satellite that is told what to say."""

    played = 0.0
    number = 0

    async def handle_event(self, event: WyomingEvent) -> bool:
        """Answer."""
        if Describe.is_type(event.type):
            satellite = Satellite(
                name="Bedroom satellite", area="Bedroom", has_vad=False, supports_trigger=True, **ABOUT
            )
            await self.write_event(Info(satellite=satellite).event())
        elif Ping.is_type(event.type):
            await self.write_event(Pong(text=Ping.from_event(event).text).event())
        elif RunSatellite.is_type(event.type):
            Desk.satellite = self
            Desk.ready.set()
        elif AudioStart.is_type(event.type):
            self.played = 0.0
        elif AudioChunk.is_type(event.type):
            self.played += len(event.payload or b"") / 2 / 22_050
        elif AudioStop.is_type(event.type):
            self.sounding = asyncio.create_task(self.sound(self.played, self.number))
        return True

    async def sound(self, seconds: float, number: int) -> None:
        """Play an answer, unless something is said into it."""
        await asyncio.sleep(seconds)
        if number == self.number:
            await self.write_event(Played().event())

    async def say(self, heard: str, *, wake: bool = False) -> None:
        """Speak; `heard` is what the recogniser makes of it."""
        self.number += 1
        Desk.script.append(heard)
        start = PipelineStage.WAKE if wake else PipelineStage.ASR
        await self.write_event(RunPipeline(start_stage=start, end_stage=PipelineStage.TTS).event())
        silence = bytes(RATE)
        sound = silence + to_pcm(speak(heard or "hm", "espeak")) + 4 * silence
        if wake:
            sound = silence + to_pcm(speak("hey say", "espeak")) + sound
        for at in range(0, len(sound), 2048):
            await self.write_event(AudioChunk(rate=RATE, width=2, channels=1, audio=sound[at : at + 2048]).event())
            await asyncio.sleep(0.02)
        await self.write_event(AudioStop().event())


class Asking:
    """A front that rewrites one request, asks about another, and leaves the rest."""

    def rewrite(self, request: Turn) -> Decision:
        """Decide."""
        heard = request.heard
        if heard == "turn of the ceiling lights":
            words = "turn off the ceiling lights"
            return Decision(heard=heard, text=words, layer="table", rewrite_id="abcdef012345", release=1, why="learnt")
        if heard == "snooze lamp off":
            return Decision(heard=heard, text=heard, ask="turn off the bed light", why="asked")
        return Decision(heard=heard, text=heard, why="left")

    def observe(self, turn: Turn, decision: Decision | None = None) -> None:
        """Nothing: the log is what is wanted."""


async def main() -> None:
    """Record."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url")
    parser.add_argument("token")
    given = parser.parse_args()
    heard: list[Event] = []
    servers = []
    for port, kind in ((HEARS, Hearing), (SPEAKS, Speaking), (WAKES, Waking), (STANDS, Standing)):
        server = AsyncTcpServer(HOST, port)
        await server.start(kind)
        servers.append(server)
    with tempfile.TemporaryDirectory() as folder:
        wanted = AttachmentOptions(
            url=given.url, token=given.token, spool=f"{folder}/spool", port=10_597, asr=f"tcp://{HOST}:{HEARS}"
        )
        async with (
            HomeAssistant(given.url, given.token) as home,
            Attachment(wanted, Asking(), report=print, record=heard.append) as attachment,
        ):
            await furnish(home, attachment.agent or "")
            await speak_and_type(home, attachment.agent or "")
    write(heard)
    for server in servers:
        await server.stop()


async def furnish(home: HomeAssistant, agent: str) -> None:
    """Give the home its rooms, the voice device, and a pipeline of its own."""
    devices = {each["name"]: each["id"] for each in await home.call("config/device_registry/list")}
    for name, area in ROOMS.items():
        await home.call("config/device_registry/update", device_id=devices[name], area_id=area)
    there = {entry["title"]: entry["entry_id"] for entry in await home.call("config_entries/get", domain="wyoming")}
    for port, title in ((SPEAKS, "speaking"), (WAKES, "waking"), (STANDS, "Bedroom satellite")):
        if title in there:
            await home.post(f"/api/config/config_entries/entry/{there[title]}/reload", patience=60_000)
            continue
        flow = await home.post("/api/config/config_entries/flow", {"handler": "wyoming"}, patience=60_000)
        path = f"/api/config/config_entries/flow/{flow['flow_id']}"
        made = await home.post(path, {"host": HOST, "port": port}, patience=60_000)
        if made["type"] != "create_entry":
            raise SystemExit(f"Home Assistant does not take {title}: {made}")
    await asyncio.wait_for(Desk.ready.wait(), 30)
    entities = [each["entity_id"] for each in await home.call("config/entity_registry/list")]
    found = {
        kind: next(each for each in entities if each.startswith(f"{kind}.") and name in each)
        for kind, name in (("stt", "sayagain"), ("tts", "speaking"), ("wake_word", "waking"), ("select", "assistant"))
    }
    fields = {
        "name": "Voice",
        "language": "en",
        "conversation_engine": agent,
        "conversation_language": "en",
        "stt_engine": found["stt"],
        "stt_language": "en",
        "tts_engine": found["tts"],
        "tts_language": "en",
        "tts_voice": "silence",
        "wake_word_entity": found["wake_word"],
        "wake_word_id": "hey_say",
        "prefer_local_intents": False,
    }
    pipelines = (await home.call("assist_pipeline/pipeline/list"))["pipelines"]
    for pipeline in pipelines:
        if pipeline["name"] == "Voice":
            await home.call("assist_pipeline/pipeline/delete", pipeline_id=pipeline["id"])
    await home.call("assist_pipeline/pipeline/create", **fields)
    await home.post("/api/services/select/select_option", {"entity_id": found["select"], "option": "Voice"})


async def speak_and_type(home: HomeAssistant, agent: str) -> None:
    """Say and type what is scripted."""
    satellite = Desk.satellite
    assert satellite is not None
    await home.converse("turn on the ceiling lights")
    await satellite.say("turn on the lights", wake=True)
    await asyncio.sleep(6)
    await satellite.say("turn of the bed light")
    await asyncio.sleep(6)
    await satellite.say("turn of the ceiling lights")
    await asyncio.sleep(6)
    await satellite.say("what is the temperature outside")
    state = next(each for each in await home.get("/api/states") if each["entity_id"].startswith("assist_satellite."))
    for _ in range(100):
        if (await home.get(f"/api/states/{state['entity_id']}"))["state"] == "responding":
            break
        await asyncio.sleep(0.05)
    await satellite.say("turn off the kitchen lights")
    await asyncio.sleep(6)
    await satellite.say("snooze lamp off")
    await asyncio.sleep(6)
    await satellite.say("yes")
    await asyncio.sleep(6)
    await satellite.say("")
    await asyncio.sleep(4)
    await home.converse("turn off the bed light", agent_id=agent, conversation_id="typed-1")
    await home.converse("kill the lights", agent_id=agent, conversation_id="typed-1")
    await home.converse("turn on the bed light", conversation_id="typed-2")
    # So that the last spoken answer has ended and the runs have been read.
    await asyncio.sleep(8)


def write(heard: list[Event]) -> None:
    """Write the log: without the devices that nobody spoke to, with short names for the ids of this Home Assistant."""
    text = b"\n".join(msgspec.json.encode(slim(event, heard)) for event in heard) + b"\n"
    LOG.write_bytes(text)
    print(f"{len(heard)} events, {len(text):,} bytes in {LOG.relative_to(HERE.parent)}")


def slim(event: Event, heard: list[Event]) -> Event:
    """Leave out the devices that nobody spoke to."""
    if not isinstance(event, DevicesEvent):
        return event
    said = json.dumps(msgspec.to_builtins([each for each in heard if not isinstance(each, DevicesEvent)]))
    areas = {device: area for device, area in event.areas.items() if device in said}
    return msgspec.structs.replace(event, areas=areas)


if __name__ == "__main__":
    asyncio.run(main())
