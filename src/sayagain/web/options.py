"""The options of the service, one record that is passed to each worker."""

import ipaddress
import socket
import ssl
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from sayagain.errors import SettingError

__all__ = ["ServeOptions", "check_tls", "is_loopback"]


class ServeOptions(msgspec.Struct, frozen=True, kw_only=True):
    """Options of the service."""

    settings: dict[str, Any]
    """Settings of the learner by name, including the database."""
    host: str = "127.0.0.1"
    """Address to listen on."""
    port: Annotated[int, Meta(ge=0, le=65535)] = 8787
    """Port to listen on; 0 picks a free one."""
    workers: Annotated[int, Meta(ge=1, le=64)] = 1
    """Number of worker processes."""
    tls_cert: str | None = None
    """File of the TLS certificate with its chain (PEM)."""
    tls_key: str | None = None
    """File of the private key (PEM)."""
    rate: Annotated[float, Meta(ge=0)] = 1_000.0
    """Requests a second allowed to each token (or address, without tokens) on each worker; 0 sets no limit."""
    body_limit: Annotated[int, Meta(ge=1)] = 1 << 20
    """Longest request body, in bytes."""
    drain: Annotated[int, Meta(ge=0)] = 10_000
    """Time that running requests get to finish at shutdown, in milliseconds."""
    notice: Annotated[int, Meta(ge=0)] = 0
    """Time for which `/readyz` answers 503 before the service stops listening, in milliseconds."""
    learn_at: str | None = None
    """Time of day at which to learn, such as `03:00`; None where another process learns."""
    signing_proxies: frozenset[str] = frozenset()
    """Addresses of proxies that sign people in: the console asks whoever they let through for no token."""
    log_requests: bool = True
    """Whether to log each request; warnings and errors are always logged."""
    traces: str | None = None
    """URL to send OpenTelemetry traces to (OTLP over HTTP); None to send none."""


def check_tls(cert: str, key: str) -> None:
    """Check a certificate and its key before the service starts.

    Raises:
        SettingError: they cannot be used.
    """
    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(cert, key)
    except ssl.SSLError as error:
        raise SettingError(
            f"{cert} and {key} are not a certificate and its key (PEM): {error.reason or error}"
        ) from None


def is_loopback(host: str) -> bool:
    """Return whether only this machine can reach a service that listens on `host`.

    Raises:
        SettingError: `host` is neither an address nor a name that resolves.

    >>> is_loopback("127.0.0.1"), is_loopback("::1"), is_loopback("0.0.0.0")
    (True, True, False)
    """
    try:
        addresses = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError as error:
        raise SettingError(f"--host is {host!r}, which does not resolve ({error.strerror})") from None
    return all(ipaddress.ip_address(str(address[0])).is_loopback for *_, address in addresses)
