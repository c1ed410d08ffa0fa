"""The service of one worker: a learner whose blocking calls run in threads, so that the event loop never waits."""

import asyncio
import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import ParamSpec, TypeVar

from sayagain.config import is_server
from sayagain.errors import StoreError
from sayagain.learner import Learner
from sayagain.runtime import Decision, Proposal
from sayagain.store import Added
from sayagain.turns import Turn
from sayagain.web.metrics import Metrics
from sayagain.web.speakers import Speakers
from sayagain.web.traces import Traces

__all__ = ["Service"]

_WRITERS = 16
"""Threads that write; while one waits for the disk, the others join the next transaction."""

_DECIDERS = 1
"""Threads that decide. A decision is bound by the processor, so more threads only contend: under the load of
`python -m benchmarks serve` a request took 564 µs in the event loop itself, 640 with one thread, 750 with four. One
thread keeps the loop free to store turns and to answer `/healthz` while a disk is slow."""

_DECIDERS_REMOTE = 8
"""Threads that decide where the store is a server; a decision then waits mostly for the store."""

_READY_SECONDS = 2.0
"""Longest wait of `/readyz` for the store."""

P = ParamSpec("P")
R = TypeVar("R")


class Service:
    """Answers for one worker.

    Args:
        learner: the learner, with its store.
        metrics: counters of the worker.
        traces: receiver of the spans.
    """

    def __init__(self, learner: Learner, metrics: Metrics, traces: Traces) -> None:
        self.learner = learner
        self.metrics = metrics
        self.traces = traces
        self.speakers = Speakers(learner.store)
        """Check of the users that requests name."""
        self.rewrite_counts: dict[int, int] = {}
        """Number of rewrites by release, counted when it was asked for first."""
        self.draining = False
        """Whether the service is shutting down; `/readyz` reports it."""
        remote = is_server(learner.settings.db)
        self._decision_pool = ThreadPoolExecutor(_DECIDERS_REMOTE if remote else _DECIDERS, "sayagain-decide")
        self._write_pool = ThreadPoolExecutor(_WRITERS, "sayagain-store")
        self._read_pool = ThreadPoolExecutor(2, "sayagain-look")
        # Of its own, so that readiness waits for no look-up.
        self._ready_pool = ThreadPoolExecutor(1, "sayagain-ready")

    @contextmanager
    def running(self) -> Iterator[None]:
        """Watch for new releases while inside; finish running calls at the end."""
        with self.learner.runtime.watched():
            yield
            for pool in (self._decision_pool, self._write_pool, self._read_pool, self._ready_pool):
                pool.shutdown()
        self.traces.close()

    async def rewrite(
        self,
        turn: Turn,
        headers: Mapping[str, str],
        *,
        converses: bool = False,
        takes_steps: bool = False,
        proposal: Proposal | None = None,
    ) -> Decision:
        """Decide on a request; where the caller converses, answer what teaches, too."""
        with self.traces.span("sayagain.rewrite", headers) as span:
            decision = await (
                self._in(self._decision_pool, self.learner.converse, turn, takes_steps=takes_steps, proposal=proposal)
                if converses
                else self._in(self._decision_pool, self.learner.rewrite, turn, proposal=proposal)
            )
            span.tell(layer=decision.layer, release=decision.release or 0, arm=decision.arm or "")
        self.metrics.decision(decision)
        return decision

    async def observe(self, turns: list[Turn], headers: Mapping[str, str]) -> Added:
        """Store turns; they are on disk when this returns."""
        with self.traces.span("sayagain.observe", headers) as span:
            added = await self._in(self._write_pool, self.learner.runtime.observe_all, turns)
            span.tell(new=added.new, known=added.known)
        self.metrics.turns("new", added.new)
        self.metrics.turns("known", added.known)
        return added

    async def write(self, call: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run a short write in a thread."""
        return await self._in(self._write_pool, call, *args, **kwargs)

    async def look(self, call: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run a long read in a thread of its own pool, so that no decision waits for it."""
        return await self._in(self._read_pool, call, *args, **kwargs)

    async def trouble(self) -> str | None:
        """Return why the service is not ready; None when it is."""
        if self.draining:
            return "the service is shutting down"
        try:
            async with asyncio.timeout(_READY_SECONDS):
                await self._in(self._ready_pool, self.learner.store.change_counter)
        except StoreError as error:
            return self.public_reason(error)
        except TimeoutError:
            return f"the store gave no answer within {_READY_SECONDS:g} s"
        return self.learner.runtime.trouble

    def public_reason(self, error: StoreError) -> str:
        """Return the message of an error as anybody may read it: without folders, and without a server's address."""
        settings = self.learner.settings
        if is_server(settings.db):
            return str(error).replace(settings.db_name, "the database")
        return str(error).replace(f"{Path(settings.db).absolute().parent}{os.sep}", "")

    async def _in(self, pool: ThreadPoolExecutor, call: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        return await asyncio.get_running_loop().run_in_executor(pool, lambda: call(*args, **kwargs))
