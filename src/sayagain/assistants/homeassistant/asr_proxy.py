"""A proxy before a speech recogniser that speaks Wyoming: the same audio in, the same words out, and a note of both."""

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

_PATIENCE = 3.0
"""Seconds in which the recogniser must say who it is."""

_WIDTH = 2
_LONGEST = LONGEST_SECONDS * RATE * _WIDTH


def sound_judge() -> SoundJudge | None:
    """Return what tells by the sound whether recognition failed; None where the extra `models` is not installed."""
    try:
        return SoundJudge.open()
    except MissingExtra:
        _log.info(
            "recognition errors are not detected from the sound; to detect them, run: %s", install_command("models")
        )
    except SayagainError:
        _log.exception("how speech sounds cannot be judged")
    return None


class AsrProxy:
    """Stands before a recogniser.

    Args:
        uri: of the recogniser, `tcp://host:port`.
        noted: told of each transcript.
        sound: judges how it sounded, when the words are on their way already.

    Raises:
        SettingError: `uri` is none.
    """

    def __init__(self, uri: str, noted: Callable[[ListenEvent], None], *, sound: SoundJudge | None = None) -> None:
        parts = urlsplit(uri)
        if parts.scheme != "tcp" or not parts.hostname or parts.port is None:
            raise SettingError(f"{uri!r} is no address of a recogniser; expected one such as tcp://127.0.0.1:10300")
        self._host, self._port = parts.hostname, parts.port
        self._noted = noted
        self._sound = sound
        self._judging: set[asyncio.Task[None]] = set()

    async def stop(self) -> None:
        """Wait until all that was heard is noted."""
        await asyncio.gather(*self._judging)

    async def programs(self) -> list[AsrProgram]:
        """Return what the recogniser says of itself; nothing when it does not answer."""
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(_PATIENCE), AsyncTcpClient(self._host, self._port) as client:
                await client.write_event(Describe().event())
                while (event := await client.read_event()) is not None:
                    if Info.is_type(event.type):
                        return Info.from_event(event).asr
        _log.warning("the recogniser at %s:%s does not say who it is", self._host, self._port)
        return []

    def ears(self, back: Callable[[Event], Awaitable[None]]) -> "SpeechCapture":
        """Return what passes on one connection.

        Args:
            back: takes what the recogniser answers.
        """
        return SpeechCapture(AsyncTcpClient(self._host, self._port), back, self._take)

    def _take(self, heard: ListenEvent, pcm: bytes) -> None:
        """Note what was heard: at once, or when its sound has been judged, whether or not the speaker hangs up."""
        if self._sound is None or not pcm:
            self._noted(heard)
            return
        task = asyncio.create_task(self._judge(self._sound, heard, pcm))
        self._judging.add(task)
        task.add_done_callback(self._judging.discard)

    async def _judge(self, sound: SoundJudge, heard: ListenEvent, pcm: bytes) -> None:
        try:
            misheard = await asyncio.to_thread(_misheard, sound, pcm)
            heard = msgspec.structs.replace(heard, misheard=misheard)
        except Exception:  # noqa: BLE001  (a transcript without an opinion is still a transcript)
            _log.exception("how speech sounded could not be judged")
        finally:
            # Also when this task is cancelled: what was heard is not lost.
            _note(self._noted, heard)


class SpeechCapture:
    """One connection to the recogniser.

    Args:
        client: of the recogniser.
        back: takes what it answers.
        noted: told of each transcript and its sound, 16-bit samples at 16 kHz; nothing where it came in another form.
    """

    def __init__(
        self,
        client: AsyncTcpClient,
        back: Callable[[Event], Awaitable[None]],
        noted: Callable[[ListenEvent, bytes], None],
    ) -> None:
        self._client = client
        self._back = back
        self._noted = noted
        self._audio = 0
        self._pcm = bytearray()
        self._plain = True
        self._answers: asyncio.Task[None] | None = None

    async def pass_on(self, event: Event) -> None:
        """Pass on one event as it is.

        Raises:
            OSError: the recogniser cannot be reached.
        """
        if self._answers is None:
            await self._client.connect()
            self._answers = asyncio.create_task(self._answer())
        if AudioChunk.is_type(event.type):
            with suppress(KeyError, TypeError, ZeroDivisionError):
                self._keep(AudioChunk.from_event(event))
        await self._client.write_event(event)

    async def close(self) -> None:
        """Hang up."""
        if self._answers is not None:
            self._answers.cancel()
            await asyncio.gather(self._answers, return_exceptions=True)
            with suppress(OSError):
                await self._client.disconnect()

    def _keep(self, chunk: AudioChunk) -> None:
        self._audio += chunk.milliseconds
        self._plain = self._plain and (chunk.rate, chunk.width, chunk.channels) == (RATE, _WIDTH, 1)
        if self._plain and len(self._pcm) < _LONGEST:
            self._pcm += chunk.audio

    async def _answer(self) -> None:
        while (event := await self._client.read_event()) is not None:
            await self._back(event)
            if Transcript.is_type(event.type):
                self._note(event)

    def _note(self, event: Event) -> None:
        try:
            data = event.data or {}
            # Not part of the protocol, but some recognisers tell what else it could have been.
            nbest = tuple((str(each["text"]), each.get("confidence")) for each in data.get("nbest") or ())
            heard = ListenEvent(
                at=time.time_ns() // 1_000_000,
                text=str(data.get("text", "")),
                audio=self._audio,
                nbest=nbest,
                confidence=nbest[0][1] if nbest else None,
            )
            self._noted(heard, bytes(self._pcm) if self._plain else b"")
        except Exception:  # noqa: BLE001  (the words are on their way already)
            _log.exception("a transcript could not be noted")
        self._audio = 0
        self._pcm.clear()
        self._plain = True


def _misheard(sound: SoundJudge, pcm: bytes) -> float:
    samples = np.frombuffer(pcm[: len(pcm) // _WIDTH * _WIDTH], "<i2")
    # Its confidence is left out: each recogniser means something else by that.
    return round(sound.misheard(samples.astype(np.float32) / 32768), 4)


def _note(noted: Callable[[ListenEvent], None], heard: ListenEvent) -> None:
    try:
        noted(heard)
    except Exception:  # noqa: BLE001  (the words are on their way already)
        _log.exception("a transcript could not be noted")
