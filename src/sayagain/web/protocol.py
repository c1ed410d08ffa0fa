"""The HTTP protocol of uvicorn, with limits for slow clients, and a problem document where it refuses."""

from asyncio import Transport
from asyncio.events import TimerHandle
from http import HTTPStatus
from typing import Literal

import msgspec
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from sayagain.web.connection_limit import ConnectionLimit
from sayagain.web.problem import PROBLEM_JSON, Problem

__all__ = ["BODY_SECONDS", "CONNECTIONS", "HEAD_BYTES", "HEAD_SECONDS", "Http"]

HEAD_SECONDS = 10.0
"""Longest time from the start of a connection, or of a request, to the end of the header.

A header fits into one packet; ten seconds are several retransmissions of it."""

HEAD_BYTES = 65_536
"""Longest header that may arrive in pieces; other servers allow 8 to 64 KB."""

BODY_SECONDS = 20.0
"""Longest time for a body, beyond one second for each `_BODY_RATE` bytes received."""

_BODY_RATE = 16_384

_FRAME_BYTES = 8
"""Bytes around each byte of a body; a body in chunks of one byte has five."""

CONNECTIONS: ConnectionLimit["Http"] = ConnectionLimit(512)
"""The open connections of this process.

One address may have 512, half of the files that a process may open where nothing else is set."""


class Http(HttpToolsProtocol):
    """HTTP/1.1 by httptools."""

    _address = ""
    _is_counted = False
    _timer: TimerHandle | None = None
    _phase: Literal["head", "body", "whole"] = "head"
    """What arrives; `whole` where the last request has arrived and the next one has not begun."""
    _unanswered = 0
    """Requests whose header has arrived and whose response is not complete."""
    _received = 0
    _body_bytes = 0
    _body_start = 0.0

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]  # as in uvicorn
        """Accept a connection; one that has waited longest makes room where its address has too many."""
        super().connection_made(transport)
        self._address = self.client[0] if self.client is not None else ""
        excess = CONNECTIONS.add(self._address, self)
        self._is_counted = True
        if excess is not None:
            excess._refuse(  # noqa: SLF001  (another connection of this class)
                HTTPStatus.SERVICE_UNAVAILABLE, f"this address has {CONNECTIONS.limit} connections already"
            )
        if excess is not self:
            self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget a connection."""
        self._stop_timer()
        if self._is_counted:
            CONNECTIONS.remove(self._address, self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse what was received; refuse a header that is too long, also one behind the chunks of a body."""
        if self.transport.is_closing():
            return
        self._received += len(data)
        super().data_received(data)
        if self._received > HEAD_BYTES + (1 + _FRAME_BYTES) * self._body_bytes:
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, f"the header is longer than {HEAD_BYTES:,} bytes")

    def on_message_begin(self) -> None:
        """Begin a request."""
        super().on_message_begin()
        self._await_head()

    def on_headers_complete(self) -> None:
        """End the header of a request."""
        self._phase = "body"
        self._body_bytes, self._body_start = 0, self.loop.time()
        self._start_timer(BODY_SECONDS)
        super().on_headers_complete()
        self._unanswered += 1

    def on_body(self, body: bytes) -> None:
        """Take in a part of a body."""
        self._body_bytes += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """End a request."""
        super().on_message_complete()
        self._phase = "whole"
        self._received = self._body_bytes = 0
        self._stop_timer()
        CONNECTIONS.proceed(self._address, self)
        if not self._unanswered:
            # It was answered by its header alone.
            self._await_head()

    def on_response_complete(self) -> None:
        """End a response; the next request has its own time."""
        self._unanswered -= 1
        super().on_response_complete()
        if self._unanswered or self.transport.is_closing():
            return
        if self._phase == "whole":
            self._await_head()
        else:
            CONNECTIONS.wait(self._address, self)

    def send_400_response(self, msg: str) -> None:
        """Answer malformed HTTP, and close the connection."""
        self._refuse(HTTPStatus.BAD_REQUEST, msg)

    def _await_head(self) -> None:
        self._phase = "head"
        self._start_timer(HEAD_SECONDS)
        # A connection whose client waits for a response makes room for no other.
        if not self._unanswered:
            CONNECTIONS.wait(self._address, self)

    def _start_timer(self, seconds: float) -> None:
        self._stop_timer()
        self._timer = self.loop.call_later(seconds, self._time_out)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _time_out(self) -> None:
        self._timer = None
        if self.transport.is_closing():
            return
        if self._phase == "head":
            if self._unanswered:
                # While an earlier request is answered, nothing more is read.
                self._start_timer(HEAD_SECONDS)
            elif self._received:
                self._refuse(HTTPStatus.REQUEST_TIMEOUT, f"the header took longer than {HEAD_SECONDS:.0f} s")
            else:
                self.transport.close()
            return
        left = self._body_start + BODY_SECONDS + self._body_bytes / _BODY_RATE - self.loop.time()
        if left > 0 or self.flow.read_paused:
            self._start_timer(max(left, 1.0))
        else:
            self._refuse(HTTPStatus.REQUEST_TIMEOUT, "the body arrives too slowly")

    def _refuse(self, status: HTTPStatus, detail: str) -> None:
        """Answer with a problem, unless it would be taken for the answer to another request; close the connection."""
        is_next = self._unanswered == 0
        if self._phase == "body":
            is_next = self._unanswered == 1 and not self.cycle.response_started
        if is_next:
            body = msgspec.json.encode(Problem(title=status.phrase, status=status, detail=detail))
            head = [
                f"HTTP/1.1 {status.value} {status.phrase}".encode(),
                b"content-type: " + PROBLEM_JSON.encode(),
                b"content-length: %d" % len(body),
                b"connection: close",
            ]
            self.transport.write(b"\r\n".join([*head, b"", body]))
        self._stop_timer()
        self.transport.close()
