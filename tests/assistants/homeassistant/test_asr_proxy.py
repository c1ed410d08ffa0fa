import asyncio
import logging
import sys
from typing import ClassVar

import numpy as np
import pytest
from wyoming.asr import Transcribe, Transcript
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.client import AsyncTcpClient
from wyoming.info import AsrModel, AsrProgram, Attribution, Describe, Info
from wyoming.server import AsyncEventHandler, AsyncTcpServer

from sayagain.assistants.homeassistant.agent_server import AgentServer
from sayagain.assistants.homeassistant.asr_proxy import AsrProxy, sound_judge
from sayagain.assistants.homeassistant.observer.events import ListenEvent
from sayagain.errors import SettingError

ABOUT = {
    "attribution": Attribution(name="x", url="https://example.org"),
    "installed": True,
    "description": "d",
    "version": "1",
}


class Recogniser(AsyncEventHandler):
    """Hears the same words in everything, and remembers what came."""

    received: ClassVar = []
    answer = Transcript("lamp on").event()

    async def handle_event(self, event):
        if Describe.is_type(event.type):
            model = AsrModel(name="whisper", languages=["en", "nl"], **ABOUT)
            await self.write_event(Info(asr=[AsrProgram(name="whisper", models=[model], **ABOUT)]).event())
            return True
        self.received.append(event)
        if AudioStop.is_type(event.type):
            await self.write_event(self.answer)
        return True


@pytest.fixture(autouse=True)
def fresh():
    Recogniser.received = []
    Recogniser.answer = Transcript("lamp on").event()


SPEECH = [
    Transcribe(language="en").event(),
    AudioStart(rate=16_000, width=2, channels=1).event(),
    *(AudioChunk(rate=16_000, width=2, channels=1, audio=bytes([n] * 3200)).event() for n in range(5)),
    AudioStop().event(),
]


def speak(transcripts, times=1, *, sound=None, speech=SPEECH):
    """Speak to a recogniser through the server; returns what came back."""

    async def story():
        recogniser = AsyncTcpServer("127.0.0.1", 0)
        await recogniser.start(Recogniser)
        port = recogniser._server.sockets[0].getsockname()[1]
        server = AgentServer(None, port=0, asr=AsrProxy(f"tcp://127.0.0.1:{port}", transcripts, sound=sound))
        await server.start()
        events = []
        async with AsyncTcpClient("127.0.0.1", server.port) as client:
            for _ in range(times):
                for event in speech:
                    await client.write_event(event)
                events.append(await client.read_event())
        await server.stop()
        await recogniser.stop()
        return events

    return asyncio.run(asyncio.wait_for(story(), 20))


def test_the_same_audio_goes_in_and_the_same_words_come_out():
    transcripts = []
    [event] = speak(transcripts.append)
    assert Transcript.from_event(event).text == "lamp on"
    assert [(event.type, event.data, event.payload) for event in Recogniser.received] == [
        (event.type, event.data, event.payload) for event in SPEECH
    ]
    assert [(transcript.text, transcript.audio, transcript.nbest) for transcript in transcripts] == [
        ("lamp on", 500, ())
    ]


def test_each_of_several_has_its_own_length():
    transcripts = []
    assert len(speak(transcripts.append, times=2)) == 2
    assert [transcript.audio for transcript in transcripts] == [500, 500]


def test_what_else_it_could_have_been_is_kept_where_it_is_told():
    Recogniser.answer.data["nbest"] = [{"text": "lamp on", "confidence": 0.6}, {"text": "lamb on"}]
    transcripts = []
    [event] = speak(transcripts.append)
    assert event.data == Recogniser.answer.data
    assert transcripts[0].nbest == (("lamp on", 0.6), ("lamb on", None))
    assert transcripts[0].confidence == 0.6


class Sound:
    """Judges by how many samples there are, and remembers them."""

    def __init__(self):
        self.heard = []

    def misheard(self, audio):
        self.heard.append(audio)
        return audio.size / 100_000


def test_how_each_sounded_is_judged_by_its_own_samples():
    transcripts, sound = [], Sound()
    assert len(speak(transcripts.append, times=2, sound=sound)) == 2
    assert [transcript.misheard for transcript in transcripts] == [0.08, 0.08]
    chunk = np.frombuffer(bytes([1] * 2), "<i2")[0] / 32768
    assert sound.heard[1].dtype == np.float32
    assert sound.heard[1][:1600].tolist() == [0.0] * 1600
    assert sound.heard[1][1600:3200].tolist() == [np.float32(chunk)] * 1600


