import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import msgspec
import pytest

from sayagain import Decision, Turn
from sayagain.assistants import FailOpen
from sayagain.assistants.remote import Remote
from sayagain.errors import RequestRefused, ServiceError
from sayagain.runtime import Proposal

TURN = Turn(turn_id="t1", started=1, request="lamb on", user_id="u")
MADE = Decision(heard="lamb on", text="lamp on", layer="table", rewrite_id="r1", release=1, why="x")


@pytest.fixture
def service():
    """A stand-in for the service: answers as told, and remembers what it was asked."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            server.asked.append((self.path, self.headers.get("Authorization"), body))
            status, content = server.answer
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
            self.close_connection = server.drops

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.asked, server.answer, server.drops = [], (200, msgspec.json.encode(MADE)), False
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def at(server):
    return f"http://127.0.0.1:{server.server_address[1]}"


@pytest.fixture
def remote(service):
    with Remote(at(service), "secret") as made:
        yield made


def test_a_decision_comes_back_and_what_is_known_goes_along(service, remote):
    assert remote.rewrite(TURN) == MADE
    assert service.asked == [("/v1/rewrite", "Bearer secret", json.loads(msgspec.json.encode(TURN)))]


def test_a_turn_goes_with_what_was_applied_to_it(service):
    with Remote(f"{at(service)}/home/") as remote:
        remote.observe(TURN, MADE)
    ((path, token, body),) = service.asked
    assert (path, token) == ("/home/v1/turns", None)
    assert body["applied_rewrite"]["id"] == "r1"


def test_a_connection_that_was_closed_meanwhile_is_made_anew(service, remote):
    service.drops = True
    assert [remote.rewrite(TURN) for _ in range(3)] == [MADE] * 3


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ((403, b'{"title": "Forbidden", "detail": "the token lacks the scope rewrite"}'), "lacks the scope rewrite"),
        ((500, b"<html>oops"), "<html>oops"),
        ((200, b"[]"), "is not a decision"),
    ],
)
def test_a_refusal_says_what_the_service_said(service, remote, answer, told):
    service.answer = answer
    with pytest.raises(ServiceError, match=told):
        remote.rewrite(TURN)


@pytest.mark.parametrize("status", [301, 302, 303, 304, 307, 308])
def test_a_redirect_is_an_error_so_the_turn_is_kept_and_the_token_stays(service, remote, status):
    service.answer = (status, b"")
    with pytest.raises(ServiceError, match=rf"/v1/turns refuses \({status}\)"):
        remote.observe(TURN)
    assert [path for path, _, _ in service.asked] == ["/v1/turns"]


def test_a_service_that_is_not_there_is_named(service):
    url = at(service)
    service.shutdown()
    service.server_close()
    with pytest.raises(ServiceError, match=f"{url} cannot be reached"):
        Remote(url).rewrite(TURN)
    with FailOpen(Remote(url)) as front:
        assert front.rewrite(TURN).text == "lamb on"


@pytest.mark.parametrize("status", [400, 413, 422])
def test_a_turn_that_would_be_refused_again_is_told_apart(service, remote, status):
    service.answer = (status, b'{"detail": "no turn"}')
    with pytest.raises(RequestRefused, match=f"refuses .{status}.: no turn"):
        remote.observe(TURN)


def test_a_turn_of_a_user_that_the_token_does_not_speak_for_keeps_no_other_waiting(service, remote):
    service.answer = (403, b'{"type": "urn:sayagain:foreign-user", "detail": "not ann"}')
    with pytest.raises(RequestRefused, match=r"refuses .403.: not ann"):
        remote.observe(TURN)


@pytest.mark.parametrize("status", [401, 403, 404, 408, 421, 429, 500, 503])
def test_a_refusal_that_may_pass_is_none_for_good(service, remote, status):
    service.answer = (status, b'{"detail": "later"}')
    with pytest.raises(ServiceError) as caught:
        remote.observe(TURN)
    assert not isinstance(caught.value, RequestRefused)


def test_teaching_in_conversation_is_asked_of_the_service(service, remote):
    reply = msgspec.structs.replace(MADE, reply="Should I?")
    service.answer = (200, msgspec.json.encode(reply))
    assert remote.converse(TURN, takes_steps=True).reply == "Should I?"
    assert service.asked[-1][0] == "/v1/rewrite?converse=true&steps=true"
    with FailOpen(remote) as front:
        assert front.converse(TURN).reply == "Should I?"


def test_a_proposal_is_sent_with_the_request(service, remote):
    service.answer = (200, msgspec.json.encode(MADE))
    proposal = Proposal(text="lamp off", probability=0.9, why="they sound alike")
    remote.converse(TURN, proposal=proposal)
    sent = service.asked[-1][-1]
    assert sent.pop("proposal") == {"text": "lamp off", "probability": 0.9, "why": "they sound alike"}
    remote.converse(TURN)
    assert service.asked[-1][-1] == sent
