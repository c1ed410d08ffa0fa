"""The proxy between the real client of OpenAI and a stand-in for the model's side."""

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

from .conftest import KEY, calls, error, event, pieces, raw, says, whole

LAMP = [{"role": "system", "content": "You run a home."}, {"role": "user", "content": "lamp of"}]
TOOLS = [{"type": "function", "function": {"name": "light", "parameters": {"type": "object", "properties": {}}}}]


def ask(client, messages=LAMP, **how):
    return client.chat.completions.create(model="m", messages=messages, **how)


def streamed(client, messages=LAMP, **how):
    with client.chat.completions.create(model="m", messages=messages, stream=True, **how) as stream:
        return list(stream)


def post(base, body, path="/chat/completions", **headers):
    """What a client without any library sees: status, headers, body."""
    parts = urlsplit(base)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=60)
    connection.request("POST", parts.path + path, body, {"Content-Type": "application/json", **headers})
    answer = connection.getresponse()
    found = answer.status, answer.headers, answer.read()
    connection.close()
    return found


def test_the_last_words_of_the_user_are_rewritten_and_the_turn_is_logged(client, front, model):
    front.rewrites["lamp of"] = "turn off the lamp"
    model.answers = [says("It is off.")]
    assert ask(client, user="ann").choices[0].message.content == "It is off."
    assert model.seen == [LAMP[0], {"role": "user", "content": "turn off the lamp"}]
    turn = front.turn()
    assert (turn.heard, turn.request) == ("lamp of", "turn off the lamp")
    assert (turn.applied_rewrite.id, turn.applied_rewrite.layer) == ("0123456789ab", "table")
    assert (turn.assistant, turn.user_id, turn.conversation_id) == ("openai", "ann", None)
    assert (turn.response.text, turn.failed, turn.actions) == ("It is off.", False, ())
    assert turn.raw["response_id"] == "chatcmpl-1"
    assert turn.raw["finish_reason"] == "stop"


def test_what_is_left_passes_byte_for_byte(proxy, front, model):
    body = b'{ "messages":[ {"role":"user", "content":"lamp \\u006ff"} ],\n "n" : 1.0, "model":"m" }'
    status, headers, _ = post(proxy, body, Authorization="Bearer x", **{"X-Own": "kept"})
    assert status == 200
    path, sent, content = model.requests[0]
    assert (path, content) == ("/v1/chat/completions", body)
    assert (sent["Authorization"], sent["X-Own"], sent["Content-Length"]) == ("Bearer x", "kept", str(len(body)))
    assert headers["X-Request-Id"] == "r-1"
    turn = front.turn()
    assert headers["X-Sayagain-Turn"] == turn.turn_id
    assert turn.request == "lamp of"
    assert turn.applied_rewrite is None


def test_only_the_text_of_a_list_of_parts_is_rewritten(client, front, model):
    front.rewrites["lamp of"] = "turn off the lamp"
    picture = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}
    content = [picture, {"type": "text", "text": "lamp of"}]
    ask(client, [{"role": "user", "content": content}])
    assert model.seen[0]["content"] == [picture, {"type": "text", "text": "turn off the lamp"}]
    assert front.turn().heard == "lamp of"


@pytest.mark.parametrize("is_async", [False, True])
def test_a_stream_passes_and_is_gathered_on_the_side(client, proxy, front, model, is_async):
    model.answers = [says("It is off now.")]
    if is_async:

        async def read():
            async with openai.AsyncOpenAI(base_url=proxy, api_key=KEY, max_retries=0) as asynchronous:
                stream = await asynchronous.chat.completions.create(model="m", messages=LAMP, stream=True)
                return [chunk async for chunk in stream]

        chunks = asyncio.run(read())
    else:
        chunks = streamed(client)
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == "It is off now. "
    turn = front.turn()
    assert turn.response.text == "It is off now. "
    assert (turn.raw["response_id"], turn.raw["finish_reason"]) == ("chatcmpl-2", "stop")


def test_a_stream_is_the_same_bytes(proxy, model):
    odd = [b": a comment\n\n", b'data: {"choices": [', b"]}\r\n\r\ndata: not json\n\n", b"\xff\xfe", b"data: [DONE]"]
    model.answers = [raw(odd)]
    body = json.dumps({"model": "m", "messages": LAMP, "stream": True})
    status, headers, content = post(proxy, body)
    assert (status, headers["Content-Type"], content) == (200, "text/event-stream", b"".join(odd))


def test_a_piece_of_a_stream_arrives_before_the_next_is_made(client, model):
    hold = threading.Event()
    model.answers = [raw([event({"content": "first"})], hold=hold)]
    with client.chat.completions.create(model="m", messages=LAMP, stream=True) as stream:
        assert next(iter(stream)).choices[0].delta.content == "first"
        hold.set()


