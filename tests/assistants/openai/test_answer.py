"""Answers gathered on the side, however they are cut."""

import json
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from sayagain.assistants.openai import answer as answer_module
from sayagain.assistants.openai.answer import Answer

from .conftest import pieces

CALLS = [
    {"id": "call_1", "type": "function", "function": {"name": "light", "arguments": '{"on": false}'}},
    {"id": "call_2", "type": "function", "function": {"name": "radio", "arguments": "{}"}},
]


def gathered(chunks, *, streamed=True):
    answer = Answer(streamed=streamed)
    for chunk in chunks:
        answer.feed(chunk)
    answer.close()
    return answer


def cut(content, places):
    edges = [0, *sorted({place % (len(content) + 1) for place in places}), len(content)]
    return [content[start:end] for start, end in pairwise(edges)]


@given(st.lists(st.integers(0, 10_000), max_size=20), st.sampled_from([b"\n", b"\r\n"]))
def test_a_stream_is_the_same_wherever_it_is_cut(places, end):
    content = b"".join(pieces({"content": "it is off", "tool_calls": CALLS}, "tool_calls")).replace(b"\n", end)
    answer = gathered(cut(content, places))
    assert (answer.text, answer.finish_reason, answer.response_id, answer.model) == (
        "it is off ",
        "tool_calls",
        "chatcmpl-2",
        "m-1",
    )
    assert [(call.id, call.name, call.arguments) for call in answer.tool_calls] == [
        ("call_1", "light", '{"on": false}'),
        ("call_2", "radio", "{}"),
    ]


@given(
    st.lists(st.binary(max_size=60) | st.sampled_from([b"data: ", b"data: {}\n", b"\n\n"]), max_size=8), st.booleans()
)
def test_whatever_comes_never_raises(given_chunks, streamed):
    assert gathered(given_chunks, streamed=streamed).tool_calls == []


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["choices", "delta", "message", "tool_calls", "function", "content", "error", "index", "id"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(json_values)
def test_json_of_any_shape_never_raises(value):
    line = b"data: " + json.dumps(value).encode() + b"\n\n"
    assert isinstance(gathered([line]).text, str)
    assert isinstance(gathered([json.dumps(value).encode()], streamed=False).text, str)


def test_an_error_within_a_stream_is_told():
    answer = gathered([b'data: {"error": {"message": "x", "type": "server_error", "code": null}}\n\n'])
    assert answer.error == "server_error"
    assert gathered([b'{"error": "x"}'], streamed=False).error == "error"


def test_only_the_first_of_several_choices_is_gathered():
    body = {"choices": [{"index": 1, "message": {"content": "b"}}, {"index": 0, "message": {"content": "a"}}]}
    assert gathered([json.dumps(body).encode()], streamed=False).text == "a"


def test_a_tool_of_free_text_is_a_tool():
    call = {"id": "c", "type": "custom", "custom": {"name": "sql", "input": "select 1"}}
    body = {"choices": [{"index": 0, "message": {"content": None, "tool_calls": [call]}}]}
    (answer,) = gathered([json.dumps(body).encode()], streamed=False).tool_calls
    assert (answer.name, answer.arguments) == ("sql", "select 1")


def test_an_event_that_never_ends_is_not_kept(monkeypatch):
    monkeypatch.setattr(answer_module, "_LONGEST_LINE", 100)
    answer = Answer(streamed=True)
    for _ in range(50):
        answer.feed(b"x" * 60)
    assert len(answer._buffer) <= 100