def test_what_is_no_sound_of_16_khz_is_passed_on_and_not_judged():
    transcripts, sound = [], Sound()
    other = AudioChunk(rate=8_000, width=2, channels=1, audio=bytes(3200)).event()
    [event] = speak(transcripts.append, sound=sound, speech=[*SPEECH[:4], other, SPEECH[-1]])
    assert Transcript.from_event(event).text == "lamp on"
    assert (sound.heard, [transcript.misheard for transcript in transcripts]) == ([], [None])


def test_of_what_never_ends_the_beginning_is_judged():
    transcripts, sound = [], Sound()
    second = AudioChunk(rate=16_000, width=2, channels=1, audio=bytes(32_000)).event()
    speak(transcripts.append, sound=sound, speech=[*SPEECH[:2], *[second] * 15, SPEECH[-1]])
    assert sound.heard[0].size == 12 * 16_000
    assert transcripts[0].audio == 15_000


def test_a_judge_that_fails_leaves_the_transcript_without_an_opinion(caplog):
    class Broken:
        def misheard(self, _audio):
            raise ValueError

    transcripts = []
    [event] = speak(transcripts.append, sound=Broken())
    assert Transcript.from_event(event).text == "lamp on"
    assert [(transcript.text, transcript.misheard) for transcript in transcripts] == [("lamp on", None)]
    assert "could not be judged" in caplog.text


def test_what_was_heard_is_noted_when_the_work_is_cut_short_before_it_was_judged():
    async def story():
        transcripts = []
        proxy = AsrProxy("tcp://127.0.0.1:1", transcripts.append, sound=Sound())
        proxy._handle_transcript(ListenEvent(at=1, text="lamp on", audio=1), bytes(2))
        await asyncio.sleep(0)
        for task in proxy._judge_tasks:
            task.cancel()
        await asyncio.gather(*proxy._judge_tasks, return_exceptions=True)
        return transcripts

    assert [transcript.text for transcript in asyncio.run(story())] == ["lamp on"]


def test_without_the_extra_nothing_is_judged(monkeypatch, caplog):
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with caplog.at_level(logging.INFO):
        assert sound_judge() is None
    assert "pip install 'sayagain[models]'" in caplog.text


@pytest.mark.parametrize("nbest", [5, [1], [{"confidence": 1}], [{"text": "x", "confidence": "y"}]])
def test_the_words_come_out_whatever_goes_wrong_with_the_note(nbest, caplog):
    Recogniser.answer.data["nbest"] = nbest
    [event] = speak(lambda _: 1 / 0)
    assert Transcript.from_event(event).text == "lamp on"
    assert "could not be reported" in caplog.text


def test_it_is_offered_under_one_name_with_the_languages_of_the_recogniser():
    async def story():
        recogniser = AsyncTcpServer("127.0.0.1", 0)
        await recogniser.start(Recogniser)
        port = recogniser._server.sockets[0].getsockname()[1]
        info = await AgentServer(None, asr=AsrProxy(f"tcp://127.0.0.1:{port}", print)).info()
        await recogniser.stop()
        return info

    info = asyncio.run(story())
    assert [(program.name, program.models[0].languages) for program in info.asr] == [("sayagain", ["en", "nl"])]
    assert [program.name for program in info.handle] == ["sayagain"]


def test_with_no_recogniser_there_the_agent_is_offered_alone():
    info = asyncio.run(AgentServer(None, asr=AsrProxy("tcp://127.0.0.1:1", print)).info())
    assert (info.asr, len(info.handle)) == ([], 1)


@pytest.mark.parametrize("uri", ["", "127.0.0.1:10300", "http://127.0.0.1:10300", "tcp://127.0.0.1", "tcp://:1"])
def test_what_is_no_address_is_told(uri):
    with pytest.raises(SettingError, match="the address of the recogniser is"):
        AsrProxy(uri, print)


def test_with_the_recogniser_gone_it_hangs_up_as_the_recogniser_would():
    async def story():
        server = AgentServer(None, port=0, asr=AsrProxy("tcp://127.0.0.1:1", print))
        await server.start()
        async with AsyncTcpClient("127.0.0.1", server.port) as client:
            await client.write_event(SPEECH[0])
            assert await client.read_event() is None
        await server.stop()

    asyncio.run(asyncio.wait_for(story(), 20))
