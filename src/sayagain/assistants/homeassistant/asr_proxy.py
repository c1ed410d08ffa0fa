"""A proxy before a speech recogniser that speaks Wyoming: the same audio in, the same words out, and a note of both."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from urllib.parse import urlsplit

from wyoming.asr import Transcript
from wyoming.audio import AudioChunk
from wyoming.client import AsyncTcpClient
from wyoming.event import Event
from wyoming.info import AsrProgram, Describe, Info

from sayagain.assistants.homeassistant.events import Listened
from sayagain.errors import SettingError

__all__ = ["AsrProxy", "Ears"]

_log = logging.getLogger(__name__)

_PATIENCE = 3.0
"""Seconds in which the recogniser must say who it is."""


class AsrProxy:
    """Stands before a recogniser.

    Args:
        uri: of the recogniser, `tcp://host:port`.
        noted: told of each transcript.

    Raises:
        SettingError: `uri` is none.
    """

    def __init__(self, uri: str, noted: Callable[[Listened], None]) -> None:
        parts = urlsplit(uri)
        if parts.scheme != "tcp" or not parts.hostname or parts.port is None:
            raise SettingError(f"{uri!r} is no address of a recogniser; expected one such as tcp://127.0.0.1:10300")
        self._host, self._port = parts.hostname, parts.port
        self._noted = noted

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

    def ears(self, back: Callable[[Event], Awaitable[None]]) -> "Ears":
        """Return what passes on one connection.

        Args:
            back: takes what the recogniser answers.
        """
        return Ears(AsyncTcpClient(self._host, self._port), back, self._noted)


class Ears:
    """One connection to the recogniser.

    Args:
        client: of the recogniser.
        back: takes what it answers.
        noted: told of each transcript.
    """

    def __init__(
        self,
        client: AsyncTcpClient,
        back: Callable[[Event], Awaitable[None]],
        noted: Callable[[Listened], None],
    ) -> None:
        self._client = client
        self._back = back
        self._noted = noted
        self._audio = 0
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
                self._audio += AudioChunk.from_event(event).milliseconds
        await self._client.write_event(event)

    async def close(self) -> None:
        """Hang up."""
        if self._answers is not None:
            self._answers.cancel()
            await asyncio.gather(self._answers, return_exceptions=True)
            with suppress(OSError):
                await self._client.disconnect()

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
            self._noted(
                Listened(
                    at=time.time_ns() // 1_000_000,
                    text=str(data.get("text", "")),
                    audio=self._audio,
                    nbest=nbest,
                    confidence=nbest[0][1] if nbest else None,
                )
            )
        except Exception:  # noqa: BLE001  (the words are on their way already)
            _log.exception("a transcript could not be noted")
        self._audio = 0
