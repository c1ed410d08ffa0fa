"""Only Home Assistant, this machine where both run on it, and what the user names may connect to the agent."""

import asyncio

import pytest
from wyoming.asr import Transcript
from wyoming.client import AsyncTcpClient

from sayagain.assistants.homeassistant.admitted_peers import AdmittedPeers
from sayagain.assistants.homeassistant.agent_server import AgentServer
from sayagain.errors import SettingError


def admits(host, address, networks=()):
    return asyncio.run(AdmittedPeers(host, networks).admits(address))


@pytest.mark.parametrize(
    ("host", "address", "networks", "expected"),
    [
        ("192.0.2.7", "192.0.2.7", (), True),
        ("192.0.2.7", "::ffff:192.0.2.7", (), True),
        ("2001:db8::7", "2001:db8::7%eth0", (), True),
        ("192.0.2.7", "192.0.2.8", (), False),
        ("192.0.2.7", "127.0.0.1", (), False),
        ("127.0.0.1", "::1", (), True),
        ("localhost", "127.0.0.1", (), True),
        ("192.0.2.7", "198.51.100.9", ("198.51.100.0/24",), True),
        ("192.0.2.7", "198.51.100.9", ("198.51.100.9",), True),
        ("no-such-host.invalid", "198.51.100.9", (), False),
    ],
)
def test_whose_connection_is_taken(host, address, networks, expected):
    assert admits(host, address, networks) is expected


def test_what_is_no_address_is_told():
    with pytest.raises(SettingError, match="--admit 'kitchen' is no address and no network"):
        AdmittedPeers("192.0.2.7", ["kitchen"])


class Agent:
    def __init__(self):
        self.heard = []

    async def respond(self, heard):
        self.heard.append(heard)


def test_a_stranger_has_nothing_done_and_the_log_says_how_to_admit_it(caplog):
    agent = Agent()

    async def story():
        server = AgentServer(agent, port=0, peers=AdmittedPeers("192.0.2.7"))
        await server.start()
        try:
            for _ in range(2):
                async with AsyncTcpClient("127.0.0.1", server.port) as client:
                    await client.write_event(Transcript(text="unlock the front door").event())
                    assert await client.read_event() is None
        finally:
            await server.stop()

    asyncio.run(asyncio.wait_for(story(), 20))
    assert agent.heard == []
    assert [record.message.count("--admit 127.0.0.1") for record in caplog.records] == [1]
