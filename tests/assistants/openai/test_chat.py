"""What is read of a chat completion, and what is written in its place."""

import json

from hypothesis import given
from hypothesis import strategies as st

from sayagain.assistants.openai.caller import Caller
from sayagain.assistants.openai.chat import ChatRequest, decode_body
from sayagain.assistants.openai.history import ForwardedMessage, ForwardHistory
from sayagain.assistants.openai.model_request import MAX_LENGTH

USER = {"role": "user", "content": "lamp of"}


def chat(*messages, scope=""):
    return ChatRequest.of({"messages": list(messages)}, scope)


def test_a_longer_conversation_holds_the_keys_of_the_shorter_one():
    short = chat({"role": "system", "content": "It is 8."}, USER)
    longer = chat({"role": "system", "content": "It is 9."}, USER, {"role": "assistant", "content": "ok"}, USER)
    assert [key for _, key in longer.user_messages][:1] == [short.key]
    assert longer.key != short.key


def test_another_answer_or_another_scope_is_another_past():
    one = chat(USER, {"role": "assistant", "content": "ok"}, USER)
    other = chat(USER, {"role": "assistant", "content": "no"}, USER)
    assert one.user_messages[0] == other.user_messages[0]
    assert one.key != other.key
    assert chat(USER, scope="ann").key != chat(USER, scope="bob").key


def test_words_are_those_of_the_last_message_of_the_user():
    parts = [{"type": "text", "text": "lamp"}, {"type": "image_url"}, {"type": "text", "text": "of"}]
    assert chat({"role": "user", "content": parts}).words == "lamp\nof"
    assert chat({"role": "user", "content": "x" * MAX_LENGTH}).words == "x" * MAX_LENGTH
    assert chat({"role": "user", "content": "x" * (MAX_LENGTH + 1)}).words is None
    assert chat({"role": "user", "content": [{"type": "image_url"}]}).words is None


def test_all_the_text_of_a_message_gives_way_to_the_new_words_and_nothing_else_does():
    image = {"type": "image_url", "image_url": {"url": "x"}, "detail": "low"}
    parts = [image, {"type": "text", "text": "lamp", "own": 1}, {"type": "text", "text": "of"}]
    before = {"messages": [{"role": "user", "content": parts, "name": "ann"}, USER], "seed": 10**30, "x": 1.5}
    after = json.loads(ChatRequest.of(before, "").with_words({0: "lamp off"}))
    content = [image, {"type": "text", "text": "lamp off", "own": 1}]
    assert after == {**before, "messages": [{"role": "user", "content": content, "name": "ann"}, USER]}


def test_results_are_those_since_the_user_spoke():
    def tool(call_id, content):
        return {"role": "tool", "tool_call_id": call_id, "content": content}

    request = chat(
        USER, tool("0", '{"error": 1}'), USER, tool("1", "done"), tool("2", '{"isError": true}'), tool("3", None)
    )
    assert request.tool_results == {"1": True, "2": False, "3": True}
    assert not request.user_spoke_last


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
MESSAGE = st.dictionaries(st.sampled_from(["role", "content", "tool_calls", "tool_call_id", "type", "text"]), JSON)


@given(st.lists(MESSAGE | st.builds(lambda content: {"role": "user", "content": content}, JSON), max_size=4))
def test_a_body_of_any_shape_is_read_and_written_again(messages):
    request = ChatRequest.of({"messages": messages}, "")
    assert (request is None) == (not any(message.get("role") == "user" for message in messages))
    if request is not None:
        assert request.words is None or request.words.strip()
        assert isinstance(request.tool_results, dict)
        assert json.loads(request.with_words({})) == {"messages": messages}


def test_what_is_no_object_is_no_body():
    assert [decode_body(content) for content in (b"", b"5", b"[]", b"{", b"\xff", b"[" * 100_000)] == [None] * 6


def test_who_calls_is_told_by_headers_before_the_body():
    body = {"user": "b", "safety_identifier": "s"}
    assert Caller.of({"X-OpenWebUI-User-Id": "h"}, body).user_id == "h"
    assert Caller.of({}, body).user_id == "b"
    assert Caller.of({}, {"safety_identifier": "s"}).user_id == "s"
    assert Caller.of({"Authorization": "Bearer sk-1"}, {"user": 5}).user_id is None
    assert "sk-1" not in repr(Caller.of({"Authorization": "Bearer sk-1"}, {}))


def test_a_trace_that_is_none_is_not_taken_for_one():
    for parent in ("", "x", "00-zz-yy-01", f"00-{'g' * 32}-{'b' * 16}-01", f"00-{'a' * 31}-{'b' * 16}-01"):
        assert Caller.of({"traceparent": parent}, {}).trace is None


def test_the_words_that_were_asked_for_last_are_kept_longest():
    history = ForwardHistory(capacity=2)
    for key in ("a", "b"):
        history.keep(key, ForwardedMessage(words=key, changed=True, session_id=f"s-{key}"))
    assert history.session_id(["x", "a"]) == "s-a"
    history.keep("c", ForwardedMessage(words="c", changed=True, session_id="s-c"))
    assert [history.find(key) is None for key in ("a", "b", "c")] == [False, True, False]
