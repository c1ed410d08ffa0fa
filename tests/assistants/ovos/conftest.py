"""A message bus of a few lines, as a WebSocket server (RFC 6455), and the scripts that speak to a real OVOS."""

import base64
import hashlib
import json
import socket
import struct
import sys
import threading
from contextlib import closing, suppress
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[3] / "scripts"
if str(SCRIPTS) not in sys.path:
    sys.path.append(str(SCRIPTS))

from stand_in_service import StandIn  # noqa: E402  (the scripts are found from here on)


class Bus:
    """Greets one client after the other and sends each what `send` is given."""

    def __init__(self):
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        self._client = None
        self.greeted = threading.Semaphore(0)
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                client, _ = self._server.accept()
            except OSError:
                return
            head = b""
            while b"\r\n\r\n" not in head:
                head += client.recv(4096)
            key = next(line for line in head.split(b"\r\n") if line.lower().startswith(b"sec-websocket-key"))
            token = key.split(b":")[1].strip() + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
            accept = base64.b64encode(hashlib.sha1(token).digest())
            client.sendall(
                b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n"
            )
            self._client = client
            self.greeted.release()

    def send(self, message):
        text = message if isinstance(message, bytes) else json.dumps(message).encode()
        size = bytes([len(text)]) if len(text) < 126 else b"\x7e" + struct.pack(">H", len(text))
        self._client.sendall(b"\x81" + size + text)

    def drop(self):
        """Close the connection of the client; the next may come."""
        self._client.shutdown(socket.SHUT_RDWR)
        self._client.close()

    def close(self):
        with suppress(OSError):
            # Closing alone would leave `accept` waiting, and the port open.
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        if self._client is not None:
            self._client.close()


@pytest.fixture
def bus():
    with closing(Bus()) as started:
        yield started


class Hanging(StandIn):
    """A service that answers nothing until the end of its block."""

    def __init__(self, rewrites):
        super().__init__(rewrites)
        self._released = threading.Event()

    def answer(self, path, given):
        self._released.wait(600)
        return super().answer(path, given)

    def __exit__(self, *error):
        self._released.set()
        super().__exit__(*error)


@pytest.fixture
def hanging():
    return Hanging
