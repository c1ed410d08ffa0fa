import asyncio
import socket

import pytest
from aiohttp import web

from sayagain.assistants.homeassistant.api import HomeAssistant
from sayagain.errors import ServiceError, SettingError


def run(work):
    return asyncio.run(work)


@pytest.mark.parametrize("url", ["homeassistant.local", "ftp://homeassistant.local", "http://", ""])
def test_what_is_no_address_is_told_at_once(url):
    with pytest.raises(SettingError, match=r"the address of Home Assistant is .*; expected a URL such as"):
        HomeAssistant(url, "t")


@pytest.mark.parametrize("token", ["", " \n", "tökén"])
def test_what_is_no_token_is_told_at_once(token):
    with pytest.raises(SettingError, match="token"):
        HomeAssistant("http://127.0.0.1:1", token)


def enter(url, token="the-token", timeout=2_000):
    async def story():
        async with HomeAssistant(url, token, timeout=timeout):
            pass

    with pytest.raises(ServiceError) as raised:
        run(story())
    return str(raised.value)


def test_nobody_there():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert enter(f"http://127.0.0.1:{port}") == f"http://127.0.0.1:{port} cannot be reached: connection refused"


def test_a_name_that_nobody_has():
    assert enter("http://nobody.invalid").startswith("http://nobody.invalid cannot be reached: ")


async def against(standin, url, token="the-token"):
    await standin.start()
    try:
        with pytest.raises(ServiceError) as raised:
            async with HomeAssistant(url(standin.port), token, timeout=2_000):
                pass
        return str(raised.value)
    finally:
        await standin.stop()


def test_a_wrong_token(standin):
    told = run(against(standin, lambda port: f"http://127.0.0.1:{port}", "another"))
    assert "rejects the token; create one under your profile" in told


def test_tls_where_there_is_none(standin):
    assert "did you mean http://?" in run(against(standin, lambda port: f"https://127.0.0.1:{port}"))


def test_another_web_server(standin):
    told = run(against(standin, lambda port: f"http://127.0.0.1:{port}/elsewhere"))
    assert "is not Home Assistant: its WebSocket answers with status 404" in told


def test_another_websocket(standin):
    standin.greeting = {"hello": "there"}
    told = run(against(standin, lambda port: f"http://127.0.0.1:{port}"))
    assert "is not Home Assistant: its first message is {'hello': 'there'}" in told


def test_something_that_is_no_web_server():
    async def story():
        async def other(reader, writer):
            await reader.readline()
            writer.write(b"220 mail.example ESMTP\r\n")
            writer.close()

        server = await asyncio.start_server(other, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        async with server:
            with pytest.raises(ServiceError, match="is not Home Assistant"):
                async with HomeAssistant(f"http://127.0.0.1:{port}", "t", timeout=2_000):
                    pass

    run(story())


def test_commands_and_their_refusal(connected):
    async def story():
        async with connected() as home:
            assert (home.connected, home.version, home.trouble) == (True, "2026.11.0", None)
            assert await home.call("config/area_registry/list") == [{"area_id": "bedroom", "name": "Bedroom"}]
            with pytest.raises(ServiceError, match=r"Unknown command\. \(unknown_command\)"):
                await home.call("nonsense")

    run(story())


def test_nothing_works_before_it_is_entered():
    home = HomeAssistant("http://127.0.0.1:1", "t")
    for work in (home.call("x"), home.get("/x")):
        with pytest.raises(ServiceError, match="is not connected yet"):
            run(work)


def test_a_request_carries_what_is_known_and_nothing_that_is_null(connected, standin):
    async def story():
        async with connected() as home:
            answer = await home.converse("lamp on", device_id="d1", conversation_id="sayagain-1")
            assert answer["response"]["response_type"] == "action_done"

    run(story())
    fields = {"agent_id": "conversation.home_assistant", "device_id": "d1", "conversation_id": "sayagain-1"}
    assert standin.said == [("/api/conversation/process", {"text": "lamp on", **fields})]


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (lambda _: web.Response(status=500, text="oh"), r"refuses \(500\): oh"),
        (lambda _: web.Response(text="hello"), "no response: 'hello'"),
        (lambda _: {"response": None}, "no response"),
        (lambda _: web.Response(text="{", content_type="application/json"), "not JSON"),
        (lambda _: web.Response(status=403), "rejects the token"),
    ],
)
def test_answers_that_cannot_be_used(connected, standin, answer, told):
    standin.paths["/api/conversation/process"] = answer

    async def story():
        async with connected() as home:
            with pytest.raises(ServiceError, match=told):
                await home.converse("lamp on")

    run(story())


def test_an_answer_that_does_not_come_in_time(connected, standin):
    standin.paths["/api/states"] = lambda _: asyncio.sleep(1)

    async def story():
        async with connected(patience=100) as home:
            with pytest.raises(ServiceError, match="does not answer in time"):
                await home.get("/api/states")

    run(story())


def test_after_a_restart_commands_and_subscriptions_work_again(connected, standin, until):
    async def story():
        heard, restored = [], []
        async with connected() as home:
            end = await home.subscribe("subscribe_events", heard.append, event_type="state_changed")
            home.add_restore_listener(lambda: restored.append(True))
            await standin.tell("subscribe_events", 1)
            await until(lambda: heard == [1])
            await standin.stop()
            await until(lambda: not home.connected)
            assert "was lost" in home.trouble
            # Waits for the connection to come back.
            waiting = asyncio.create_task(home.call("config/area_registry/list"))
            await standin.start()
            assert len(await waiting) == 1
            await until(lambda: restored)
            await standin.tell("subscribe_events", 2)
            await until(lambda: heard == [1, 2])
            end()
            await until(lambda: standin.asked[-1]["type"] == "unsubscribe_events")
            await standin.tell("subscribe_events", 3)
            await home.call("config/area_registry/list")
            assert heard == [1, 2]

    run(story())


def test_what_waits_when_the_connection_is_lost_is_told(connected, standin, until):
    async def story():
        async with connected() as home:
            standin.commands["slow"] = lambda _: (
                standin.sockets and next(iter(standin.sockets))._writer.transport.close()
            )
            with pytest.raises(ServiceError, match=r"was lost|no result|cannot be reached"):
                await home.call("slow")
            await until(lambda: home.connected)

    run(story())


def test_a_listener_that_fails_ends_nothing(connected, standin, until, caplog):
    async def story():
        heard = []
        async with connected() as home:
            await home.subscribe("subscribe_events", lambda _: 1 / 0, event_type="a")
            await home.subscribe("subscribe_events", heard.append, event_type="b")
            await standin.tell("subscribe_events", 1)
            await until(lambda: heard == [1])

    run(story())
    assert "could not be processed" in caplog.text


def test_a_subscription_that_is_refused_is_told(connected):
    async def story():
        async with connected() as home:
            with pytest.raises(ServiceError, match="unknown_command"):
                await home.subscribe("conversation/chat_log/subscribe", print, conversation_id="gone")

    run(story())
