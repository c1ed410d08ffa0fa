"""One worker process: serves the application on a socket until a signal, then finishes the running requests."""

import asyncio
import resource
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

import uvicorn

from sayagain.learner import Learner
from sayagain.web.access import Access
from sayagain.web.app import application
from sayagain.web.log import LOG, log_to_stderr
from sayagain.web.metrics import Metrics
from sayagain.web.options import ServeOptions
from sayagain.web.protocol import Http
from sayagain.web.service import Service
from sayagain.web.stop_signals import handle_stop_signals
from sayagain.web.traces import open_traces

__all__ = ["open_listener", "work"]

_BACKLOG = 2048


def open_listener(options: ServeOptions, port: int) -> socket.socket:
    """Bind a socket; several workers may bind to the same address, and the kernel distributes the connections."""
    family, _, _, _, address = socket.getaddrinfo(options.host, port, type=socket.SOCK_STREAM)[0]
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if options.workers > 1:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    try:
        bound.bind(address)
    except OSError:
        bound.close()
        raise
    return bound


def work(options: ServeOptions, bound: socket.socket) -> None:
    """Serve on a bound socket until SIGTERM or SIGINT.

    Args:
        options: options of the service.
        bound: the socket.
    """
    log_to_stderr(requests=options.log_requests)
    _allow_open_files()
    with Learner(**options.settings) as learner:
        service = Service(learner, Metrics(), open_traces(options.traces))
        access = Access(learner.store, rate=options.rate, signing_proxies=options.signing_proxies)
        config = uvicorn.Config(
            application(service, access, body_limit=options.body_limit),
            loop="uvloop",
            http=Http,
            ws="none",
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            backlog=_BACKLOG,
            timeout_graceful_shutdown=max(1, round(options.drain / 1000)),
            ssl_certfile=options.tls_cert,
            ssl_keyfile=options.tls_key,
        )
        _Server(config, service, options.notice / 1000).run(sockets=[bound])
    LOG.info("stopped")


def _allow_open_files() -> None:
    """Raise the limit on open files as far as the system allows: each connection is one."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    # macOS states no limit and refuses to set none.
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


class _Server(uvicorn.Server):
    """A server that handles the signals itself, so that the process exits with 0 and not by the signal."""

    def __init__(self, config: uvicorn.Config, service: Service, notice: float) -> None:
        super().__init__(config)
        self._service = service
        self._notice = notice

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Handle SIGINT and SIGTERM while inside."""
        with handle_stop_signals(self._stop):
            yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start listening, and log the address."""
        await super().startup(sockets=sockets)
        if self.started and sockets:
            host, port, *_ = sockets[0].getsockname()
            scheme = "https" if self.config.is_ssl else "http"
            shown = f"[{host}]" if ":" in host else host
            LOG.warning("listening", extra={"fields": {"url": f"{scheme}://{shown}:{port}"}})

    def _stop(self, number: int, _: FrameType | None) -> None:
        if self._service.draining:
            if number == signal.SIGINT:
                # A second Ctrl-C stops at once.
                self.force_exit = True
                self._end()
            return
        self._service.draining = True
        if self._notice:
            # uvicorn delivers signals inside the running loop.
            asyncio.get_running_loop().call_later(self._notice, self._end)
        else:
            self._end()

    def _end(self) -> None:
        self.should_exit = True
