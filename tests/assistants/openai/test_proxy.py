"""The proxy between the real client of OpenAI and a stand-in for the model's side."""

import asyncio
import json
import threading

import openai
import pytest

from .conftest import KEY, LAMP, TOOLS, ask, ask_streaming, calls, event, pieces, post, raw, says


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
        chunks = ask_streaming(client)
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
        ask_streaming(client, tools=TOOLS)
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


def test_pieces_make_the_whole():
    assert list(pieces({"content": "a b"}, "stop"))[-1] == b"data: [DONE]\n\n"
