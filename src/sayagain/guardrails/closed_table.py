"""The closed table of rewrites: no target is itself a source, so no rewrite feeds another."""

from collections.abc import Iterable
from typing import Protocol, TypeVar

__all__ = ["Mapping", "close_chains"]


class Mapping(Protocol):
    """Anything that says one thing instead of others, for example a `ChainRewrite`."""

    @property
    def sources(self) -> tuple[str, ...]:
        """The requests as heard."""

    @property
    def target(self) -> str:
        """What is said instead."""


M = TypeVar("M", bound=Mapping)


def close_chains(rewrites: Iterable[M]) -> list[M]:
    """Leave out every rewrite whose target is itself a source, of any rewrite: what works needs no rewriting.

    q → r beside r → s says that r works and that it does not; q → r is dropped and nothing is joined to q → s, for
    which there is no evidence of its own. What is left is closed, in the order given: no target is a source.

    >>> from types import SimpleNamespace as N
    >>> table = [N(sources=("q",), target="r"), N(sources=("r",), target="s"), N(sources=("x",), target="s")]
    >>> [rewrite.target for rewrite in close_chains(table)]
    ['s', 's']
    """
    rewrites = list(rewrites)
    sources = {source for rewrite in rewrites for source in rewrite.sources}
    return [rewrite for rewrite in rewrites if rewrite.target not in sources]
