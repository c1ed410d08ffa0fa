"""Nightly learning of the service, in a process of its own, so that no decision waits for it."""

import multiprocessing
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from multiprocessing.process import BaseProcess
from typing import Any

from sayagain.errors import SayagainError
from sayagain.learner.learner import Learner
from sayagain.learner.nightly_learning import learn_and_promote, time_of_day, time_until
from sayagain.web.log import LOG, log_to_stderr
from sayagain.web.options import ServeOptions

__all__ = ["learn_nightly"]


@contextmanager
def learn_nightly(options: ServeOptions) -> Iterator[None]:
    """Learn each day at `options.learn_at` while inside; a run that is not ready at the end is dropped.

    A release that the gate admits is promoted, and the workers notice it as any other.
    """
    if options.learn_at is None:
        yield
        return
    ended = threading.Event()
    thread = threading.Thread(target=_repeat, args=(options, ended), name="sayagain-nights", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _repeat(options: ServeOptions, ended: threading.Event) -> None:
    assert options.learn_at is not None
    at = time_of_day(options.learn_at)
    while not ended.wait(time_until(at, datetime.now().astimezone()).total_seconds()):
        # Spawned, not forked: threads and locks of libraries do not survive a fork.
        process = multiprocessing.get_context("spawn").Process(target=_learn, args=(options.settings,), daemon=True)
        process.start()
        _wait(process, ended)


def _wait(process: BaseProcess, ended: threading.Event) -> None:
    while process.is_alive():
        if ended.is_set():
            process.terminate()
        process.join(0.2)
    if process.exitcode and not ended.is_set():
        LOG.error("nightly learning died", extra={"fields": {"exit_code": process.exitcode}})


def _learn(settings: dict[str, Any]) -> None:
    log_to_stderr(requests=False)
    try:
        with Learner(**settings) as learner:
            LOG.warning("nightly learning", extra={"fields": {"outcome": learn_and_promote(learner)}})
    except (SayagainError, OSError) as error:
        LOG.error("nightly learning failed", extra={"fields": {"reason": str(error)}})
