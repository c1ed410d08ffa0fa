"""A stand-in for `sayagain serve`: rewrites by a list, as slowly as wanted, over the same HTTP."""

import json
import threading
import time
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


class StandIn:
    """Answers `POST /v1/rewrite` and `/v1/turns` on loopback.

    Args:
        rewrites: what is passed on, by the request as heard.
        delay: before each answer, in seconds.
        replies: what the service answers itself to a front that converses, likewise.
    """

    def __init__(
        self, rewrites: Mapping[str, str], *, delay: float = 0, replies: Mapping[str, str] | None = None
    ) -> None:
        self.asked: list[dict[str, Any]] = []
        self.turns: list[dict[str, Any]] = []
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                given = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                time.sleep(delay)
                answer = service.answer(self.path, given)
                body = json.dumps(answer).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._rewrites = rewrites
        self._replies = replies or {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        """Begin to answer."""
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop answering."""
        self._server.shutdown()
        self._server.server_close()

    def answer(self, path: str, given: Any) -> dict[str, Any]:  # noqa: ANN401  (decoded JSON)
        """What is answered to a request."""
        if path == "/v1/turns":
            turns = given if isinstance(given, list) else [given]
            self.turns += turns
            return {"new": len(turns), "known": 0}
        self.asked.append(given)
        heard = given["request"]
        decision = {"heard": heard, "text": heard, "why": "left as it is: nothing is known of these words"}
        if heard in self._rewrites:
            decision |= {
                "text": self._rewrites[heard],
                "layer": "chain",
                "rewrite_id": "0123456789ab",
                "release": 3,
                "propensity": 0.95,
                "why": "it was said so next",
            }
        if "converse=true" in path and heard in self._replies:
            decision |= {"layer": "teaching", "rewrite_id": "teaching", "reply": self._replies[heard]}
        return decision | {"turn_id": given["turn_id"]}
