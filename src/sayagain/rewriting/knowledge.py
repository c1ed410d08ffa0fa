"""The lookups of a decision: everything that learning counted, in memory or mapped from a release."""

from collections.abc import Callable, Container, Sequence

import msgspec

from sayagain.context import AmbiguousRequest
from sayagain.rewriting.chain import ChainRewrite
from sayagain.rewriting.lexicon import Lexicon
from sayagain.rewriting.own import PersonalRequests
from sayagain.rewriting.retrieve import RetrievedRequest
from sayagain.rewriting.table import TableRow
from sayagain.turns import Hypothesis

__all__ = ["Knowledge", "Link", "Wording"]


class Wording(msgspec.Struct, frozen=True, kw_only=True):
    """The words that say a hypothesis best."""

    text: str
    """The wording, as the assistant was given it."""
    good: float
    """Turns with this wording that ended well."""
    users: int
    """Different users of it."""


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """Where the chain leads from one state."""

    rewrite: ChainRewrite
    """The rewrite, with its evidence."""
    target: Hypothesis
    """The hypothesis that it leads to."""


class Knowledge(msgspec.Struct, frozen=True, kw_only=True):
    """The lookups; each takes text and returns None for unknown text."""

    row: Callable[[str], TableRow | None]
    """From a normalised string to its row of the verified table."""
    prior: Callable[[str, str], float]
    """From a context and an outcome to log P(outcome | context)."""
    lexicon: Lexicon
    """From words to acts and slots."""
    frequency: Callable[[str], float]
    """How often a word was heard."""
    wording: Callable[[str], Wording | None]
    """From a hypothesis's key to its best words."""
    search: Callable[[str], Sequence[RetrievedRequest]]
    """From a normalised string to requests that work and look or sound like it, best first."""
    link: Callable[[str], Link | None]
    """From a state of the chain, a hypothesis's key or a heard string behind `heard:`, to where it leads."""
    surface: Callable[[str], str | None] = lambda _: None
    """From a normalised request that works to how it is written; None where it is written no other way."""
    worked: Container[str] = frozenset()
    """Words, and pairs of words with a space between, of requests that work."""
    social_acts: frozenset[str] = frozenset()
    """Acts that only answer the assistant, as its reader declared them."""
    ambiguous: Callable[[str], AmbiguousRequest | None] = lambda _: None
    """From what a request shares with others (`sayagain.context.request_key`) to what it means in which situation."""
    takes_hypotheses: bool = False
    """Whether a hypothesis can be passed on where no words are known for it."""
    own: PersonalRequests = msgspec.field(default_factory=PersonalRequests)
    """The personal requests of the current user; empty where personal learning is off or the user is unknown."""
