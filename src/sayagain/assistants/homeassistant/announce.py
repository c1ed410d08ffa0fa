"""Announcing the agent on the network, so that Home Assistant finds it by itself."""

import ipaddress
import socket

from zeroconf import Error
from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf

__all__ = ["Announcement", "own_address"]

_KIND = "_wyoming._tcp.local."


class Announcement:
    """An entry on the local network, from `start` to `stop`.

    Args:
        host: the address of this machine by which it is reached.
        port: where the agent listens.
    """

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        name = f"sayagain-{socket.gethostname().split('.')[0]}-{port}"
        self._info = AsyncServiceInfo(
            _KIND, f"{name}.{_KIND}", addresses=[ipaddress.ip_address(host).packed], port=port, server=f"{name}.local."
        )
        self._network: AsyncZeroconf | None = None

    async def start(self) -> bool:
        """Announce it; False where there is no network to do so on, or nobody but this machine could reach it."""
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
        """Take it back."""
        if self._network is not None:
            network, self._network = self._network, None
            await network.async_unregister_all_services()
            await network.async_close()


def own_address(host: str, port: int) -> str:
    """Return the address of this machine as another sees it; nothing is sent.

    Args:
        host: of the other.
        port: likewise.

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
