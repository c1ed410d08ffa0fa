"""The household as Home Assistant sees it: the real Wyoming client over loopback."""

import asyncio
import importlib
import socket
import warnings

import numpy as np
import pytest

pytest.importorskip("wyoming")
with warnings.catch_warnings():
    # Before Python 3.13 it warns of a module that it will replace.
    warnings.simplefilter("ignore", DeprecationWarning)
    importlib.import_module("wyoming.audio")

from wyoming.asr import Transcribe, Transcript
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.client import AsyncTcpClient
from wyoming.error import Error
from wyoming.handle import Handled, NotHandled
from wyoming.info import Describe, Info
from wyoming.tts import Synthesize

from sayagain.errors import InputError
from sayagain.household.outcome import Delivery
from sayagain.household.speech import wyoming_server
from sayagain.household.speech.audio import to_pcm
from sayagain.household.speech.listen import Ears, Recognition
from sayagain.household.speech.record import say
from sayagain.household.speech.wyoming_server import HouseholdServer


class StubEars:
    def hear(self, audios):
        return [Recognition(nbest=((f"{audio.size} samples", 0.5),), duration_ms=400, asr_ms=96) for audio in audios]


def answer(text):
    if text == "refuse":
        raise InputError("the oven cannot sing")
    if text == "break":
        raise RuntimeError("secret detail")
    return f"you said {text}" if text else ""


def talk(*events, answers=1, ears=None):
    """Send events on one connection and return the events that come back."""

    async def conversation():
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        server = HouseholdServer(answer, ears or StubEars(), port=port)
        await server.start()
        try:
            async with AsyncTcpClient("127.0.0.1", port, read_timeout=60) as client:
                for event in events:
                    await client.write_event(event.event())
                return [await client.read_event() for _ in range(answers)]
        finally:
            await server.stop()

    return asyncio.run(conversation())


def spoken(samples, *, rate=16_000, width=2, channels=1):
    pcm = np.zeros(samples, dtype="<i2").tobytes()
    shape = {"rate": rate, "width": width, "channels": channels}
    chunks = [AudioChunk(audio=pcm[at : at + 2_048], **shape) for at in range(0, len(pcm), 2_048)]
    return [Transcribe(language="en"), AudioStart(**shape), *chunks, AudioStop()]


def test_it_describes_what_it_can_do():
    [event] = talk(Describe())
    info = Info.from_event(event)
    assert [program.models[0].languages for program in info.asr] == [["en"]]
    assert [program.name for program in info.handle] == ["sayagain-household"]


def test_it_writes_down_speech_of_any_rate():
    for rate, samples in ((16_000, 5_000), (48_000, 15_000)):
        [event] = talk(*spoken(samples, rate=rate))
        assert Transcript.from_event(event).text == "5000 samples"


def test_audio_it_cannot_read_is_refused_in_words():
    [event] = talk(*spoken(100, channels=2))
    assert Error.from_event(event).text == "audio of 2 bytes, 2 channels; send 2 bytes, 1 channel"


def test_it_answers_and_keeps_the_conversation():
    context = {"conversation_id": "c1", "device_id": "d1"}
    [event] = talk(Transcript(text="turn on the light", context=context))
    assert Handled.from_event(event) == Handled(text="you said turn on the light", context=context)


@pytest.mark.parametrize(
    ("text", "said"),
    [("refuse", "the oven cannot sing"), ("break", "Sorry, something went wrong."), ("", "")],
)
def test_what_fails_is_not_handled_and_never_silence(text, said):
    [event] = talk(Transcript(text=text))
    assert NotHandled.from_event(event).text == said


def test_it_speaks(monkeypatch):
    monkeypatch.setattr(wyoming_server, "speak", lambda *_: np.full(3_000, 0.5, dtype=np.float32))
    first, *chunks, last = talk(Synthesize(text="done"), answers=5)
    assert AudioStart.from_event(first).rate == 16_000
    assert sum(AudioChunk.from_event(chunk).samples for chunk in chunks) == 3_000
    assert AudioStop.is_type(last.type)


def test_a_missing_voice_is_an_error_in_words(monkeypatch):
    def none(*_):
        raise InputError("no voice")

    monkeypatch.setattr(wyoming_server, "speak", none)
    [event] = talk(Synthesize(text="done"))
    assert Error.from_event(event).text == "no voice"


@pytest.mark.slow
def test_real_speech_is_heard():
    pytest.importorskip("faster_whisper")
    pcm = to_pcm(say(Delivery("turn off the lights in the bedroom", "hts", "clean")))
    shape = {"rate": 16_000, "width": 2, "channels": 1}
    [event] = talk(AudioStart(**shape), AudioChunk(audio=pcm, **shape), AudioStop(), ears=Ears())
    assert Transcript.from_event(event).text == "turn off the lights in the bedroom"