@pytest.mark.parametrize("stream", [False, True])
def test_a_turn_ends_when_the_tools_have_answered(client, front, model, stream):
    front.rewrites["lamp of"] = "turn off the lamp"
    model.answers = [calls("light", '{"on": false}'), says("Done.")]
    how = {"tools": TOOLS, "stream": stream}
    if stream:
        streamed(client, tools=TOOLS)
    else:
        assert ask(client, tools=TOOLS).choices[0].message.tool_calls[0].function.arguments == '{"on": false}'
    assert json.loads(model.requests[0][2])["tools"] == TOOLS
    call = {"id": "call_1", "type": "function", "function": {"name": "light", "arguments": '{"on": false}'}}
    later = [
        *LAMP,
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "call_1", "content": "ok"},
    ]
    answer = client.chat.completions.create(model="m", messages=later, **how)
    if stream:
        with answer:
            list(answer)
    assert model.seen == [LAMP[0], {"role": "user", "content": "turn off the lamp"}, *later[2:]]
    turn = front.turn()
    assert [(action.target, action.ok) for action in turn.actions] == [("light", True)]
    assert (turn.response.text.strip(), turn.response.type) == ("Done.", "action_done")
    assert turn.raw["tools"] == [{"name": "light", "arguments": '{"on": false}'}]
    assert turn.raw["calls"] == 2
    assert len(front.asked) == 1
    assert front.turns.empty()


def test_a_tool_that_says_it_failed_is_an_action_that_did_not_work(client, front, model):
    model.answers = [calls("light", "{}"), says("I could not.")]
    ask(client)
    ask(
        client,
        [
            *LAMP,
            {"role": "assistant", "content": None, "tool_calls": []},
            {"role": "tool", "tool_call_id": "call_1", "content": '{"error": "no such light"}'},
        ],
    )
    assert [action.ok for action in front.turn().actions] == [False]


def test_tools_that_never_answer_do_not_keep_the_turn_once_the_user_goes_on(client, front, model):
    model.answers = [calls("light", "{}"), says("Hello.")]
    ask(client)
    assert front.turns.empty()
    ask(client, [*LAMP, {"role": "user", "content": "hello"}])
    assert [front.turn().request, front.turn().request] == ["lamp of", "hello"]


def test_the_model_is_shown_the_past_as_it_knows_it(client, front, model):
    """A client keeps the user's own words; the model answered the rewritten ones."""
    front.rewrites["lamp of"] = "turn off the lamp"
    ask(client)
    front.rewrites.clear()
    longer = [*LAMP, {"role": "assistant", "content": "Fine."}, {"role": "user", "content": "thanks"}]
    ask(client, longer)
    assert [message["content"] for message in model.seen] == ["You run a home.", "turn off the lamp", "Fine.", "thanks"]
    first, second = front.turn(), front.turn()
    assert (second.request, second.applied_rewrite) == ("thanks", None)
    assert first.session_id == second.session_id
    # A system message that tells the time of day changes nothing.
    longer = [{"role": "system", "content": "It is noon."}, *longer[1:], {"role": "user", "content": "bye"}]
    ask(client, longer)
    assert model.seen[1]["content"] == "turn off the lamp"
    assert front.turn().session_id == first.session_id


def test_two_conversations_that_begin_alike_are_two_sessions(client, front):
    ask(client)
    ask(client)
    assert front.turn().session_id != front.turn().session_id


@pytest.mark.parametrize(
    ("mine", "others"),
    [
        ({"user": "ann"}, {"user": "bob"}),
        ({"extra_headers": {"X-Sayagain-User": "ann"}}, {"extra_headers": {"X-OpenWebUI-User-Id": "bob"}}),
        ({"extra_headers": {"X-Sayagain-Conversation": "1"}}, {"extra_headers": {"X-OpenWebUI-Chat-Id": "2"}}),
        ({}, {"extra_headers": {"Authorization": "Bearer another"}}),
    ],
)
def test_what_was_rewritten_for_one_is_not_shown_to_another(client, front, model, mine, others):
    front.rewrites["lamp of"] = "turn off the lamp"
    ask(client, **mine)
    front.rewrites.clear()
    longer = [*LAMP, {"role": "assistant", "content": "Fine."}, {"role": "user", "content": "thanks"}]
    ask(client, longer, **others)
    assert model.seen[1]["content"] == "lamp of"
    assert front.turn().session_id != front.turn().session_id


def test_headers_tell_who_speaks_and_where_and_go_no_further(client, front, model):
    headers = {"X-Sayagain-User": "ann", "X-Sayagain-Conversation": "c1", "traceparent": f"00-{'a' * 32}-{'b' * 16}-01"}
    ask(client, user="somebody", extra_headers=headers)
    ask(client, extra_headers=headers)
    first, second = front.turn(), front.turn()
    assert (first.user_id, first.conversation_id) == ("ann", "c1")
    assert first.session_id == second.session_id
    assert (first.raw["trace_id"], first.raw["span_id"]) == ("a" * 32, "b" * 16)
    assert not [name for name in model.requests[0][1] if name.lower().startswith("x-sayagain")]
    assert model.requests[0][1]["traceparent"]


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
        streamed(client)
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
    assert "a chat completion is forwarded unchanged" in caplog.text


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


def test_pieces_make_the_whole():
    assert list(pieces({"content": "a b"}, "stop"))[-1] == b"data: [DONE]\n\n"
