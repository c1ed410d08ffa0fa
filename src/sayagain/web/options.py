"""How the service is run: what the command line gives, in one record that each worker is handed."""

import ipaddress
import socket
import ssl
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from sayagain.errors import SettingError

__all__ = ["ServeOptions", "check_tls", "is_loopback"]


class ServeOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How the service is run."""

    settings: dict[str, Any]
    """Settings of the learner by name, the database among them."""
    host: str = "127.0.0.1"
    """The address listened on."""
    port: Annotated[int, Meta(ge=0, le=65535)] = 8787
    """The port; 0 takes a free one."""
    workers: Annotated[int, Meta(ge=1, le=64)] = 1
    """How many processes answer."""
    tls_cert: str | None = None
    """The certificate's file (PEM, with its chain)."""
    tls_key: str | None = None
    """The key's file (PEM)."""
    rate: Annotated[float, Meta(ge=0)] = 1_000.0
    """Requests a second that one token (without tokens: one address) may make of each worker; 0 sets no limit."""
    body_limit: Annotated[int, Meta(ge=1)] = 1 << 20
    """The longest body that is read, in bytes."""
    drain: Annotated[int, Meta(ge=0)] = 10_000
    """How long requests under way may take once the service is told to end, in milliseconds."""
    notice: Annotated[int, Meta(ge=0)] = 0
    """How long `/readyz` says no before the service stops listening, in milliseconds; for a load balancer that asks."""
    log_requests: bool = True
    """Whether each request gets a line in the log; what goes wrong always does."""
    traces: str | None = None
    """Where OpenTelemetry traces are sent (OTLP over HTTP); None for nowhere."""


def check_tls(cert: str, key: str) -> None:
    """Make sure that a certificate and its key can be used, before anything is started.

    Raises:
        SettingError: they cannot.
    """
    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(cert, key)
    except ssl.SSLError as error:
        raise SettingError(f"{cert} and {key} are no certificate and its key (PEM): {error.reason or error}") from None


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach what listens on `host`.

    Raises:
        SettingError: it is neither an address nor a name that is known.

    >>> is_loopback("127.0.0.1"), is_loopback("::1"), is_loopback("0.0.0.0")
    (True, True, False)
    """
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError as error:
        raise SettingError(f"--host is {host!r}, which is not known here ({error.strerror})") from None
    return all(ipaddress.ip_address(str(address[0])).is_loopback for *_, address in found)
