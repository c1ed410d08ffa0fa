"""The proxy when something goes wrong: on our side, the model's, or the client's; and what it must not touch."""

import asyncio
import http.client
import json
import logging
import threading
from urllib.parse import urlsplit

import openai
import pytest
from aiohttp import web

from sayagain.assistants import FailOpen
from sayagain.assistants.openai import proxy as proxy_module
from sayagain.assistants.openai.proxy import Proxy
from sayagain.errors import SettingError
from sayagain.formats import encode_turn

from .conftest import KEY, LAMP, ask, ask_streaming, calls, error, event, post, raw, says, whole


@pytest.mark.parametrize("trouble", ["hang", "broken"])
def test_the_model_answers_when_sayagain_does_not(loop, front, model, trouble):
    front.hang = threading.Event() if trouble == "hang" else None
    front.broken = trouble == "broken"
    upstream = f"http://127.0.0.1:{loop.serve(model.app())}/v1"
    fail_open = FailOpen(front, deadline=50)
    port = loop.kept(loop.run(Proxy(upstream, fail_open, deadline=50).run(port=0)))
    with openai.OpenAI(base_url=f"http://127.0.0.1:{port}/v1", api_key=KEY, max_retries=0) as client:
        assert ask(client).choices[0].message.content == "Fine."
    assert model.seen == LAMP
    assert front.turn().request == "lamp of"
    if front.hang is not None:
        front.hang.set()
    assert fail_open.close()


def test_an_error_of_the_model_passes_and_the_turn_has_failed(client, front, model):
    model.answers = [error(400, "context_length_exceeded")]
    with pytest.raises(openai.BadRequestError, match="no"):
        ask(client)
    turn = front.turn()
    assert (turn.failed, turn.response.error_code, turn.raw["status"]) == (True, "context_length_exceeded", 400)


def test_a_client_that_tries_again_makes_one_turn(proxy, front, model):
    model.answers = [error(503), error(429), says("It is off.")]
    with openai.OpenAI(base_url=proxy, api_key=KEY, max_retries=3) as client:
        ask(client)
    turn = front.turn()
    assert (turn.failed, turn.response.text, turn.raw["calls"]) == (False, "It is off.", 3)
    assert (front.turns.empty(), len(front.asked), len(model.requests)) == (True, 1, 3)


def test_a_client_that_gives_up_leaves_a_turn_that_failed(loop, front, model):
    model.answers = [error(503, None)]
    upstream = f"http://127.0.0.1:{loop.serve(model.app())}/v1"
    with FailOpen(front, deadline=2000) as fail_open:
        port = loop.kept(loop.run(Proxy(upstream, fail_open, patience=1).run(port=0)))
        assert post(f"http://127.0.0.1:{port}/v1", json.dumps({"messages": LAMP}))[0] == 503
        assert front.turn().response.error_code == "some_type"


def test_turns_under_way_are_logged_when_the_proxy_ends(loop, front, model):
    model.answers = [calls("light", "{}")]
    upstream = f"http://127.0.0.1:{loop.serve(model.app())}/v1"
    with FailOpen(front, deadline=2000) as fail_open:
        runner = loop.run(Proxy(upstream, fail_open).run(port=0))
        with openai.OpenAI(base_url=f"http://127.0.0.1:{runner.addresses[0][1]}/v1", api_key=KEY) as client:
            ask(client)
        assert front.turns.empty()
        loop.run(runner.cleanup())
        assert [action.target for action in front.turn().actions] == ["light"]


def test_where_the_model_cannot_be_reached_the_error_is_one_that_clients_read(loop, front):
    with FailOpen(front) as fail_open:
        port = loop.kept(loop.run(Proxy("http://127.0.0.1:1/v1", fail_open, patience=1).run(port=0)))
        with openai.OpenAI(base_url=f"http://127.0.0.1:{port}/v1", api_key=KEY, max_retries=0) as client:
            with pytest.raises(openai.InternalServerError) as caught:
                ask(client)
            with pytest.raises(openai.InternalServerError):
                client.models.list()
    assert (caught.value.status_code, caught.value.code) == (502, "upstream_unreachable")
    assert front.turn().response.error_code == "upstream_unreachable"


