"""Who may connect to the agent: Home Assistant, this machine where both run on it, and what the user names.

The Wyoming protocol has no passwords, and whoever connects makes requests with the access token.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Iterable, Sequence
from contextlib import suppress

from sayagain.errors import SettingError

__all__ = ["AdmittedPeers"]

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class AdmittedPeers:
    """The addresses from which connections are taken.

    Args:
        host: name or address of Home Assistant. A name is looked up again whenever an unknown address connects, since
            a home's router may give Home Assistant another one.
        networks: addresses or networks that are taken, too.

    Raises:
        SettingError: one of them is neither.

    >>> asyncio.run(AdmittedPeers("127.0.0.1").admits("127.0.0.1"))
    True
    >>> asyncio.run(AdmittedPeers("192.0.2.7", ["198.51.100.0/24"]).admits("203.0.113.9"))
    False
    """

    def __init__(self, host: str, networks: Sequence[str] = ()) -> None:
        self._host = host
        self._networks = [_network(text) for text in networks]
        self._known: set[_Address] = set()

    async def admits(self, address: str) -> bool:
        """Whether a connection from an address is taken.

        Args:
            address: as the socket names it; may have a zone (`fe80::1%eth0`).
        """
        peer = _plain(address)
        if peer in self._known or any(peer in network for network in self._networks):
            return True
        with suppress(OSError):
            found = await asyncio.get_running_loop().getaddrinfo(self._host, None, type=socket.SOCK_STREAM)
            self._known = {_plain(str(entry[4][0])) for entry in found}
            self._known |= _of_this_machine(self._known)
        return peer in self._known


def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        raise SettingError(
            f"--admit {text!r} is no address and no network; expected, for example, 192.168.1.20 or 192.168.1.0/24"
        ) from None


def _plain(address: str) -> _Address:
    """Return an address without a zone; an IPv4 address in the form of IPv6 is one of IPv4."""
    parsed = ipaddress.ip_address(address.partition("%")[0])
    return (parsed.ipv4_mapped or parsed) if isinstance(parsed, ipaddress.IPv6Address) else parsed


def _of_this_machine(addresses: Iterable[_Address]) -> set[_Address]:
    """Return the loopback addresses, where one of some addresses is this machine's: then both run on it."""
    for address in addresses:
        family = socket.AF_INET if address.version == 4 else socket.AF_INET6
        # Only an address of this machine can be bound.
        with suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.bind((str(address), 0))
            return {ipaddress.ip_address("127.0.0.1"), ipaddress.ip_address("::1"), address}
    return set()
