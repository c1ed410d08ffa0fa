"""The contents of a release, opened for decisions: look-up tables, models and settings."""

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache

import msgspec
import numpy as np
from lightgbm.basic import LightGBMError

from sayagain.errors import CorruptRelease
from sayagain.guardrails import known_words
from sayagain.releases.mapped_table import MappedTable
from sayagain.releases.release import Release
from sayagain.rewriting.candidates import SEARCHED, Position
from sayagain.rewriting.knowledge import Knowledge, Link, Wording
from sayagain.rewriting.lexicon import Lexicon
from sayagain.rewriting.own import PersonalRequests
from sayagain.rewriting.priors import PriorTable, log_prior
from sayagain.rewriting.rank import Ranker
from sayagain.rewriting.retrieve import Index
from sayagain.rewriting.table import TableRow
from sayagain.store import user_code
from sayagain.turns import Hypothesis

__all__ = ["Contents", "DecisionSettings", "open_contents", "shared_texts"]

_CACHED = 1 << 16
"""How many rows are kept decoded; requests repeat themselves."""


class DecisionSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How decisions are made with what was learnt."""

    position: Position
    """Whether the assistant's hypotheses are known when a decision is made."""
    thresholds: dict[str, float]
    """The least probability by class of change."""
    blocked: tuple[str, ...]
    """Words and intents that a rewrite may neither touch nor produce."""
    holdout: float
    """Share of triggered requests left as they are."""
    language: str | None = None
    """The commonest language of the log, for turns that state none; None where no turn states one."""
    social_acts: tuple[str, ...] = ()
    """Intents that only answer the assistant, as its reader declared them, sorted."""


class Contents(msgspec.Struct, frozen=True, kw_only=True):
    """A release, opened: all that a decision needs."""

    knowledge: Knowledge
    """The look-ups, mapped, without anything personal."""
    ranker: Ranker
    """The models."""
    settings: DecisionSettings
    """How decisions are made with them."""
    personal: Mapping[str, PersonalRequests]
    """What each user does, by `user_code`."""
    key: bytes
    """Of the database that the release was learnt from, under which users are named."""
    links: Mapping[str, Link]
    """The chain's rewrites by state, for listing them."""
    table: Mapping[str, TableRow]
    """The verified table by string, for listing it."""
    names: frozenset[str] = frozenset()
    """Names of things, rooms and persons that occur in requests that work, normalised."""

    def knowledge_for(self, user: str | None) -> Knowledge:
        """Return the look-ups as one user may make them: everybody's and this user's own."""
        own = self.personal.get(user_code(user, self.key)) if user is not None else None
        return self.knowledge if own is None else msgspec.structs.replace(self.knowledge, own=own)


def _open_index(release: Release) -> Index:
    arrays = {
        # Mapped as before, but as a plain array: each access through `memmap` costs ten times as much.
        name: np.load(release.path(f"index-{name}.npy"), mmap_mode="r", allow_pickle=False).view(np.ndarray)
        for name in ("starts", "rows", "weights", "idf")
    }
    return Index(texts=json.loads(release.path("index-texts.json").read_bytes()), **arrays)


def _surfaces(release: Release) -> dict[str, str]:
    # A release of before has none, and serves the words as they are compared.
    if "surfaces.msgpack" not in release.manifest.files:
        return {}
    return msgspec.msgpack.decode(release.path("surfaces.msgpack").read_bytes(), type=dict[str, str])


def open_contents(release: Release, key: bytes = b"") -> Contents:
    """Open a release for decisions; its big tables are memory-mapped, not read.

    Args:
        release: checked.
        key: of the database (`Store.user_key`), to find users' own parts by.

    Raises:
        CorruptRelease: a file cannot be read as what it should be.
    """
    try:
        return _opened(release, key)
    except (OSError, ValueError, LookupError, TypeError, msgspec.MsgspecError, LightGBMError) as error:
        raise CorruptRelease(
            f"release {release.number} is damaged: its contents cannot be read ({type(error).__name__}: {error})"
        ) from None


def shared_texts(release: Release) -> Iterator[str]:
    """Yield every text of a release that everybody is shown: what was heard, what is passed on, single words."""
    yield from json.loads(release.path("index-texts.json").read_bytes())
    yield from json.loads(release.path("lexicon.json").read_bytes())["vocabulary"]
    yield from msgspec.msgpack.decode(release.path("frequency.msgpack").read_bytes(), type=dict[str, float])
    yield from msgspec.msgpack.decode(release.path("names.msgpack").read_bytes(), type=list[str])
    yield from _surfaces(release).values()
    yield from MappedTable(release.path("table.arrow"), TableRow)
    for wording in MappedTable(release.path("wordings.arrow"), Wording).values():
        yield wording.text
    for link in MappedTable(release.path("links.arrow"), Link).values():
        yield from (*link.rewrite.sources, link.rewrite.target)


def _opened(release: Release, key: bytes) -> Contents:
    table = MappedTable(release.path("table.arrow"), TableRow)
    priors = MappedTable(release.path("priors.arrow"), PriorTable)
    wordings = MappedTable(release.path("wordings.arrow"), Wording)
    links = MappedTable(release.path("links.arrow"), Link)
    owns = MappedTable(release.path("personal.arrow"), PersonalRequests)
    frequency: dict[str, float] = msgspec.msgpack.decode(
        release.path("frequency.msgpack").read_bytes(), type=dict[str, float]
    )
    terms = json.loads(release.path("lexicon.json").read_bytes())
    lexicon = Lexicon(
        vocabulary={term: i for i, term in enumerate(terms["vocabulary"])},
        items={(name, value): i for i, (name, value) in enumerate(terms["items"])},
        simplest={(name, value): msgspec.convert(made, Hypothesis) for name, value, made in terms["simplest"]},
        weights=np.load(release.path("lexicon.npy"), mmap_mode="r", allow_pickle=False).view(np.ndarray),
    )
    prior_of = lru_cache(_CACHED)(priors.get)
    index = _open_index(release)
    settings = msgspec.json.decode(release.path("settings.json").read_bytes(), type=DecisionSettings)
    knowledge = Knowledge(
        row=lru_cache(_CACHED)(table.get),
        prior=lambda context, outcome: log_prior(prior_of(context), outcome),
        lexicon=lexicon,
        frequency=lambda word: frequency.get(word, 0.0),
        wording=lru_cache(_CACHED)(wordings.get),
        link=lru_cache(_CACHED)(links.get),
        surface=_surfaces(release).get,
        search=lru_cache(_CACHED)(lambda heard: index.search(heard, SEARCHED)),
        social_acts=frozenset(settings.social_acts),
        worked=known_words(index.texts),
    )
    ranker = Ranker(
        release.path("ranker-with-rank.txt").read_text(encoding="utf-8"),
        release.path("ranker-without-rank.txt").read_text(encoding="utf-8"),
    )
    return Contents(
        knowledge=knowledge,
        ranker=ranker,
        settings=settings,
        personal=owns,
        key=key,
        links=links,
        table=table,
        names=frozenset(msgspec.msgpack.decode(release.path("names.msgpack").read_bytes(), type=list[str])),
    )