def test_an_answer_that_is_lost_halfway_is_not_taken_for_a_whole_one(client, front, model):
    model.answers = [raw([event({"content": "It is"})], lost=True)]
    with pytest.raises((openai.APIError, openai.OpenAIError, Exception)) as caught:
        ask_streaming(client)
    assert not isinstance(caught.value, AssertionError)
    turn = front.turn()
    assert (turn.failed, turn.response.error_code, turn.response.text) == (True, "upstream_lost", "It is")


def test_a_client_that_leaves_stops_the_model(client, front, model):
    model.answers = [raw([event({"content": "It is"})], hold=threading.Event())]
    with client.chat.completions.create(model="m", messages=LAMP, stream=True) as stream:
        next(iter(stream))
    assert model.left.wait(60)
    turn = front.turn()
    assert turn.interrupted.yes
    assert (turn.response.text, turn.failed) == ("It is", False)


def test_a_client_that_leaves_before_the_answer_begins_stops_the_model(proxy, front, model):
    began = threading.Event()

    async def never(_):
        began.set()
        await asyncio.Event().wait()

    model.answers = [never]
    parts = urlsplit(proxy)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=60)
    connection.request("POST", "/v1/chat/completions", json.dumps({"messages": LAMP}))
    assert began.wait(60)
    connection.close()
    assert model.left.wait(60)
    assert front.turn().interrupted.yes


def test_the_model_waits_while_the_client_is_slow(proxy, model):
    """Nothing is heaped up in between: the model's side gets no further than what the sockets hold."""
    written = []
    done = threading.Event()

    async def endless(request):
        response = web.StreamResponse()
        await response.prepare(request)
        try:
            for _ in range(4096):
                await asyncio.wait_for(response.write(b"x" * 65536), 1)
                written.append(65536)
        except (TimeoutError, ConnectionError):
            pass
        done.set()
        return response

    model.answers = [endless]
    parts = urlsplit(proxy)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=60)
    connection.request("POST", "/v1/chat/completions", json.dumps({"messages": LAMP, "stream": True}))
    assert done.wait(60)
    connection.close()
    assert sum(written) < 64 * 1024 * 1024


def test_everything_else_passes_untouched(client, proxy, front, model):
    async def listed(_):
        return web.json_response({"object": "list", "data": [{"id": "m", "object": "model"}]})

    model.answers = [listed]
    assert [model_info.id for model_info in client.models.list()] == ["m"]
    model.answers = [whole({"content": "x"}, status=418, plain=True)]
    status, _, _ = post(proxy, b"\x00\x01", "/audio/transcriptions?a=%2F&b=c%20d")
    assert (status, model.requests[-1][0], model.requests[-1][2]) == (
        418,
        "/v1/audio/transcriptions?a=%2F&b=c%20d",
        b"\x00\x01",
    )
    assert front.asked == []
    assert front.turns.empty()


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"5",
        b"[" * 100_000,
        b'{"messages": 5}',
        b'{"messages": [5]}',
        b'{"messages": []}',
        b'{"messages": [{"role": "system", "content": "x"}]}',
        b'{"messages": [{"role": "user", "content": null}]}',
        b'{"messages": [{"role": "user", "content": [{"type": "image_url"}, 5]}]}',
        json.dumps({"messages": [{"role": "user", "content": "long " * 1000}]}).encode(),
    ],
)
def test_what_is_no_request_of_a_user_passes_and_is_not_looked_at(proxy, front, model, body):
    assert post(proxy, body)[0] == 200
    assert model.requests[0][2] == body
    assert front.asked == []


