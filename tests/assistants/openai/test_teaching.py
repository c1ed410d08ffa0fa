"""Teaching in conversation through the proxy: it answers itself, and the model is asked only for the rest."""

import pytest
from openai import OpenAI

from sayagain.assistants import FailOpen
from sayagain.assistants.openai.own_answer import can_answer
from sayagain.assistants.openai.proxy import Proxy
from sayagain.learner import Learner

from .conftest import KEY, says
from .test_responses import message, responds, sent


class ResponsesChat:
    """A conversation of one user whose past the model's side keeps."""

    def __init__(self, client):
        self.client = client
        self.previous = None

    def say(self, words, *, stream=False, **how):
        answer = self.client.responses.create(
            model="m", input=words, user="ann", stream=stream, previous_response_id=self.previous, **how
        )
        if stream:
            text, response = "", None
            for event in answer:
                text += event.delta if event.type == "response.output_text.delta" else ""
                response = getattr(event, "response", response)
        else:
            text, response = answer.output_text, answer
        self.previous = response.id
        return text


class Chat:
    """A conversation of one user, who keeps what was said as a client does."""

    def __init__(self, client):
        self.client = client
        self.messages = []

    def say(self, words, *, stream=False, **how):
        self.messages.append({"role": "user", "content": words})
        answer = self.client.chat.completions.create(
            model="m", messages=self.messages, user="ann", stream=stream, **how
        )
        if stream:
            text = "".join(chunk.choices[0].delta.content or "" for chunk in answer)
        else:
            text = answer.choices[0].message.content
        self.messages.append({"role": "assistant", "content": text})
        return text


@pytest.fixture
def learner(tmp_path):
    with Learner(tmp_path / "chat.db") as learner:
        yield learner


@pytest.fixture
def chat(loop, model, learner):
    """Start a conversation through a proxy that teaches, or not."""
    upstream = f"http://127.0.0.1:{loop.serve(model.app())}/v1"
    with FailOpen(learner, deadline=5000) as fail_open:

        def start(kind=Chat, *, teaches=True):
            port = loop.kept(loop.run(Proxy(upstream, fail_open, deadline=5000, teaches=teaches).run(port=0)))
            return kind(OpenAI(base_url=f"http://127.0.0.1:{port}/v1", api_key=KEY, max_retries=0))

        yield start


@pytest.mark.parametrize("stream", [False, True])
def test_the_proxy_asks_keeps_and_uses_a_preference(chat, model, learner, stream):
    talk = chat()
    assert talk.say("I like jazz", stream=stream) == "Should I remember that you like jazz music?"
    assert talk.say("yes", stream=stream).startswith("All right.")
    assert model.requests == []
    assert [lesson.means for lesson in learner.preferences("ann")] == ["jazz"]
    model.answers = [says("Fine.")]
    assert talk.say("play some music", stream=stream).strip() == "Fine."
    assert model.seen[-1]["content"] == "play jazz"
    # The model sees the exchange as its own.
    assert "jazz music?" in model.seen[1]["content"]


@pytest.mark.parametrize("stream", [False, True])
def test_in_the_responses_api_the_model_never_hears_of_answers_that_it_did_not_give(chat, model, learner, stream):
    talk = chat(ResponsesChat)
    model.answers = [responds(message("Hello."), response_id="resp_1")]
    assert talk.say("good morning", stream=stream).strip() == "Hello."
    assert talk.say("I like jazz", stream=stream) == "Should I remember that you like jazz music?"
    assert talk.say("yes", stream=stream).startswith("All right.")
    assert [lesson.means for lesson in learner.preferences("ann")] == ["jazz"]
    model.answers = [responds(message("Fine."), response_id="resp_2")]
    assert talk.say("play some music", stream=stream).strip() == "Fine."
    assert len(model.requests) == 2
    body = sent(model)
    assert (body["input"], body["previous_response_id"]) == ("play jazz", "resp_1")


def test_a_responses_conversation_that_begins_with_teaching_begins_anew_at_the_model(chat, model):
    talk = chat(ResponsesChat)
    talk.say("I like jazz")
    model.answers = [responds(message("Fine."))]
    assert talk.say("what is new") == "Fine."
    assert sent(model).get("previous_response_id") is None


def test_a_responses_client_that_asks_for_a_structure_gets_it_from_the_model(chat, model):
    model.answers = [responds(message("{}"))]
    structure = {"format": {"type": "json_schema", "name": "x", "schema": {"type": "object"}}}
    assert chat(ResponsesChat).say("I like jazz", text=structure) == "{}"


def test_without_it_or_where_words_would_break_the_client_the_model_answers(chat, model):
    assert chat(teaches=False).say("I like jazz") == "Fine."
    assert chat().say("I like jazz", response_format={"type": "json_object"}) == "Fine."
    assert len(model.requests) == 2


@pytest.mark.parametrize(
    ("body", "can"),
    [
        ({}, True),
        ({"n": 1, "tool_choice": "auto", "response_format": {"type": "text"}}, True),
        ({"n": 2}, False),
        ({"tool_choice": "required"}, False),
        ({"tool_choice": {"type": "function"}}, False),
        ({"response_format": {"type": "json_schema"}}, False),
        ({"response_format": []}, False),
    ],
)
def test_when_plain_words_are_an_answer(body, can):
    assert can_answer(body) is can
