"""Which requests the proxy refuses: those that a web page makes behind the user's back, and paths that leave /v1."""

import http.client
import json
import socket
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest

from sayagain.assistants import FailOpen
from sayagain.assistants.openai.proxy import Proxy
from sayagain.errors import SettingError

BODY = json.dumps({"model": "m", "user": "ann", "messages": [{"role": "user", "content": "open the door"}]})


def exchange(base, headers, method="POST", path="/v1/chat/completions", body=BODY):
    """Send a request with exactly these headers, as a browser would; return status and body."""
    parts = urlsplit(base)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=60)
    connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
    for name, value in headers:
        connection.putheader(name, value)
    connection.putheader("Content-Length", str(len(body)))
    connection.endheaders(body.encode())
    answer = connection.getresponse()
    content = answer.status, answer.read()
    connection.close()
    return content


def error_code(content):
    return json.loads(content)["error"]["code"]


@contextmanager
def running_proxy(loop, front, model, **options):
    """A proxy with options of its own; gives its base address."""
    upstream = f"http://127.0.0.1:{loop.serve(model.app())}/v1"
    with FailOpen(front, deadline=2000) as fail_open:
        port = loop.kept(loop.run(Proxy(upstream, fail_open, **options).run(port=0)))
        yield f"http://127.0.0.1:{port}/v1"


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "http://evil.example:8788",
        "null",
        "",
        "http://localhost.evil.example",
        "http://127.0.0.1.evil.example",
        "http://localhost@evil.example",
        "https://[::1",
        "chrome-extension://abcdefgh",
    ],
)
@pytest.mark.parametrize("kind", ["text/plain", "application/json"])
def test_a_page_of_another_site_can_neither_ask_the_model_nor_log_a_turn(proxy, front, model, origin, kind):
    """A form or `fetch(..., {mode: "no-cors"})` sends its body as text without asking the server first."""
    headers = [("Host", urlsplit(proxy).netloc), ("Origin", origin), ("Content-Type", kind)]
    status, content = exchange(proxy, headers)
    assert (status, error_code(content)) == (403, "forbidden_origin")
    assert (model.requests, front.asked, front.turns.empty()) == ([], [], True)


def test_a_page_of_another_site_gets_no_permission_from_upstream(proxy, model):
    """The question that a browser asks before it sends JSON is not passed on to a model that would say yes."""
    headers = [
        ("Host", urlsplit(proxy).netloc),
        ("Origin", "https://evil.example"),
        ("Access-Control-Request-Method", "POST"),
    ]
    assert exchange(proxy, headers, "OPTIONS", body="")[0] == 403
    assert model.requests == []


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8788", "localhost.evil.example", "127.0.0.1.nip.io", "[::1"]
)
@pytest.mark.parametrize("path", ["/v1/chat/completions", "/v1/models"])
def test_a_name_that_was_bound_to_this_machine_by_its_owner_is_not_served(proxy, front, model, host, path):
    """DNS rebinding: the page's own name suddenly means 127.0.0.1, so the browser takes the proxy for its site."""
    status, content = exchange(proxy, [("Host", host), ("Origin", f"http://{host}")], path=path)
    assert (status, error_code(content)) == (421, "forbidden_host")
    assert exchange(proxy, [("Host", host)], "GET", path, body="")[0] == 421
    assert (model.requests, front.asked, front.turns.empty()) == ([], [], True)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost:8788",
        "LOCALHOST",
        "chat.localhost",
        "[::1]:8788",
        "192.168.1.5:8788",
        "sayagain:8788",
        "nas.local:8788",
        "nas.local.",
        "gateway.internal",
        "sayagain.default.svc.cluster.local",
        "box.home.arpa",
        "box.lan",
    ],
)
def test_hosts_that_no_web_site_can_own_are_served(proxy, model, host):
    assert exchange(proxy, [("Host", host)])[0] == 200
    assert len(model.requests) == 1


@pytest.mark.parametrize(
    "origin",
    [
        "http://localhost:3000",
        "http://127.0.0.1",
        "http://[::1]:5173",
        "https://chat.localhost",
        "app://obsidian.md",
        "file://",
        "tauri://localhost",
        "vscode-webview://1a2b",
    ],
)
def test_pages_and_programs_of_this_machine_are_served(proxy, model, origin):
    assert exchange(proxy, [("Host", urlsplit(proxy).netloc), ("Origin", origin)])[0] == 200
    assert len(model.requests) == 1


@pytest.mark.parametrize(("fetch_site", "status"), [("cross-site", 403), ("same-site", 200), ("none", 200)])
def test_a_picture_on_a_page_of_another_site_asks_nothing(proxy, model, fetch_site, status):
    headers = [("Host", urlsplit(proxy).netloc), ("Sec-Fetch-Site", fetch_site)]
    assert exchange(proxy, headers, "GET", "/v1/models", body="")[0] == status
    assert len(model.requests) == (status == 200)


