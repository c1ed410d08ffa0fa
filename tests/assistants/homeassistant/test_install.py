import asyncio

import pytest

from sayagain.assistants.homeassistant.agent_server import AgentServer
from sayagain.assistants.homeassistant.install import add_agent, own_agents
from sayagain.errors import ServiceError

ENTITY = {"entity_id": "conversation.sayagain", "platform": "wyoming", "config_entry_id": "e1"}


@pytest.fixture
def entries(standin):
    """The entries of the stand-in, kept as Home Assistant does."""
    config_entries = []
    standin.commands["config_entries/get"] = lambda _: config_entries
    standin.commands["config/entity_registry/list"] = lambda _: [ENTITY] if config_entries else []
    standin.paths["/api/config/config_entries/flow"] = lambda _: {"flow_id": "f1"}

    def add(body):
        config_entries.append({"entry_id": "e1", "title": "sayagain"})
        return {"type": "create_entry", "result": {"entry_id": "e1"}, **body}

    standin.paths["/api/config/config_entries/flow/f1"] = add

    def remove(_):
        config_entries.clear()
        return {}

    standin.paths["/api/config/config_entries/entry/e1"] = remove
    return config_entries


def install(connected, server):
    async def story():
        async with connected() as home:
            return await add_agent(home, server, "127.0.0.1"), await own_agents(home)

    return asyncio.run(story())


def test_it_is_added_with_the_address_given(connected, standin, entries):
    server = AgentServer(None, port=10_777)
    assert install(connected, server) == ("conversation.sayagain", {"conversation.sayagain"})
    assert len(entries) == 1
    assert ("/api/config/config_entries/flow/f1", {"host": "127.0.0.1", "port": 10_777}) in standin.said


def test_an_entry_that_leads_here_stays(connected, standin, entries):
    entries.append({"entry_id": "e1", "title": "sayagain"})
    server = AgentServer(None)

    def reload(_):
        server.description_event.set()
        return {}

    standin.paths["/api/config/config_entries/entry/e1/reload"] = reload
    assert install(connected, server)[0] == "conversation.sayagain"
    assert not any(path.endswith("/flow") for path, _ in standin.said)


def test_an_entry_that_leads_elsewhere_is_replaced(connected, standin, entries, monkeypatch):
    monkeypatch.setattr("sayagain.assistants.homeassistant.install._DESCRIBE_TIMEOUT", 0.05)
    entries.append({"entry_id": "e1", "title": "sayagain"})
    standin.paths["/api/config/config_entries/entry/e1/reload"] = lambda _: {}
    assert install(connected, AgentServer(None))[0] == "conversation.sayagain"
    paths = [path for path, _ in standin.said]
    assert paths.index("/api/config/config_entries/entry/e1") < paths.index("/api/config/config_entries/flow")


def test_entries_of_others_are_left_alone(connected, entries):
    entries.append({"entry_id": "other", "title": "faster-whisper"})
    install(connected, AgentServer(None))
    assert [entry["title"] for entry in entries] == ["faster-whisper", "sayagain"]


def test_an_address_that_home_assistant_cannot_reach_is_told_with_what_to_do(connected, standin, entries):
    standin.paths["/api/config/config_entries/flow/f1"] = lambda _: {
        "type": "form",
        "errors": {"base": "cannot_connect"},
    }
    with pytest.raises(
        ServiceError,
        match=r"cannot reach 127\.0\.0\.1:10500 \(cannot_connect\); name one that it can reach with --host",
    ):
        install(connected, AgentServer(None))
    assert entries == []