def test_halves_of_a_letter_stop_neither_the_answer_nor_the_log(proxy, front, model):
    """Some servers cut an emoji in two; a client may send half of one."""
    model.answers = [raw([event({"content": "\ud83d"}), event({"content": "\ude00\ud800"}), b"data: [DONE]\n\n"])]
    body = json.dumps({"messages": [{"role": "user", "content": "lamp \ud800"}], "stream": True, "user": "\udfff"})
    assert post(proxy, body)[0] == 200
    turn = front.turn()
    assert (turn.request, turn.response.text, turn.user_id) == ("lamp \ufffd", "\U0001f600\ufffd", "\ufffd")
    assert encode_turn(turn)
    assert model.requests[0][2] == body.encode()


def test_a_fault_of_ours_stops_no_call(client, front, model, monkeypatch, caplog):
    def broken(*_):
        raise KeyError(KEY)

    monkeypatch.setattr(proxy_module.ChatRequest, "of", broken)
    assert ask(client).choices[0].message.content == "Fine."
    assert model.seen == LAMP
    assert front.asked == []
    assert "a call of the model is forwarded unchanged" in caplog.text


def test_what_is_nested_too_deep_to_write_again_is_left(proxy, front):
    front.rewrites["lamp of"] = "turn off the lamp"
    deep = b"[" * 900 + b"]" * 900
    body = b'{"messages": [{"role": "user", "content": "lamp of"}], "tools": ' + deep + b"}"
    assert post(proxy, body)[0] == 200
    assert front.turn().heard == "lamp of"


def test_calls_that_no_user_makes_can_say_so(client, front, model):
    front.rewrites["lamp of"] = "turn off the lamp"
    ask(client, extra_headers={"X-Sayagain": "off"})
    assert model.seen == LAMP
    assert (front.asked, front.turns.empty()) == ([], True)


def test_a_refusal_is_a_failure(client, front, model):
    model.answers = [whole({"content": None, "refusal": "I will not."})]
    ask(client)
    turn = front.turn()
    assert (turn.failed, turn.response.error_code, turn.response.text) == (True, "refusal", "I will not.")


def test_the_key_is_passed_on_and_stands_nowhere_else(client, front, model, caplog):
    caplog.set_level(logging.DEBUG)
    model.answers = [error(401), says("x")]
    with pytest.raises(openai.AuthenticationError):
        ask(client)
    ask(client)
    assert model.requests[0][1]["Authorization"] == f"Bearer {KEY}"
    told = [record.getMessage() for record in caplog.records if record.name.startswith(("aiohttp", "sayagain"))]
    assert not [line for line in told if KEY in line]
    assert KEY not in repr([front.turn(), front.turn(), front.asked])


def test_cookies_of_one_client_are_not_sent_for_another(proxy, model):
    async def sets(_):
        return web.json_response({}, headers={"Set-Cookie": "who=ann; Path=/"})

    model.answers = [sets]
    assert post(proxy, b"{}", "/embeddings")[1]["Set-Cookie"] == "who=ann; Path=/"
    post(proxy, b"{}", "/embeddings")
    assert "Cookie" not in model.requests[1][1]


@pytest.mark.parametrize("upstream", ["api.openai.com/v1", "ftp://x/v1", "http://"])
def test_an_address_that_is_none_is_said(front, upstream):
    with pytest.raises(SettingError, match="expected a URL such as https"):
        Proxy(upstream, front)


def test_an_address_without_a_path_gets_the_usual_one(front):
    assert Proxy("http://127.0.0.1:11434", front).upstream == "http://127.0.0.1:11434/v1"
    assert Proxy("http://127.0.0.1/openai/", front).upstream == "http://127.0.0.1/openai"


def test_a_port_that_is_taken_is_said(loop, proxy, front):
    with pytest.raises(SettingError, match="cannot listen on"):
        loop.run(Proxy("http://127.0.0.1:1", front).run(port=urlsplit(proxy).port))


def test_a_body_too_large_is_refused_in_the_form_that_clients_read(monkeypatch, loop, front):
    monkeypatch.setattr(proxy_module, "_MAX_BODY", 100)
    port = loop.kept(loop.run(Proxy("http://127.0.0.1:1", front).run(port=0)))
    status, _, content = post(f"http://127.0.0.1:{port}/v1", b"x" * 101)
    assert (status, json.loads(content)["error"]["code"]) == (413, "request_too_large")
