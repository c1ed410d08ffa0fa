import asyncio
from typing import ClassVar

import pytest
from wyoming.asr import Transcribe, Transcript
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.client import AsyncTcpClient
from wyoming.info import AsrModel, AsrProgram, Attribution, Describe, Info
from wyoming.server import AsyncEventHandler, AsyncTcpServer

from sayagain.assistants.homeassistant.agent_server import AgentServer
from sayagain.assistants.homeassistant.asr_proxy import AsrProxy
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


def speak(noted, times=1):
    """Speak to a recogniser through the server; returns what came back."""

    async def story():
        recogniser = AsyncTcpServer("127.0.0.1", 0)
        await recogniser.start(Recogniser)
        port = recogniser._server.sockets[0].getsockname()[1]
        server = AgentServer(None, port=0, asr=AsrProxy(f"tcp://127.0.0.1:{port}", noted))
        await server.start()
        found = []
        async with AsyncTcpClient("127.0.0.1", server.port) as client:
            for _ in range(times):
                for event in SPEECH:
                    await client.write_event(event)
                found.append(await client.read_event())
        await server.stop()
        await recogniser.stop()
        return found

    return asyncio.run(asyncio.wait_for(story(), 20))


def test_the_same_audio_goes_in_and_the_same_words_come_out():
    noted = []
    [event] = speak(noted.append)
    assert Transcript.from_event(event).text == "lamp on"
    assert [(each.type, each.data, each.payload) for each in Recogniser.received] == [
        (each.type, each.data, each.payload) for each in SPEECH
    ]
    assert [(each.text, each.audio, each.nbest) for each in noted] == [("lamp on", 500, ())]


def test_each_of_several_has_its_own_length():
    noted = []
    assert len(speak(noted.append, times=2)) == 2
    assert [each.audio for each in noted] == [500, 500]


def test_what_else_it_could_have_been_is_kept_where_it_is_told():
    Recogniser.answer.data["nbest"] = [{"text": "lamp on", "confidence": 0.6}, {"text": "lamb on"}]
    noted = []
    [event] = speak(noted.append)
    assert event.data == Recogniser.answer.data
    assert noted[0].nbest == (("lamp on", 0.6), ("lamb on", None))
    assert noted[0].confidence == 0.6


@pytest.mark.parametrize("nbest", [5, [1], [{"confidence": 1}], [{"text": "x", "confidence": "y"}]])
def test_the_words_come_out_whatever_goes_wrong_with_the_note(nbest, caplog):
    Recogniser.answer.data["nbest"] = nbest
    [event] = speak(lambda _: 1 / 0)
    assert Transcript.from_event(event).text == "lamp on"
    assert "could not be noted" in caplog.text


def test_it_is_offered_under_one_name_with_the_languages_of_the_recogniser():
    async def story():
        recogniser = AsyncTcpServer("127.0.0.1", 0)
        await recogniser.start(Recogniser)
        port = recogniser._server.sockets[0].getsockname()[1]
        info = await AgentServer(None, asr=AsrProxy(f"tcp://127.0.0.1:{port}", print)).info()
        await recogniser.stop()
        return info

    info = asyncio.run(story())
    assert [(each.name, each.models[0].languages) for each in info.asr] == [("sayagain", ["en", "nl"])]
    assert [each.name for each in info.handle] == ["sayagain"]


def test_with_no_recogniser_there_the_agent_is_offered_alone():
    info = asyncio.run(AgentServer(None, asr=AsrProxy("tcp://127.0.0.1:1", print)).info())
    assert (info.asr, len(info.handle)) == ([], 1)


@pytest.mark.parametrize("uri", ["", "127.0.0.1:10300", "http://127.0.0.1:10300", "tcp://127.0.0.1", "tcp://:1"])
def test_what_is_no_address_is_told(uri):
    with pytest.raises(SettingError, match="is no address of a recogniser"):
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
