"""The household as a Wyoming server for Home Assistant: speech to text, answers, and text to speech.

See https://github.com/OHF-Voice/wyoming for the protocol; each request has a connection of its own.
"""

import asyncio
import functools
import warnings
from collections.abc import Callable
from typing import Any

from sayagain.errors import SayagainError
from sayagain.extras import require
from sayagain.household.outcome import Voice
from sayagain.household.speech.audio import RATE, Audio, from_pcm, resample, to_pcm
from sayagain.household.speech.listen import Ears
from sayagain.household.speech.voices import SPEAKERS, available_voices, speak

# `require` names the command that installs the package, unlike the imports below. Before Python 3.13 the package warns
# of a module that it will replace.
with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    require("wyoming.audio", "voice")

from wyoming.asr import Transcript
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.error import Error
from wyoming.event import Event
from wyoming.handle import Handled, NotHandled
from wyoming.info import (
    AsrModel,
    AsrProgram,
    Attribution,
    Describe,
    HandleModel,
    HandleProgram,
    Info,
    TtsProgram,
    TtsVoice,
)
from wyoming.server import AsyncEventHandler, AsyncTcpServer
from wyoming.tts import Synthesize

__all__ = ["PORT", "AnswerFunction", "HouseholdServer", "describe"]

AnswerFunction = Callable[[str], str]
"""Returns the answer to a request; empty when the request cannot be handled."""

_ATTRIBUTION = Attribution(name="sayagain", url="https://pypi.org/project/sayagain/")
_VERSION = "1"

PORT = 10_700
"""The default port."""
_CHUNK_BYTES = 2048
_APOLOGY = "Sorry, something went wrong."


def describe() -> Info:
    """Return the description of the server.

    >>> [program.name for program in describe().asr + describe().handle]
    ['sayagain-household', 'sayagain-household']
    """
    shared: dict[str, Any] = {"attribution": _ATTRIBUTION, "installed": True, "version": _VERSION}
    program = shared | {"name": "sayagain-household", "description": "The household of sayagain"}
    asr_model = AsrModel(
        name="whisper-tiny",
        attribution=Attribution(name="OpenAI", url="https://github.com/openai/whisper"),
        installed=True,
        description="Whisper tiny.en",
        version=_VERSION,
        languages=["en"],
    )
    handle_model = HandleModel(**shared, name="sayagain-household", description="A home", languages=["en"])
    voices = [
        TtsVoice(
            name=voice,
            attribution=Attribution(name=SPEAKERS[voice].engine, url="https://packages.debian.org"),
            installed=True,
            description=f"{SPEAKERS[voice].engine} {SPEAKERS[voice].name}",
            version=_VERSION,
            languages=["en"],
        )
        for voice in available_voices()
    ]
    return Info(
        asr=[AsrProgram(**program, models=[asr_model])],
        handle=[HandleProgram(**program, models=[handle_model])],
        tts=[TtsProgram(**program, voices=voices)] if voices else [],
    )


class HouseholdServer:
    """A Wyoming server over TCP.

    `answer` is called for one request at a time. The message of a `SayagainError` is the answer; other errors are
    answered with an apology. Both count as "not handled": a broken connection would leave the person without an answer.

    Raises:
        MissingExtra: the extra `voice` is not installed.
    """

    def __init__(
        self, answer: AnswerFunction, ears: Ears | None = None, *, host: str = "127.0.0.1", port: int = PORT
    ) -> None:
        self._answer = answer
        self._ears = ears if ears is not None else Ears()
        self._server = AsyncTcpServer(host, port)
        # Recognition and the home serve one request at a time.
        self._lock = asyncio.Lock()

    async def start(self) -> None:
        """Start serving, and return."""
        await self._server.start(functools.partial(_Connection, self))

    async def run(self) -> None:
        """Serve until the process is stopped."""
        await self._server.run(functools.partial(_Connection, self))

    async def stop(self) -> None:
        """Stop serving."""
        await self._server.stop()

    async def transcribe(self, audio: Audio) -> str:
        """Return the best transcript; empty when nothing was heard."""
        async with self._lock:
            recognitions = await asyncio.to_thread(self._ears.hear, [audio])
        return recognitions[0].best

    async def respond(self, text: str) -> tuple[str, bool]:
        """Return the answer, and whether the request was handled."""
        async with self._lock:
            try:
                answer = await asyncio.to_thread(self._answer, text)
            except SayagainError as error:
                return str(error), False
            except Exception:  # noqa: BLE001  (the connection must survive any error of `answer`)
                return _APOLOGY, False
        return answer, bool(answer)


class _Connection(AsyncEventHandler):
    """One connection: audio in and a transcript out, or a text in and an answer or speech out."""

    def __init__(self, household: HouseholdServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        super().__init__(reader, writer)
        self._household = household
        self._rate = RATE
        self._fault = ""
        self._pcm = bytearray()

    async def handle_event(self, event: Event) -> bool:
        if Describe.is_type(event.type):
            await self.write_event(describe().event())
        elif AudioStart.is_type(event.type):
            self._start_audio(AudioStart.from_event(event))
        elif AudioChunk.is_type(event.type):
            self._pcm += AudioChunk.from_event(event).audio
        elif AudioStop.is_type(event.type):
            await self._transcribe()
            return False
        elif Transcript.is_type(event.type):
            await self._respond(Transcript.from_event(event))
            return False
        elif Synthesize.is_type(event.type):
            await self._speak(Synthesize.from_event(event))
            return False
        return True

    def _start_audio(self, start: AudioStart) -> None:
        self._pcm.clear()
        self._rate = start.rate
        if start.width == 2 and start.channels == 1:
            self._fault = ""
        else:
            self._fault = f"audio of {start.width} bytes, {start.channels} channels; send 2 bytes, 1 channel"

    async def _transcribe(self) -> None:
        if self._fault:
            await self.write_event(Error(text=self._fault, code="audio-format").event())
            return
        audio = resample(from_pcm(bytes(self._pcm[: len(self._pcm) // 2 * 2])), self._rate)
        await self.write_event(Transcript(text=await self._household.transcribe(audio), language="en").event())

    async def _respond(self, request: Transcript) -> None:
        answer_text, handled = await self._household.respond(request.text)
        answer = (
            Handled(text=answer_text, context=request.context) if handled else NotHandled(answer_text, request.context)
        )
        await self.write_event(answer.event())

    async def _speak(self, request: Synthesize) -> None:
        voice_name = request.voice.name if request.voice is not None else None
        voices = available_voices()
        voice: Voice = next((name for name in voices if name == voice_name), voices[0] if voices else "hts")
        try:
            pcm = to_pcm(await asyncio.to_thread(speak, request.text, voice))
        except SayagainError as error:
            await self.write_event(Error(text=str(error), code="no-voice").event())
            return
        await self.write_event(AudioStart(rate=RATE, width=2, channels=1).event())
        for offset in range(0, len(pcm), _CHUNK_BYTES):
            await self.write_event(
                AudioChunk(rate=RATE, width=2, channels=1, audio=pcm[offset : offset + _CHUNK_BYTES]).event()
            )
        await self.write_event(AudioStop().event())
