"""The worker processes of one machine: start them, restart those that die, stop them together."""

import multiprocessing
import os
import signal
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import FrameType

from sayagain.errors import ServiceError
from sayagain.store import hold_service_lock
from sayagain.web.log import LOG, log_to_stderr
from sayagain.web.metrics import forget_worker, share_metrics
from sayagain.web.nightly_process import learn_nightly
from sayagain.web.options import ServeOptions
from sayagain.web.stop_signals import handle_stop_signals
from sayagain.web.worker import open_listener, work

__all__ = ["serve"]

_STARTUP_SECONDS = 5.0
"""A worker that dies within this time of its start is not restarted: it would die again."""


def serve(options: ServeOptions) -> None:
    """Serve until SIGTERM or SIGINT, then finish the running requests.

    Raises:
        ServiceError: the address is not available, or a worker does not start.
        StoreError: the database is served already.
    """
    with hold_service_lock(options.settings["db"]), _listener(options) as bound, learn_nightly(options):
        if options.workers == 1:
            work(options, bound)
            return
        with tempfile.TemporaryDirectory(prefix="sayagain-metrics-") as folder:
            share_metrics(Path(folder))
            log_to_stderr(requests=options.log_requests)
            # This socket never listens: it reserves the port while workers come and go, and picks one for port 0.
            _Workers(options, bound.getsockname()[1]).run()


def _listener(options: ServeOptions) -> socket.socket:
    try:
        return open_listener(options, options.port)
    except OSError as error:
        raise ServiceError(f"cannot listen on {options.host}:{options.port}: {error.strerror}") from None


class _Workers:
    def __init__(self, options: ServeOptions, port: int) -> None:
        self._options = options
        self._port = port
        self._running: dict[BaseProcess, float] = {}
        self._ending = False

    def run(self) -> None:
        with self._stop_signal() as stop:
            for _ in range(self._options.workers):
                self._start()
            while not self._ending:
                wait([stop, *(process.sentinel for process in self._running)])
                self._replace_dead()
            self._end()

    def _start(self) -> None:
        # Spawned, not forked: threads and locks of libraries do not survive a fork.
        process = multiprocessing.get_context("spawn").Process(target=_run, args=(self._options, self._port))
        process.start()
        self._running[process] = time.monotonic()

    def _replace_dead(self) -> None:
        for process in [process for process in self._running if not process.is_alive()]:
            start = self._running.pop(process)
            if process.pid is not None:
                forget_worker(process.pid)
            if self._ending:
                continue
            if time.monotonic() - start < _STARTUP_SECONDS:
                self._ending = True
                self._end()
                raise ServiceError(
                    f"a worker ended with exit code {process.exitcode} right after its start; its own message is above"
                )
            LOG.error("a worker died", extra={"fields": {"exit_code": process.exitcode}})
            self._start()

    def _end(self) -> None:
        patience = (self._options.drain + self._options.notice) / 1000 + 5
        end = time.monotonic() + patience
        for process in self._running:
            process.terminate()
        for process in self._running:
            process.join(max(0.0, end - time.monotonic()))
            if process.is_alive():
                LOG.error("a worker does not stop and is killed")
                process.kill()
                process.join()

    @contextmanager
    def _stop_signal(self) -> Iterator[socket.socket]:
        """Handle SIGINT and SIGTERM while inside; give a socket that becomes readable when one arrives."""
        ours, theirs = socket.socketpair()

        def request_stop(_: int, __: FrameType | None) -> None:
            self._ending = True
            with suppress(OSError):
                theirs.send(b".")

        with ours, theirs, handle_stop_signals(request_stop):
            yield ours


def _run(options: ServeOptions, port: int) -> None:
    _end_with_parent((options.drain + options.notice) / 1000 + 5)
    with hold_service_lock(options.settings["db"], worker=True), open_listener(options, port) as bound:
        work(options, bound)


def _end_with_parent(patience: float) -> None:
    """Stop this worker when the process that started it is gone, also when that was killed.

    Args:
        patience: time that running requests get, in seconds.
    """
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        wait([parent.sentinel])
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(patience)
        # A worker that does not stop would write beside the next service.
        os._exit(1)

    threading.Thread(target=watch, name="sayagain-parent", daemon=True).start()
