"""The HTTP protocol of uvicorn, with a problem document as the answer to malformed HTTP."""

import msgspec
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from sayagain.web.problem import PROBLEM_JSON, Problem

__all__ = ["Http"]


class Http(HttpToolsProtocol):
    """HTTP/1.1 by httptools."""

    def send_400_response(self, msg: str) -> None:
        """Answer malformed HTTP, and close the connection."""
        body = msgspec.json.encode(Problem(title="Bad Request", status=400, detail=msg))
        head = [
            b"HTTP/1.1 400 Bad Request",
            b"content-type: " + PROBLEM_JSON.encode(),
            b"content-length: %d" % len(body),
            b"connection: close",
        ]
        self.transport.write(b"\r\n".join([*head, b"", body]))
        self.transport.close()
