"""Checks of each request to the proxy: a web page of another site cannot use it, and no path leaves /v1.

A browser lets any page send a form to any address, and a page whose own name is bound to 127.0.0.1 (DNS rebinding) even
read the answer. `Origin` tells the page, `Host` the name. Programs that are no browser send no `Origin`.
"""

import ipaddress
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from sayagain.errors import SettingError

__all__ = ["CHECKED_HEADERS", "RequestCheck", "RequestError"]

CHECKED_HEADERS = ("Host", "Origin", "Sec-Fetch-Site")
"""Headers that the check looks at."""

_LOCAL_SUFFIXES = (".localhost", ".local", ".internal", ".home.arpa", ".lan")
"""Name suffixes that nobody can register (RFC 6761, 6762 and 8375, and the ICANN root), so a web site has none."""

_PROGRAM_SCHEMES = frozenset({"app", "file", "tauri", "vscode-file", "vscode-webview"})
"""Schemes of the pages of installed programs; a browser gives a web site `http`, `https` or `null`."""

_HOST_NAME = re.compile(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?", re.ASCII)


class RequestError(NamedTuple):
    """Why a request is refused."""

    status: int
    """The HTTP status."""
    message: str
    """What was seen and what was expected."""
    code: str
    """The `code` of the error, as a client of OpenAI reads it."""


class RequestCheck:
    """Refuses requests by their path, `Host`, `Origin` and `Sec-Fetch-Site`.

    Args:
        allowed_hosts: names or addresses of hosts, beyond local ones, under which clients reach the proxy or that serve
            pages which call it, for example `chat.example.org`.

    Raises:
        SettingError: one of them is neither a host name nor an address.

    >>> check = RequestCheck()
    >>> check.error("/v1/models", {"Host": ["localhost:8788"], "Origin": ["http://localhost:3000"]}) is None
    True
    >>> check.error("/v1/models", {"Host": ["localhost:8788"], "Origin": ["https://evil.example"]}).status
    403
    """

    def __init__(self, allowed_hosts: Iterable[str] = ()) -> None:
        self._allowed = {name.lower() for name in allowed_hosts}
        for name in self._allowed:
            if _HOST_NAME.fullmatch(name) is None and _address(name) is None:
                raise SettingError(f"{name!r} is no host; expected a host name such as chat.example.org")

    def error(self, path: str, headers: Mapping[str, Sequence[str]]) -> RequestError | None:
        """Return why a request is refused, or None.

        Args:
            path: the path as it was sent, still encoded.
            headers: values of each header in `CHECKED_HEADERS`.
        """
        # A client of HTTP/1.0 sends no Host; it is not a browser.
        hosts, origins = headers.get("Host", ()), headers.get("Origin", ())
        if _leaves_folder(path):
            return RequestError(
                400, f"the path {path!r} has '..'; expected a path that stays below /v1", "forbidden_path"
            )
        names = [_host_name(f"//{host}") for host in hosts]
        for host, name in zip(hosts, names, strict=True):
            if name is None or not (name in self._allowed or _is_local(name)):
                expected = "an IP address, a local name, or a name that --allow-host gives"
                return RequestError(421, f"Host is {host!r}; expected {expected}", "forbidden_host")
        for origin in origins:
            scheme, name = origin.partition(":")[0].lower(), _host_name(origin)
            if scheme in _PROGRAM_SCHEMES or (name and (name in names or name in self._allowed or _is_loopback(name))):
                continue
            expected = "a page of this machine, or of a host that --allow-host gives"
            return RequestError(403, f"Origin is {origin!r}; expected {expected}", "forbidden_origin")
        # A picture or a link on a page sends no Origin, but a browser says that the page is of another site.
        if not origins and "cross-site" in headers.get("Sec-Fetch-Site", ()):
            return RequestError(
                403, "Sec-Fetch-Site is 'cross-site'; expected a request with Origin", "forbidden_origin"
            )
        return None


def _leaves_folder(path: str) -> bool:
    """Whether a server may take some segment for `..`: encoded up to twice, after a backslash, or with parameters."""
    return any(segment.partition(";")[0] == ".." for segment in re.split(r"[/\\]", unquote(unquote(path))))


def _host_name(url: str) -> str | None:
    try:
        name = urlsplit(url).hostname
    except ValueError:
        return None
    return name.removesuffix(".") if name else None


def _is_local(name: str) -> bool:
    """Whether no web site can have this host: an address, a name without a dot, or a name of a local network."""
    return "." not in name or name.endswith(_LOCAL_SUFFIXES) or _address(name) is not None


def _is_loopback(name: str) -> bool:
    address = _address(name)
    return name == "localhost" or name.endswith(".localhost") or (address is not None and address.is_loopback)


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None
