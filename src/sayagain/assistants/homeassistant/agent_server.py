"""The agent as a Wyoming server: one connection a request, one answer on it, never none.

See https://github.com/OHF-Voice/wyoming for the protocol.
"""

import asyncio
import dataclasses
import functools
import logging
from collections.abc import Sequence
from typing import Any

from wyoming.asr import Transcript
from wyoming.event import Event
from wyoming.handle import Handled, NotHandled
from wyoming.info import AsrProgram, Attribution, Describe, HandleModel, HandleProgram, Info, IntentModel, IntentProgram
from wyoming.intent import Entity, Intent, NotRecognized, Recognize
from wyoming.server import AsyncEventHandler, AsyncTcpServer

from sayagain.assistants.homeassistant.agent import Agent, AgentReply, AgentRequest, Mode
from sayagain.assistants.homeassistant.answers import AgentOutcome
from sayagain.assistants.homeassistant.asr_proxy import AsrProxy, SpeechCapture
from sayagain.errors import SettingError

__all__ = ["NAME", "PORT", "AgentServer", "describe"]

_log = logging.getLogger(__name__)

NAME = "sayagain"
"""What Home Assistant calls the agent: `conversation.sayagain`."""

PORT = 10_500
"""Where it listens unless told otherwise."""

_OURS = Attribution(name="sayagain", url="https://pypi.org/project/sayagain/")
_ABOUT = "Learns from what is said next, so that nobody has to say it again"
_VERSION = "1"


def describe(mode: Mode = "forward", asr: Sequence[AsrProgram] = ()) -> Info:
    """Return what the server says of itself; Home Assistant asks once, when it is added.

    No languages are named, which it takes for all. A recogniser is offered under the agent's name, since Home Assistant
    names the whole entry after it.

    >>> [program.name for program in describe().handle], describe().intent
    (['sayagain'], [])
    """
    model: dict[str, Any] = {
        "name": NAME,
        "attribution": _OURS,
        "installed": True,
        "description": _ABOUT,
        "version": _VERSION,
    }
    handle = HandleProgram(**model, models=[HandleModel(**model, languages=[])], supports_home_control=True)
    # In resolve mode words go back, too: what does not resolve is forwarded.
    intent = IntentProgram(**model, models=[IntentModel(**model, languages=[])])
    hearing = [dataclasses.replace(program, name=NAME) for program in asr]
    return Info(asr=hearing, handle=[handle], intent=[intent] if mode == "resolve" else [])


class AgentServer:
    """Serves an agent over TCP.

    Args:
        agent: answers.
        host: where to listen.
        port: likewise; 0 for any that is free.
        mode: of the agent.
        asr: a recogniser to offer beside it.
    """

    def __init__(
        self,
        agent: Agent,
        *,
        host: str = "127.0.0.1",
        port: int = PORT,
        mode: Mode = "forward",
        asr: AsrProxy | None = None,
    ) -> None:
        self.agent = agent
        """Answers."""
        self._host = host
        self.port = port
        self._mode: Mode = mode
        self.asr = asr
        """Stands before a recogniser."""
        self._server = AsyncTcpServer(host, port)
        self.described = asyncio.Event()
        """Set whenever somebody asks who is there, as Home Assistant does when it sets the agent up."""

    async def start(self) -> None:
        """Begin to serve, and return.

        Raises:
            SettingError: the port cannot be listened on.
        """
        try:
            await self._server.start(functools.partial(_Connection, self))
        except OSError as error:
            why = (error.strerror or str(error)).lower()
            raise SettingError(
                f"{self._host}:{self.port} cannot be listened on ({why}); --port names another"
            ) from None
        server = self._server._server  # noqa: SLF001  (the only way to learn which port was free)
        if isinstance(server, asyncio.Server) and server.sockets:
            self.port = server.sockets[0].getsockname()[1]

    async def info(self) -> Info:
        """Return what the server says of itself now."""
        return describe(self._mode, await self.asr.programs() if self.asr is not None else ())

    async def stop(self) -> None:
        """Stop serving."""
        await self._server.stop()
        if self.asr is not None:
            await self.asr.stop()


class _Connection(AsyncEventHandler):
    """One connection: words in, an answer out; or speech in, words out."""

    def __init__(self, server: AgentServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        super().__init__(reader, writer)
        self._server = server
        self._ears: SpeechCapture | None = None

    async def handle_event(self, event: Event) -> bool:
        if Describe.is_type(event.type):
            await self._write((await self._server.info()).event())
            self._server.described.set()
            return True
        if Transcript.is_type(event.type) or Recognize.is_type(event.type):
            await self._write(await self._answer(event))
            return True
        if self._ears is None and self._server.asr is not None:
            self._ears = self._server.asr.ears(self._write)
        if self._ears is not None:
            try:
                await self._ears.pass_on(event)
            except OSError as error:
                # As if the recogniser itself had hung up.
                _log.warning("the recogniser cannot be reached: %s", error)
                return False
        return True

    async def disconnect(self) -> None:
        if self._ears is not None:
            await self._ears.close()

    async def _answer(self, event: Event) -> Event:
        try:
            heard = _heard(event)
        except (KeyError, TypeError):
            return NotRecognized(text="").event()
        return _event(await self._server.agent.respond(heard))

    async def _write(self, event: Event) -> None:
        try:
            await self.write_event(event)
        except OSError:
            _log.info("Home Assistant hung up before it was answered")


def _heard(event: Event) -> AgentRequest:
    data = event.data or {}
    given = data.get("context")
    context = given if isinstance(given, dict) else {}

    def text(name: str) -> str | None:
        value = context.get(name)
        return value if isinstance(value, str) and value else None

    if not isinstance(data["text"], str):
        raise TypeError
    return AgentRequest(
        text=data["text"],
        language=data.get("language"),
        conversation_id=text("conversation_id"),
        device_id=text("device_id"),
        satellite_id=text("satellite_id"),
    )


def _event(spoken: AgentReply) -> Event:
    if not isinstance(spoken, AgentOutcome):
        entities = [Entity(name=name, value=value) for name, value in spoken.slots.items()]
        # Home Assistant says nothing of its own for an intent that comes from outside.
        return Intent(name=spoken.intent, entities=entities, text="OK").event()
    match spoken.kind:
        case "handled":
            return Handled(text=spoken.text).event()
        case "not-handled":
            return NotHandled(text=spoken.text).event()
        case "not-recognized":
            return NotRecognized(text=spoken.text).event()
