"""The channel before one of Rasa's; the real Rasa stands behind it in test_real_rasa.py."""

import ast
import asyncio
import http
import http.server
import json
import sys
import threading
import types
from contextlib import suppress
from pathlib import Path

import pytest

from sayagain.assistants.rasa import channel as channel_module
from sayagain.assistants.rasa.channel import RewriteClient, SayagainChannel

SOURCE = Path(channel_module.__file__)


class Message:
    """Rasa's UserMessage, as far as a channel fills it in."""

    def __init__(self, text, sender_id="ann", metadata=None, output_channel=None):
        self.output_channel = output_channel
        self.text = text
        self.sender_id = sender_id
        self.metadata = metadata


class Rest:
    """One of Rasa's channels: hands on each message, and gives back what Rasa said."""

    def __init__(self, credentials=None):
        self.credentials = credentials

    @classmethod
    def from_credentials(cls, credentials):
        return cls(credentials)

    def url_prefix(self):
        return "rest"

    def blueprint(self, on_new_message):
        return on_new_message


class Service(http.server.BaseHTTPRequestHandler):
    """Stands in for the service; answers what the server was told to."""

    def do_POST(self):
        turn = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append((self.path, self.headers["Authorization"], turn))
        if self.server.hold is not None:
            self.server.hold.wait(60)
        status, body = self.server.answer(turn)
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        with suppress(ConnectionError):
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, *_):
        pass


def rewritten(turn):
    decision = {"heard": turn["request"], "text": "turn off the lamp", "layer": "table", "why": "known", "release": 3}
    return 200, json.dumps({**decision, "rewrite_id": "0123456789ab", "propensity": 0.95}).encode()


def unchanged(turn):
    return 200, json.dumps({"heard": turn["request"], "text": turn["request"], "layer": "leave", "why": "-"}).encode()


def taught(turn):
    decision = {"heard": turn["request"], "text": turn["request"], "layer": "teaching", "why": "-"}
    return 200, json.dumps({**decision, "reply": "Should I remember that you like jazz music?"}).encode()


@pytest.fixture
def service():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Service) as server:
        server.asked, server.hold, server.answer = [], None, rewritten
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        server.url = f"http://127.0.0.1:{server.server_port}"
        yield server
        if server.hold is not None:
            server.hold.set()
        server.shutdown()
        thread.join()


def passed_on(message, url, **settings):
    """What Rasa gets of a message."""
    received = []

    async def rasa(message_received):
        received.append(message_received)
        return "answered"

    channel = SayagainChannel(Rest(), RewriteClient(url, **{"deadline": 5000, **settings}))
    assert asyncio.run(channel.blueprint(rasa)(message)) == "answered"
    (message_received,) = received
    return message_received


class Output:
    """Where a channel sends what is said to the user."""

    def __init__(self):
        self.said = []

    async def send_text_message(self, sender_id, text):
        self.said.append((sender_id, text))


def test_what_teaches_is_answered_and_rasa_never_sees_it(service):
    service.answer = taught
    output, received = Output(), []

    async def rasa(message):
        received.append(message)

    channel = SayagainChannel.from_credentials(
        {"url": service.url, "deadline": 5000, "teach": True, "channel": f"{__name__}.Rest"}
    )
    asyncio.run(channel.blueprint(rasa)(Message("I like jazz", output_channel=output)))
    assert output.said == [("ann", "Should I remember that you like jazz music?")]
    assert received == []
    assert service.asked[0][0] == "/v1/rewrite?converse=true"


def test_without_the_setting_the_service_is_not_asked_to_converse(service):
    service.answer = unchanged
    passed_on(Message("I like jazz"), service.url)
    assert service.asked[0][0] == "/v1/rewrite"
    with pytest.raises(ValueError, match="teach is 'yes'"):
        RewriteClient(service.url, teach="yes")


def test_a_message_is_rewritten_and_its_metadata_tells(service):
    received = passed_on(Message("lamp of", metadata={"site": "web"}), service.url, token="sat_1")
    assert received.text == "turn off the lamp"
    assert received.metadata["site"] == "web"
    decision_metadata = received.metadata["sayagain"]
    assert decision_metadata["applied_rewrite"] == {
        "id": "0123456789ab",
        "from": "lamp of",
        "to": "turn off the lamp",
        "layer": "table",
        "release": 3,
        "propensity": 0.95,
    }
    ((path, key, turn),) = service.asked
    assert (path, key) == ("/v1/rewrite", "Bearer sat_1")
    assert (turn["request"], turn["user_id"], turn["conversation_id"]) == ("lamp of", "ann", "ann")
    assert decision_metadata["turn_id"] == turn["turn_id"]


def test_the_sender_that_was_not_told_is_nobody(service):
    passed_on(Message("lamp of", "default"), service.url)
    assert "user_id" not in service.asked[0][2]


def test_what_waits_for_a_yes_rides_along_and_the_message_is_left(service):
    service.answer = lambda turn: (200, json.dumps({"text": turn["request"], "ask": "lamp off", "why": "-"}).encode())
    received = passed_on(Message("lamp of"), service.url)
    assert (received.text, received.metadata["sayagain"]["ask"]) == ("lamp of", "lamp off")
    assert received.metadata["sayagain"]["applied_rewrite"]["id"] == "none"


