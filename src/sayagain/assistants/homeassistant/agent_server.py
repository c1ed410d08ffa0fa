"""The agent as a Wyoming server: one connection for each request, and always one answer.

See https://github.com/OHF-Voice/wyoming for the protocol.
"""

import asyncio
import dataclasses
import functools
import logging
from collections.abc import Sequence
from typing import Any, cast

from wyoming.asr import Transcript
from wyoming.event import Event
from wyoming.handle import Handled, NotHandled
from wyoming.info import AsrProgram, Attribution, Describe, HandleModel, HandleProgram, Info, IntentModel, IntentProgram
from wyoming.intent import Entity, Intent, NotRecognized, Recognize
from wyoming.server import AsyncEventHandler, AsyncTcpServer

from sayagain.assistants.homeassistant.admitted_peers import AdmittedPeers
from sayagain.assistants.homeassistant.agent import Agent, AgentReply, AgentRequest, Mode
from sayagain.assistants.homeassistant.answers import AgentOutcome
from sayagain.assistants.homeassistant.asr_proxy import AsrProxy, SpeechCapture
from sayagain.assistants.homeassistant.event_limit import LimitedReader
from sayagain.assistants.json_values import as_mapping
from sayagain.errors import SettingError

__all__ = ["NAME", "PORT", "AgentServer", "describe"]

_log = logging.getLogger(__name__)

NAME = "sayagain"
"""Name of the agent in Home Assistant: `conversation.sayagain`."""

PORT = 10_500
"""Default port."""

_MOST_TOLD = 100
"""Refused addresses that the log tells of."""

_ATTRIBUTION = Attribution(name="sayagain", url="https://pypi.org/project/sayagain/")
_DESCRIPTION = "Learns from what is said next, so that nobody has to say it again"
_VERSION = "1"


def describe(mode: Mode = "forward", asr: Sequence[AsrProgram] = ()) -> Info:
    """Return the description of the server; Home Assistant asks for it once, when the server is added.

    An empty list of languages means all of them. A recogniser has the agent's name, because Home Assistant names the
    whole entry after it.

    >>> [program.name for program in describe().handle], describe().intent
    (['sayagain'], [])
    """
    model: dict[str, Any] = {
        "name": NAME,
        "attribution": _ATTRIBUTION,
        "installed": True,
        "description": _DESCRIPTION,
        "version": _VERSION,
    }
    handle = HandleProgram(**model, models=[HandleModel(**model, languages=[])], supports_home_control=True)
    # Resolve mode answers with words, too: a request that does not resolve is forwarded.
    intent = IntentProgram(**model, models=[IntentModel(**model, languages=[])])
    asr_programs = [dataclasses.replace(program, name=NAME) for program in asr]
    return Info(asr=asr_programs, handle=[handle], intent=[intent] if mode == "resolve" else [])


class AgentServer:
    """Serves an agent over TCP.

    Args:
        agent: answers the requests.
        host: address to listen on.
        port: port to listen on; 0 for any free one.
        mode: mode of the agent.
        asr: proxy of a recogniser to serve, too.
        peers: who may connect; None for everybody who reaches the port.
    """

    def __init__(
        self,
        agent: Agent,
        *,
        host: str = "127.0.0.1",
        port: int = PORT,
        mode: Mode = "forward",
        asr: AsrProxy | None = None,
        peers: AdmittedPeers | None = None,
    ) -> None:
        self.agent = agent
        """The agent that answers the requests."""
        self._host = host
        self.port = port
        self._mode: Mode = mode
        self.asr = asr
        """The proxy of a recogniser, if there is one."""
        self._peers = peers
        self._refused: set[str] = set()
        self._server = AsyncTcpServer(host, port)
        self.description_event = asyncio.Event()
        """Set at each request for the description, which Home Assistant sends when it sets the agent up."""

    async def start(self) -> None:
        """Start serving, and return.

        Raises:
            SettingError: the server cannot listen on the port.
        """
        try:
            await self._server.start(functools.partial(_Connection, self))
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise SettingError(
                f"cannot listen on {self._host}:{self.port} ({reason}); choose another port with --port"
            ) from None
        server = self._server._server  # noqa: SLF001  (the only way to learn which port was free)
        if isinstance(server, asyncio.Server) and server.sockets:
            self.port = server.sockets[0].getsockname()[1]

    async def info(self) -> Info:
        """Return the current description of the server."""
        return describe(self._mode, await self.asr.programs() if self.asr is not None else ())

    async def admits(self, address: str) -> bool:
        """Whether a connection from an address is taken; a refused address is told of once."""
        if self._peers is None or await self._peers.admits(address):
            return True
        if address not in self._refused and len(self._refused) < _MOST_TOLD:
            self._refused.add(address)
            _log.warning(
                "a connection from %s was refused: it is not the address of Home Assistant; "
                "if it belongs to it, start with --admit %s",
                address,
                address,
            )
        return False

    async def stop(self) -> None:
        """Stop serving."""
        await self._server.stop()
        if self.asr is not None:
            await self.asr.stop()


class _Connection(AsyncEventHandler):
    """One connection: a request and its answer, or speech and its transcript."""

    def __init__(self, server: AgentServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        super().__init__(cast("asyncio.StreamReader", LimitedReader(reader)), writer)
        self._server = server
        self._capture: SpeechCapture | None = None

    async def run(self) -> None:
        """Answer until the client ends the connection, or sends what is no event."""
        address = self.writer.get_extra_info("peername")
        if not address or not await self._server.admits(str(address[0])):
            self.writer.close()
            return
        try:
            await super().run()
        except (AttributeError, KeyError, TypeError, RecursionError, EOFError, OSError) as error:
            _log.info("a connection was closed: it sent no whole event (%s: %s)", type(error).__name__, error)

    async def handle_event(self, event: Event) -> bool:
        if Describe.is_type(event.type):
            await self._write((await self._server.info()).event())
            self._server.description_event.set()
            return True
        if Transcript.is_type(event.type) or Recognize.is_type(event.type):
            await self._write(await self._answer(event))
            return True
        if self._capture is None and self._server.asr is not None:
            self._capture = self._server.asr.open_capture(self._write)
        if self._capture is not None:
            try:
                await self._capture.pass_on(event)
            except OSError as error:
                # As if the recogniser itself had closed the connection.
                _log.warning("the recogniser cannot be reached: %s", error)
                return False
        return True

    async def disconnect(self) -> None:
        if self._capture is not None:
            await self._capture.close()

    async def _answer(self, event: Event) -> Event:
        try:
            request = _parse_request(event)
        except (KeyError, TypeError):
            return NotRecognized(text="").event()
        return _reply_event(await self._server.agent.respond(request))

    async def _write(self, event: Event) -> None:
        try:
            await self.write_event(event)
        except OSError:
            _log.info("Home Assistant closed the connection before the answer")


def _parse_request(event: Event) -> AgentRequest:
    data = event.data or {}
    context = as_mapping(data.get("context"))

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


def _reply_event(reply: AgentReply) -> Event:
    if not isinstance(reply, AgentOutcome):
        entities = [Entity(name=name, value=value) for name, value in reply.slots.items()]
        # Home Assistant has no words of its own for an intent from outside.
        return Intent(name=reply.intent, entities=entities, text="OK").event()
    match reply.kind:
        case "handled":
            return Handled(text=reply.text).event()
        case "not-handled":
            return NotHandled(text=reply.text).event()
        case "not-recognized":
            return NotRecognized(text=reply.text).event()
