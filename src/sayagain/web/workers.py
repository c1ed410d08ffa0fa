"""Several workers on one machine: started together, started again when one dies, ended together."""

import multiprocessing
import signal
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import FrameType

from sayagain.errors import ServiceError
from sayagain.web.log import LOG, log_to_stderr
from sayagain.web.metrics import forget_worker, share_metrics
from sayagain.web.options import ServeOptions
from sayagain.web.worker import open_listener, work

__all__ = ["serve"]

_SOON = 5.0
"""A worker that dies within so many seconds of its start would die again."""


def serve(options: ServeOptions) -> None:
    """Serve until SIGTERM or SIGINT; what is under way then is finished first.

    Raises:
        ServiceError: the address cannot be listened on, or a worker does not start.
    """
    try:
        bound = open_listener(options, options.port)
    except OSError as error:
        raise ServiceError(f"{options.host}:{options.port} cannot be listened on: {error.strerror}") from None
    with bound:
        if options.workers == 1:
            work(options, bound)
            return
        with tempfile.TemporaryDirectory(prefix="sayagain-metrics-") as folder:
            share_metrics(Path(folder))
            log_to_stderr(requests=options.log_requests)
            # It never listens, but holds the port while workers come and go, and tells which a free one is.
            _Workers(options, bound.getsockname()[1]).run()


class _Workers:
    def __init__(self, options: ServeOptions, port: int) -> None:
        self._options = options
        self._port = port
        self._running: dict[BaseProcess, float] = {}
        self._ending = False

    def run(self) -> None:
        with self._signals() as heard:
            for _ in range(self._options.workers):
                self._start()
            while not self._ending:
                wait([heard, *(each.sentinel for each in self._running)])
                self._replace_dead()
            self._end()

    def _start(self) -> None:
        # Not forked: threads and locks of libraries do not survive that.
        started = multiprocessing.get_context("spawn").Process(target=_run, args=(self._options, self._port))
        started.start()
        self._running[started] = time.monotonic()

    def _replace_dead(self) -> None:
        for each in [each for each in self._running if not each.is_alive()]:
            began = self._running.pop(each)
            if each.pid is not None:
                forget_worker(each.pid)
            if self._ending:
                continue
            if time.monotonic() - began < _SOON:
                self._ending = True
                self._end()
                raise ServiceError(f"a worker ended with {each.exitcode} just after its start; its own words are above")
            LOG.error("a worker died", extra={"fields": {"exit_code": each.exitcode}})
            self._start()

    def _end(self) -> None:
        patience = (self._options.drain + self._options.notice) / 1000 + 5
        end = time.monotonic() + patience
        for each in self._running:
            each.terminate()
        for each in self._running:
            each.join(max(0.0, end - time.monotonic()))
            if each.is_alive():
                LOG.error("a worker does not end and is killed")
                each.kill()
                each.join()

    @contextmanager
    def _signals(self) -> Iterator[socket.socket]:
        """Hear of signals while inside; what is given becomes readable when one comes."""
        ours, theirs = socket.socketpair()

        def told(_: int, __: FrameType | None) -> None:
            self._ending = True
            with suppress(OSError):
                theirs.send(b".")

        with ours, theirs:
            before = {each: signal.signal(each, told) for each in (signal.SIGINT, signal.SIGTERM)}
            try:
                yield ours
            finally:
                for each, handler in before.items():
                    signal.signal(each, handler)


def _run(options: ServeOptions, port: int) -> None:
    with open_listener(options, port) as bound:
        work(options, bound)