@pytest.mark.parametrize("text", ["/restart", '/on{"area": "attic"}', "", "  ", None])
def test_what_is_no_words_of_the_user_is_not_asked_about(service, text):
    received = passed_on(Message(text), service.url)
    assert (received.text, received.metadata, service.asked) == (text, None, [])


def test_a_decision_that_a_client_made_up_is_dropped(service):
    received = passed_on(Message("/x", metadata={"sayagain": {"turn_id": "mine"}, "a": 1}), service.url)
    assert received.metadata == {"a": 1}
    service.answer = unchanged
    received = passed_on(Message("lamp", metadata={"sayagain": {"turn_id": "mine"}}), service.url)
    assert received.metadata["sayagain"]["turn_id"] != "mine"


@pytest.mark.parametrize(
    "answer",
    [(500, b"{}"), (200, b"{"), (200, b"5"), (200, b"{}"), (200, b'{"text": 5}'), (401, b'{"detail": "no"}')],
)
def test_a_service_that_fails_leaves_the_message(service, answer):
    service.answer = lambda _: answer
    received = passed_on(Message("lamp of"), service.url)
    assert received.text == "lamp of"
    assert received.metadata["sayagain"]["why"].startswith("left as it is: sayagain failed (")


class Redirect(http.server.BaseHTTPRequestHandler):
    """Sends every client on to another server."""

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(self.server.status)
        self.send_header("Location", self.server.location)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed_so_the_token_stays_with_its_service(service, status):
    """The other server would be asked by GET, with the token of the first."""
    seen = []

    def answer_get(handler):
        seen.append(handler.headers["Authorization"])
        handler.send_response(200)
        handler.end_headers()

    stranger = type("Stranger", (Service,), {"do_GET": answer_get})
    service.RequestHandlerClass = stranger
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Redirect) as redirecting:
        redirecting.status, redirecting.location = status, f"{service.url}/v1/rewrite"
        thread = threading.Thread(target=redirecting.serve_forever)
        thread.start()
        received = passed_on(Message("lamp of"), f"http://127.0.0.1:{redirecting.server_port}", token="sat_1")
        redirecting.shutdown()
        thread.join()
    assert (seen, service.asked) == ([], [])
    assert received.text == "lamp of"
    why = received.metadata["sayagain"]["why"]
    assert why == f"left as it is: sayagain failed (HTTPError: HTTP Error {status}: {http.HTTPStatus(status).phrase})"


def test_a_service_that_is_gone_leaves_the_message():
    received = passed_on(Message("lamp of"), "http://127.0.0.1:1")
    assert (received.text, received.metadata["sayagain"]["applied_rewrite"]["layer"]) == ("lamp of", "leave")


def test_a_service_that_hangs_leaves_the_message(service):
    service.hold = threading.Event()
    received = passed_on(Message("lamp of"), service.url, deadline=50)
    assert received.text == "lamp of"
    assert "left as it is: sayagain" in received.metadata["sayagain"]["why"]


def test_everything_else_is_the_channels_own():
    channel = SayagainChannel(Rest(), RewriteClient())
    assert channel.url_prefix() == "rest"
    with pytest.raises(AttributeError):
        _ = channel.get_output_channel


def test_credentials_name_the_channel_and_the_service(monkeypatch):
    channels = types.ModuleType("rasa.core.channels")
    channels.BUILTIN_CHANNELS = {"rest": Rest, "slack": Rest}
    channels.Own = Rest
    monkeypatch.setitem(sys.modules, "rasa.core.channels", channels)
    channel = SayagainChannel.from_credentials(None)
    assert (channel.url_prefix(), channel.credentials, channel._client.url) == ("rest", None, "http://127.0.0.1:8787")
    credentials = {"url": "http://x/", "channel": "rasa.core.channels.Own", "credentials": {"a": 1}, "deadline": 9}
    channel = SayagainChannel.from_credentials(credentials)
    assert (channel.credentials, channel._client.url, channel._client.deadline) == ({"a": 1}, "http://x", 9)
    with pytest.raises(ValueError, match="Rasa has no channel sms; it has: rest, slack"):
        SayagainChannel.from_credentials({"channel": "sms"})
    with pytest.raises(ValueError, match="the channel has no setting 'tokens'; expected url, token, deadline"):
        SayagainChannel.from_credentials({"tokens": "x"})


@pytest.mark.parametrize("settings", [{"url": "nowhere"}, {"url": 5}, {"deadline": 0}, {"deadline": "300"}])
def test_a_setting_that_cannot_be_used_is_said(settings):
    with pytest.raises(ValueError, match="expected"):
        RewriteClient(**settings)


def test_the_file_needs_the_standard_library_alone_and_python_3_8():
    tree = ast.parse(SOURCE.read_text(encoding="utf-8"), feature_version=(3, 8))
    imported = {
        (node.module if isinstance(node, ast.ImportFrom) else alias.name).split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert imported <= sys.stdlib_module_names
