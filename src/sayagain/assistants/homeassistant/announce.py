"""Announcement of the agent on the network, so that Home Assistant finds it by itself."""

import ipaddress
import socket

from zeroconf import Error
from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf

__all__ = ["Announcement", "own_address"]

_SERVICE_TYPE = "_wyoming._tcp.local."


class Announcement:
    """An mDNS entry on the local network, from `start` to `stop`.

    Args:
        host: address of this machine.
        port: port of the agent.
    """

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        name = f"sayagain-{socket.gethostname().split('.')[0]}-{port}"
        self._info = AsyncServiceInfo(
            _SERVICE_TYPE,
            f"{name}.{_SERVICE_TYPE}",
            addresses=[ipaddress.ip_address(host).packed],
            port=port,
            server=f"{name}.local.",
        )
        self._network: AsyncZeroconf | None = None

    async def start(self) -> bool:
        """Announce the agent; return False without a network, or if only this machine could reach it."""
        if ipaddress.ip_address(self._host).is_loopback:
            return False
        try:
            self._network = AsyncZeroconf(interfaces=[self._host])
            await self._network.async_register_service(self._info)
        except (OSError, Error):
            await self.stop()
            return False
        return True

    async def stop(self) -> None:
        """Withdraw the announcement."""
        if self._network is not None:
            network, self._network = self._network, None
            await network.async_unregister_all_services()
            await network.async_close()


def own_address(host: str, port: int) -> str:
    """Return the address of this machine as seen from another host; nothing is sent.

    Args:
        host: the other host.
        port: a port of the other host.

    >>> own_address("127.0.0.1", 8123)
    '127.0.0.1'
    """
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0]
        with socket.socket(family, kind) as probe:
            probe.connect(address)
            return str(probe.getsockname()[0])
    except OSError:
        return "127.0.0.1"
