"""What answers: a learner whose slow parts run in threads, so that the event loop waits for none of them."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import ParamSpec, TypeVar

from sayagain.config import is_server
from sayagain.errors import StoreError
from sayagain.learner import Learner
from sayagain.runtime import Decision
from sayagain.store import Added
from sayagain.turns import Turn
from sayagain.web.metrics import Metrics
from sayagain.web.traces import Traces

__all__ = ["Service"]

_WRITERS = 16
"""Threads that store; while one waits for the disk, the others gather in the next transaction."""

_DECIDERS = 1
"""Threads that decide. Deciding takes the processor, so more of them only get in each other's way: under the load of
`python -m benchmarks serve` a request took 564 µs in the event loop itself, 640 with one thread, 750 with four. One
keeps the loop free to take in turns and to say that it is alive while a disk is slow."""

_DECIDERS_FAR = 8
"""The same where the store is another machine, and deciding is mostly waiting for its answers."""

P = ParamSpec("P")
R = TypeVar("R")


class Service:
    """Answers for one worker.

    Args:
        learner: over the database.
        metrics: where is counted.
        traces: where spans go.
    """

    def __init__(self, learner: Learner, metrics: Metrics, traces: Traces) -> None:
        self.learner = learner
        self.metrics = metrics
        self.traces = traces
        self.draining = False
        """Whether the service is about to end; `/readyz` says so."""
        far = is_server(learner.settings.db)
        self._deciding = ThreadPoolExecutor(_DECIDERS_FAR if far else _DECIDERS, "sayagain-decide")
        self._storing = ThreadPoolExecutor(_WRITERS, "sayagain-store")
        self._looking = ThreadPoolExecutor(2, "sayagain-look")

    @contextmanager
    def running(self) -> Iterator[None]:
        """Watch for releases while inside; what is under way at the end is finished."""
        with self.learner.runtime.watched():
            yield
            for pool in (self._deciding, self._storing, self._looking):
                pool.shutdown()
        self.traces.close()

    async def rewrite(self, turn: Turn, headers: Mapping[str, str]) -> Decision:
        """Decide on a request."""
        with self.traces.span("sayagain.rewrite", headers) as span:
            decision = await self._in(self._deciding, self.learner.rewrite, turn)
            span.tell(layer=decision.layer, release=decision.release or 0, arm=decision.arm or "")
        self.metrics.decision(decision)
        return decision

    async def observe(self, turns: list[Turn], headers: Mapping[str, str]) -> Added:
        """Store turns; they are on disk when this returns."""
        with self.traces.span("sayagain.observe", headers) as span:
            added = await self._in(self._storing, self.learner.runtime.observe_all, turns)
            span.tell(new=added.new, known=added.known)
        self.metrics.turns("new", added.new)
        self.metrics.turns("known", added.known)
        return added

    async def write(self, call: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Call what writes a little."""
        return await self._in(self._storing, call, *args, **kwargs)

    async def look(self, call: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Call what reads for a while; it keeps no decision waiting."""
        return await self._in(self._looking, call, *args, **kwargs)

    async def trouble(self) -> str | None:
        """Say why requests should go elsewhere, or None."""
        if self.draining:
            return "it is about to end"
        try:
            await self.look(self.learner.store.change_counter)
        except StoreError as error:
            return str(error)
        return self.learner.runtime.trouble

    async def _in(self, pool: ThreadPoolExecutor, call: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        return await asyncio.get_running_loop().run_in_executor(pool, lambda: call(*args, **kwargs))
