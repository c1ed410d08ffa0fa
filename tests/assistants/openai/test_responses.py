"""Calls of the Responses API through the proxy, by the real client: rewritten, learnt from, streamed, continued."""

import json

import pytest
from aiohttp import web

from sayagain.assistants.openai.responses import ResponsesRequest
from sayagain.assistants.openai.responses_answer import ResponsesAnswer

from .conftest import post, raw

TOOLS = [{"type": "function", "name": "light", "parameters": {"type": "object", "properties": {}}, "strict": False}]


def message(text):
    content = [{"type": "output_text", "text": text, "annotations": []}]
    return {"type": "message", "id": "msg_1", "role": "assistant", "status": "completed", "content": content}


def tool_call(name, arguments, call_id="call_1"):
    return {"type": "function_call", "id": "fc_1", "call_id": call_id, "name": name, "arguments": arguments}


def document(*output, response_id="resp_1", status="completed", **more):
    fields = {"id": response_id, "object": "response", "created_at": 1, "model": "m-1", "parallel_tool_calls": True}
    return {**fields, "tool_choice": "auto", "tools": [], "status": status, "output": list(output), **more}


def event(kind, **fields):
    return f"event: {kind}\ndata: {json.dumps({'type': kind, 'sequence_number': 0, **fields})}\n\n".encode()


def events(*output, text="", **how):
    """The events of a response: its beginning, the words in pieces, the whole."""
    yield event("response.created", response=document(**{**how, "status": "in_progress"}))
    for word in text.split(" ") if text else ():
        place = {"item_id": "msg_1", "output_index": 0, "content_index": 0, "logprobs": []}
        yield event("response.output_text.delta", delta=f"{word} ", **place)
    kind = {"failed": "response.failed", "incomplete": "response.incomplete"}.get(
        how.get("status"), "response.completed"
    )
    yield event(kind, response=document(*output, **how))


def responds(*output, **how):
    async def answer(request):
        if json.loads(await request.read()).get("stream"):
            text = output[0]["content"][0]["text"] if output and output[0]["type"] == "message" else ""
            return await raw(list(events(*output, text=text, **how)))(request)
        return web.json_response(document(*output, **how))

    return answer


def ask(client, text="lamp of", **how):
    return client.responses.create(model="m", input=text, **how)


def sent(model, call=-1):
    return json.loads(model.requests[call][2])


def test_the_words_of_the_user_are_rewritten_and_the_turn_is_logged(client, front, model):
    front.rewrites["lamp of"] = "turn off the lamp"
    model.answers = [responds(message("It is off."))]
    answer = ask(client, instructions="You run a home.", user="ann")
    assert answer.output_text == "It is off."
    assert (sent(model)["input"], sent(model)["instructions"]) == ("turn off the lamp", "You run a home.")
    assert model.requests[0][0] == "/v1/responses"
    turn = front.turn()
    assert (turn.heard, turn.request, turn.user_id) == ("lamp of", "turn off the lamp", "ann")
    assert (turn.applied_rewrite.id, turn.applied_rewrite.layer) == ("0123456789ab", "table")
    assert (turn.response.text, turn.failed, turn.actions) == ("It is off.", False, ())
    assert (turn.raw["response_id"], turn.raw["model"], turn.raw["finish_reason"]) == ("resp_1", "m-1", "completed")


def test_what_is_left_passes_byte_for_byte(proxy, front, model):
    model.answers = [responds(message("Fine."))]
    body = b'{ "input":[ {"role":"user", "content":"lamp \\u006ff"} ],\n "temperature" : 1.0, "model":"m" }'
    status, headers, _ = post(proxy, body, "/responses")
    assert (status, model.requests[0][2]) == (200, body)
    assert headers["X-Sayagain-Turn"] == front.turn().turn_id


def test_only_the_text_of_a_list_of_parts_is_rewritten(client, front, model):
    front.rewrites["lamp of"] = "turn off the lamp"
    model.answers = [responds(message("Fine."))]
    picture = {"type": "input_image", "image_url": "data:image/png;base64,AAAA", "detail": "auto"}
    ask(client, [{"role": "user", "content": [picture, {"type": "input_text", "text": "lamp of"}]}])
    assert sent(model)["input"][0]["content"] == [picture, {"type": "input_text", "text": "turn off the lamp"}]
    assert front.turn().heard == "lamp of"


def test_a_stream_passes_byte_for_byte_and_is_gathered_on_the_side(proxy, client, front, model):
    front.rewrites["lamp of"] = "turn off the lamp"
    model.answers = [responds(message("It is off now."))] * 2
    chunks = list(ask(client, stream=True))
    deltas = [chunk.delta for chunk in chunks if chunk.type == "response.output_text.delta"]
    assert chunks[-1].response.output_text == "It is off now."
    assert "".join(deltas) == "It is off now. "
    turn = front.turn()
    assert (turn.request, turn.response.text, turn.raw["response_id"]) == (
        "turn off the lamp",
        "It is off now.",
        "resp_1",
    )
    body = json.dumps({"model": "m", "input": "lamp of", "stream": True})
    _, headers, content = post(proxy, body, "/responses")
    assert content == b"".join(events(message("It is off now."), text="It is off now."))
    assert headers["Content-Type"] == "text/event-stream"


