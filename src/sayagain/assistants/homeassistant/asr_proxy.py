"""A proxy in front of a Wyoming speech recogniser: forwards audio and transcripts unchanged, and reports them."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from urllib.parse import urlsplit

import msgspec
import numpy as np
from wyoming.asr import Transcript
from wyoming.audio import AudioChunk
from wyoming.client import AsyncTcpClient
from wyoming.event import Event
from wyoming.info import AsrProgram, Describe, Info

from sayagain.assistants.homeassistant.observer.events import ListenEvent
from sayagain.errors import MissingExtra, SayagainError, SettingError
from sayagain.extras import install_command
from sayagain.labels.sound import LONGEST_SECONDS, RATE, SoundJudge

__all__ = ["AsrProxy", "SpeechCapture", "sound_judge"]

_log = logging.getLogger(__name__)

_INFO_TIMEOUT = 3.0
"""Longest wait for the recogniser's description, in seconds."""

_WIDTH = 2
_MAX_BYTES = LONGEST_SECONDS * RATE * _WIDTH


def sound_judge() -> SoundJudge | None:
    """Return the judge that tells by the sound whether recognition failed; None without the extra `models`."""
    try:
        return SoundJudge.open()
    except MissingExtra:
        _log.info(
            "recognition errors are not detected from the sound; to detect them, run: %s", install_command("models")
        )
    except SayagainError:
        _log.exception("the sound of speech cannot be judged")
    return None


class AsrProxy:
    """Proxy in front of a recogniser.

    Args:
        uri: address of the recogniser, `tcp://host:port`.
        report: called with each transcript.
        sound: judges the sound after the transcript has been forwarded.

    Raises:
        SettingError: `uri` is not such an address.
    """

    def __init__(self, uri: str, report: Callable[[ListenEvent], None], *, sound: SoundJudge | None = None) -> None:
        parts = urlsplit(uri)
        if parts.scheme != "tcp" or not parts.hostname or parts.port is None:
            raise SettingError(f"the address of the recogniser is {uri!r}; expected one such as tcp://127.0.0.1:10300")
        self._host, self._port = parts.hostname, parts.port
        self._report = report
        self._sound = sound
        self._judge_tasks: set[asyncio.Task[None]] = set()

    async def stop(self) -> None:
        """Wait until all transcripts are reported."""
        await asyncio.gather(*self._judge_tasks)

    async def programs(self) -> list[AsrProgram]:
        """Return the programs in the recogniser's description; none if it does not answer."""
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(_INFO_TIMEOUT), AsyncTcpClient(self._host, self._port) as client:
                await client.write_event(Describe().event())
                while (event := await client.read_event()) is not None:
                    if Info.is_type(event.type):
                        return Info.from_event(event).asr
        _log.warning("the recogniser at %s:%s does not describe itself", self._host, self._port)
        return []

    def open_capture(self, send: Callable[[Event], Awaitable[None]]) -> "SpeechCapture":
        """Return a capture for one connection.

        Args:
            send: called with each event of the recogniser.
        """
        return SpeechCapture(AsyncTcpClient(self._host, self._port), send, self._handle_transcript)

    def _handle_transcript(self, transcript: ListenEvent, pcm: bytes) -> None:
        """Report a transcript, after its sound has been judged if possible, even if the client disconnects."""
        if self._sound is None or not pcm:
            self._report(transcript)
            return
        task = asyncio.create_task(self._judge(self._sound, transcript, pcm))
        self._judge_tasks.add(task)
        task.add_done_callback(self._judge_tasks.discard)

    async def _judge(self, sound: SoundJudge, transcript: ListenEvent, pcm: bytes) -> None:
        try:
            probability = await asyncio.to_thread(_misheard_probability, sound, pcm)
            transcript = msgspec.structs.replace(transcript, misheard=probability)
        except Exception:  # noqa: BLE001  (a transcript without a judgement is still a transcript)
            _log.exception("the sound of a transcript could not be judged")
        finally:
            # Also if this task is cancelled, so that the transcript is not lost.
            _report_safely(self._report, transcript)


class SpeechCapture:
    """One connection to the recogniser.

    Args:
        client: client of the recogniser.
        send: called with each event of the recogniser.
        report: called with each transcript and its sound: 16-bit samples at 16 kHz, empty if it has another format.
    """

    def __init__(
        self,
        client: AsyncTcpClient,
        send: Callable[[Event], Awaitable[None]],
        report: Callable[[ListenEvent, bytes], None],
    ) -> None:
        self._client = client
        self._send = send
        self._report = report
        self._audio_ms = 0
        self._pcm = bytearray()
        self._is_judgeable = True
        self._answer_task: asyncio.Task[None] | None = None

    async def pass_on(self, event: Event) -> None:
        """Forward one event unchanged.

        Raises:
            OSError: the recogniser cannot be reached.
        """
        if self._answer_task is None:
            await self._client.connect()
            self._answer_task = asyncio.create_task(self._answer())
        if AudioChunk.is_type(event.type):
            with suppress(KeyError, TypeError, ZeroDivisionError):
                self._buffer_audio(AudioChunk.from_event(event))
        await self._client.write_event(event)

    async def close(self) -> None:
        """Disconnect."""
        if self._answer_task is not None:
            self._answer_task.cancel()
            await asyncio.gather(self._answer_task, return_exceptions=True)
            with suppress(OSError):
                await self._client.disconnect()

    def _buffer_audio(self, chunk: AudioChunk) -> None:
        self._audio_ms += chunk.milliseconds
        self._is_judgeable = self._is_judgeable and (chunk.rate, chunk.width, chunk.channels) == (RATE, _WIDTH, 1)
        if self._is_judgeable and len(self._pcm) < _MAX_BYTES:
            self._pcm += chunk.audio

    async def _answer(self) -> None:
        while (event := await self._client.read_event()) is not None:
            await self._send(event)
            if Transcript.is_type(event.type):
                self._report_safely(event)

    def _report_safely(self, event: Event) -> None:
        try:
            data = event.data or {}
            # Not part of the protocol, but some recognisers send an n-best list.
            nbest = tuple(
                (str(alternative["text"]), alternative.get("confidence")) for alternative in data.get("nbest") or ()
            )
            transcript = ListenEvent(
                at=time.time_ns() // 1_000_000,
                text=str(data.get("text", "")),
                audio=self._audio_ms,
                nbest=nbest,
                confidence=nbest[0][1] if nbest else None,
            )
            self._report(transcript, bytes(self._pcm) if self._is_judgeable else b"")
        except Exception:  # noqa: BLE001  (the transcript is forwarded already)
            _log.exception("a transcript could not be reported")
        self._audio_ms = 0
        self._pcm.clear()
        self._is_judgeable = True


def _misheard_probability(sound: SoundJudge, pcm: bytes) -> float:
    samples = np.frombuffer(pcm[: len(pcm) // _WIDTH * _WIDTH], "<i2")
    # Without the confidence, because each recogniser defines it differently.
    return round(sound.misheard(samples.astype(np.float32) / 32768), 4)


def _report_safely(report: Callable[[ListenEvent], None], transcript: ListenEvent) -> None:
    try:
        report(transcript)
    except Exception:  # noqa: BLE001  (the transcript is forwarded already)
        _log.exception("a transcript could not be reported")
