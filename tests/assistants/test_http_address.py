"""The address of an HTTP server that a user gives."""

import pytest

from sayagain.assistants.http_address import split_http_address
from sayagain.errors import SettingError


@pytest.mark.parametrize(
    ("url", "host", "port"),
    [
        ("http://127.0.0.1:8787", "127.0.0.1", 8787),
        ("https://Home.local/x", "home.local", None),
        ("http://[::1]:1", "::1", 1),
    ],
)
def test_an_address_has_a_host_and_perhaps_a_port(url, host, port):
    parts = split_http_address(url, "upstream", "http://x")
    assert (parts.hostname, parts.port) == (host, port)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "home.local:8123",
        "ftp://home.local",
        "http://",
        "http://:80",
        "http://[::1",
        "http://x:port",
        "http://x:99999",
    ],
)
def test_anything_else_is_refused_in_one_sentence(url):
    with pytest.raises(SettingError) as caught:
        split_http_address(url, "upstream", "https://api.openai.com/v1")
    assert str(caught.value) == f"upstream is {url!r}; expected a URL such as https://api.openai.com/v1"