def test_a_stream_that_is_cut_off_keeps_the_words_so_far(proxy, front, model):
    chunks = list(events(text="It is off"))[:-1]
    model.answers = [raw(chunks)]
    post(proxy, json.dumps({"model": "m", "input": "lamp of", "stream": True}), "/responses")
    assert front.turn().response.text == "It is off "


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("by", ["previous response", "conversation", "whole input"])
def test_a_turn_ends_when_the_tools_have_answered(client, front, model, by, stream):
    front.rewrites["lamp of"] = "turn off the lamp"
    call = tool_call("light", '{"on": false}')
    model.answers = [responds(call), responds(message("Done."), response_id="resp_2")]
    how = {"conversation": "conv_1"} if by == "conversation" else {}
    output = {"type": "function_call_output", "call_id": "call_1", "output": "ok"}

    def said(content, **more):
        answer = ask(client, content, tools=TOOLS, stream=stream, **how, **more)
        return list(answer) if stream else answer

    said("lamp of")
    assert front.turns.empty()
    if by == "whole input":
        said([{"role": "user", "content": "lamp of"}, call, output])
        assert sent(model)["input"][0]["content"] == "turn off the lamp"
    else:
        said([output], **({"previous_response_id": "resp_1"} if by == "previous response" else {}))
        assert sent(model)["input"] == [output]
    turn = front.turn()
    assert (turn.heard, turn.request) == ("lamp of", "turn off the lamp")
    assert [(action.target, action.ok) for action in turn.actions] == [("light", True)]
    assert (turn.response.text, turn.response.type, turn.raw["calls"]) == ("Done.", "action_done", 2)
    assert len(front.asked) == 1
    assert front.turns.empty()


def test_a_tool_that_says_it_failed_is_an_action_that_did_not_work(client, front, model):
    model.answers = [responds(tool_call("light", "{}")), responds(message("I could not."))]
    ask(client)
    output = {"type": "function_call_output", "call_id": "call_1", "output": '{"error": "no such light"}'}
    ask(client, [output], previous_response_id="resp_1")
    assert [action.ok for action in front.turn().actions] == [False]


def test_the_user_goes_on_after_a_response_in_the_same_session(client, front, model):
    front.rewrites["lamp of"] = "turn off the lamp"
    model.answers = [
        responds(message("Off.")),
        responds(message("Bye."), response_id="resp_2"),
        responds(message("Hm.")),
    ]
    ask(client)
    ask(client, "thanks", previous_response_id="resp_1")
    # What the model's side keeps is not sent again, and this call is not written anew.
    assert sent(model) == {"model": "m", "input": "thanks", "previous_response_id": "resp_1"}
    ask(client, "thanks", previous_response_id="resp_of_another")
    first, second, third = front.turn(), front.turn(), front.turn()
    assert (second.request, second.applied_rewrite) == ("thanks", None)
    assert first.session_id == second.session_id != third.session_id


def test_the_model_is_shown_the_past_as_it_knows_it(client, front, model):
    front.rewrites["lamp of"] = "turn off the lamp"
    model.answers = [responds(message("Off.")), responds(message("Bye."))]
    first = [{"role": "developer", "content": "It is 8."}, {"role": "user", "content": "lamp of"}]
    ask(client, first)
    front.rewrites.clear()
    reasoning = {"type": "reasoning", "id": "rs_1", "summary": []}
    longer = [{"role": "developer", "content": "It is 9."}, first[1], reasoning, message("Off.")]
    ask(client, [*longer, {"role": "user", "content": "thanks"}])
    assert sent(model)["input"][1]["content"] == "turn off the lamp"
    assert front.turn().session_id == front.turn().session_id


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ({"status": "failed", "error": {"code": "server_error", "message": "no"}}, "server_error"),
        ({"status": "incomplete", "incomplete_details": {"reason": "content_filter"}}, "content_filter"),
    ],
)
@pytest.mark.parametrize("stream", [False, True])
def test_a_response_that_failed_is_a_failed_turn(client, front, model, how, code, stream):
    model.answers = [responds(**how)]
    answer = ask(client, stream=stream)
    if stream:
        list(answer)
    assert front.turn().response.error_code == code


def test_a_refusal_is_a_failure(client, front, model):
    refused = {**message(""), "content": [{"type": "refusal", "refusal": "I will not."}]}
    model.answers = [responds(refused)]
    ask(client)
    turn = front.turn()
    assert (turn.response.text, turn.response.error_code) == ("I will not.", "refusal")


@pytest.mark.parametrize("body", [{"input": "lamp of", "background": True}, {"input": 5}, {"prompt": {"id": "p"}}])
def test_what_is_no_turn_is_forwarded_unread(proxy, front, model, body):
    model.answers = [responds(message("Fine."))]
    content = json.dumps({"model": "m", **body}).encode()
    status, headers, _ = post(proxy, content, "/responses")
    assert (status, model.requests[0][2]) == (200, content)
    assert "X-Sayagain-Turn" not in headers
    assert front.asked == []


def test_other_calls_of_the_api_are_forwarded(proxy, model):
    model.answers = [responds(message("Fine."))]
    assert post(proxy, b"{}", "/responses/resp_1/cancel")[0] == 200
    assert model.requests[0][0] == "/v1/responses/resp_1/cancel"


def test_two_callers_share_nothing():
    body = {"input": "thanks", "previous_response_id": "resp_1"}
    ann, bob = (ResponsesRequest.of(body, scope) for scope in ("ann", "bob"))
    assert {key for _, key in ann.user_messages}.isdisjoint(key for _, key in bob.user_messages)
    assert ann.user_messages[0][1] == ResponsesRequest.of({"input": "lamp of"}, "ann").answer_keys("resp_1")[0]


def test_an_error_in_a_stream_is_kept():
    answer = ResponsesAnswer(streamed=True)
    answer.feed(event("error", code="rate_limit_exceeded", message="no", param=None))
    answer.close()
    assert answer.error == "rate_limit_exceeded"
