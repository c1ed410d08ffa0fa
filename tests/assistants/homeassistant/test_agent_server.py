import asyncio
import contextlib
import gc
import socket
from contextlib import asynccontextmanager

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wyoming.asr import Transcript
from wyoming.client import AsyncTcpClient
from wyoming.event import Event
from wyoming.handle import Handled, NotHandled
from wyoming.info import Describe, Info
from wyoming.intent import Intent, NotRecognized, Recognize

from sayagain.assistants.homeassistant.agent import AgentRequest
from sayagain.assistants.homeassistant.agent_server import AgentServer, describe
from sayagain.assistants.homeassistant.answers import AgentOutcome
from sayagain.assistants.homeassistant.resolve import ResolvedIntent
from sayagain.errors import SettingError
from sayagain.turns import Nlu


class Agent:
    def __init__(self, answer=None):
        self.answer = answer or AgentOutcome(kind="handled", text="Done")
        self.heard = []

    async def respond(self, heard):
        self.heard.append(heard)
        return self.answer


@asynccontextmanager
async def serving(agent, **more):
    server = AgentServer(agent, port=0, **more)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


def exchange(agent, *events, **more):
    """Send events on one connection; returns what came back, one for each."""

    async def story():
        async with serving(agent, **more) as server, AsyncTcpClient("127.0.0.1", server.port) as client:
            replies = []
            for event in events:
                await client.write_event(event)
                replies.append(await client.read_event())
            return replies

    return asyncio.run(asyncio.wait_for(story(), 20))


def test_it_says_who_it_is():
    [event] = exchange(Agent(), Describe().event())
    info = Info.from_event(event)
    assert [program.name for program in info.handle] == ["sayagain"]
    assert (info.handle[0].models[0].languages, info.handle[0].supports_home_control) == ([], True)
    assert (info.asr, info.intent) == ([], [])


def test_in_resolve_mode_it_gives_intents():
    assert [program.name for program in describe("resolve").intent] == ["sayagain"]


def test_a_request_comes_with_all_that_home_assistant_tells():
    agent = Agent()
    context = {"conversation_id": "c", "device_id": "d", "satellite_id": "assist_satellite.s"}
    request = Transcript(text="lamp on", language="en", context=context).event()
    [event] = exchange(agent, request)
    assert Handled.from_event(event).text == "Done"
    expected = AgentRequest(
        text="lamp on", language="en", conversation_id="c", device_id="d", satellite_id="assist_satellite.s"
    )
    assert agent.heard == [expected]


@pytest.mark.parametrize(
    ("kind", "event_class"), [("handled", Handled), ("not-handled", NotHandled), ("not-recognized", NotRecognized)]
)
def test_each_outcome_has_its_event(kind, event_class):
    [event] = exchange(Agent(AgentOutcome(kind=kind, text="words")), Recognize(text="lamp on").event())
    assert event_class.is_type(event.type)
    assert event_class.from_event(event).text == "words"


def test_an_intent_goes_back_with_its_slots_and_something_to_say():
    resolved = ResolvedIntent(intent="HassTurnOn", slots={"domain": "light", "area": "bedroom"}, nlu=Nlu())
    [event] = exchange(Agent(resolved), Transcript(text="lights on").event(), mode="resolve")
    intent = Intent.from_event(event)
    assert (intent.name, {entity.name: entity.value for entity in intent.entities}) == ("HassTurnOn", resolved.slots)
    assert intent.text == "OK"


def test_several_requests_on_one_connection_are_each_answered():
    events = exchange(Agent(), *(Transcript(text=str(n)).event() for n in range(3)))
    assert [event.type for event in events] == ["handled"] * 3


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.dictionaries(
        st.sampled_from(["text", "language", "context", "x"]),
        st.none() | st.integers() | st.text(max_size=5) | st.dictionaries(st.just("device_id"), st.integers()),
    )
)
def test_whatever_comes_is_answered(data):
    [event] = exchange(Agent(), Event(type="transcript", data=data))
    assert event.type in {"handled", "not-recognized"}


@pytest.mark.parametrize(
    "sent",
    [
        b'{"type": "transcript", "data_length": 300000000}\n' + b"a" * 3_000_000,
        b'{"type": "transcript", "payload_length": 300000000}\n' + b"a" * 3_000_000,
        b'{"type": "transcript", "data_length": "9"}\n{}',
        b'{"type": "transcript", "data_length": 9}\n{}',
        b'{"data": {}}\n',
        b"[]\n",
        b"7\n",
        b"[" * 60_000 + b"\n",
        b"a" * 3_000_000,
        b"\xff\n",
    ],
)
def test_what_is_no_event_or_a_huge_one_ends_the_connection_and_no_other(sent):
    async def story():
        async with serving(Agent()) as server:
            failures = []
            asyncio.get_running_loop().set_exception_handler(lambda _, context: failures.append(context))
            reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
            # The server may close before it has all.
            with contextlib.suppress(ConnectionError):
                writer.write(sent)
                await writer.drain()
                writer.write_eof()
                assert await reader.read() == b""
            writer.close()
            async with AsyncTcpClient("127.0.0.1", server.port) as client:
                await client.write_event(Transcript(text="lamp on").event())
                assert (await client.read_event()).type == "handled"
            gc.collect()
            return failures

    assert asyncio.run(asyncio.wait_for(story(), 20)) == []


def test_a_port_that_is_taken_is_told():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        server = AgentServer(Agent(), port=taken.getsockname()[1])
        with pytest.raises(SettingError, match=r"cannot listen on .*; choose another port with --port"):
            asyncio.run(server.start())