def test_a_page_of_this_machine_is_another_site_to_a_browser_and_is_served(proxy):
    """From localhost to 127.0.0.1."""
    headers = [("Host", urlsplit(proxy).netloc), ("Origin", "http://localhost:3000"), ("Sec-Fetch-Site", "cross-site")]
    assert exchange(proxy, headers)[0] == 200


def test_a_page_of_the_host_that_serves_the_proxy_is_served(proxy):
    assert exchange(proxy, [("Host", "192.168.1.5:8788"), ("Origin", "http://192.168.1.5:3000")])[0] == 200
    assert exchange(proxy, [("Host", "192.168.1.5:8788"), ("Origin", "http://192.168.1.6:3000")])[0] == 403


def test_a_client_without_host_is_served(proxy, model):
    """HTTP/1.0, as no browser speaks it."""
    parts = urlsplit(proxy)
    with socket.create_connection((parts.hostname, parts.port), timeout=60) as connection:
        connection.sendall(b"GET /v1/models HTTP/1.0\r\n\r\n")
        assert connection.recv(64).startswith(b"HTTP/1.0 200")
    assert len(model.requests) == 1


def test_the_second_of_two_headers_is_checked_too(proxy, model):
    host = ("Host", urlsplit(proxy).netloc)
    origins = [("Origin", "http://localhost"), ("Origin", "https://evil.example")]
    assert exchange(proxy, [host, *origins])[0] in {400, 403}
    assert exchange(proxy, [host, ("Host", "evil.example")])[0] in {400, 421}
    assert model.requests == []


def test_a_host_that_is_allowed_is_served_and_so_are_its_pages(loop, front, model):
    with running_proxy(loop, front, model, allowed_hosts=["Models.Example.org", "chat.example.org"]) as base:
        headers = [("Host", "models.example.org"), ("Origin", "https://chat.example.org")]
        assert exchange(base, headers)[0] == 200
        assert exchange(base, [("Host", "example.org")])[0] == 421
        assert exchange(base, [("Host", "models.example.org"), ("Origin", "https://evil.example")])[0] == 403
    with running_proxy(loop, front, model, allowed_hosts=["192.168.1.6", "fd00::6"]) as base:
        for origin in ("http://192.168.1.6:3000", "http://[fd00::6]:3000"):
            assert exchange(base, [("Host", "192.168.1.5:8788"), ("Origin", origin)])[0] == 200


@pytest.mark.parametrize("name", ["https://chat.example.org", "chat.example.org:80", "", "*", "*.example.org"])
def test_an_allowed_host_is_a_name(front, name):
    with pytest.raises(SettingError, match=r"expected a host name such as chat\.example\.org"):
        Proxy("http://127.0.0.1:1", front, allowed_hosts=[name])


@pytest.mark.parametrize(
    "path",
    [
        "/v1/../admin",
        "/v1/models/../../admin",
        "/v1/%2e%2e/admin",
        "/v1/.%2E/admin",
        "/v1/..%2fadmin",
        "/v1/..%2F..%2Fadmin",
        "/v1/..\\admin",
        "/v1/..%5cadmin",
        "/v1/..;/admin",
        "/v1/..;x=1/admin",
        "/v1/%2e%2e%3b/admin",
        "/v1/%252e%252e%252fadmin",
        "/v1/..",
        "/v1/../v1/../admin?x=1",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_path_that_leaves_v1_is_not_passed_on(proxy, model, path, method):
    status, content = exchange(proxy, [("Host", urlsplit(proxy).netloc)], method, path)
    assert (status, error_code(content)) == (400, "forbidden_path")
    assert model.requests == []


@pytest.mark.parametrize("path", ["/admin", "/", "/v1", "/v2/models", "/V1/models", "//v1/models"])
def test_nothing_outside_v1_is_passed_on(proxy, model, path):
    assert exchange(proxy, [("Host", urlsplit(proxy).netloc)], path=path)[0] == 404
    assert model.requests == []


@pytest.mark.parametrize(
    "path",
    [
        "/v1/models/ft:gpt..x",
        "/v1/models/...",
        "/v1/files/a%2Fb/content",
        "/v1/models/..x/y?next=../../admin",
        "/v1/x//y",
        "/v1/models/%25",
    ],
)
def test_a_path_with_dots_that_stays_below_v1_passes_as_it_is(proxy, model, path):
    assert exchange(proxy, [("Host", urlsplit(proxy).netloc)], "GET", path, body="")[0] == 200
    assert model.requests[0][0] == path
