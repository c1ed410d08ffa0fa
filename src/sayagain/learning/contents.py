"""The files of a release: what was counted and learnt, written for mapping, without any user's name in it."""

import hashlib
import io
import json
from collections.abc import Mapping
from functools import lru_cache

import msgspec
import numpy as np
from lightgbm.basic import LightGBMError

from sayagain.errors import CorruptRelease
from sayagain.learning.count import Counted
from sayagain.learning.judge import Judge
from sayagain.learning.mapped import MappedTable, encode_table
from sayagain.learning.release import Release
from sayagain.rewriting.candidates import SEARCHED, Position
from sayagain.rewriting.knowledge import Knowledge, Link, Wording
from sayagain.rewriting.lexicon import Lexicon
from sayagain.rewriting.own import Own
from sayagain.rewriting.priors import PriorTable, log_prior
from sayagain.rewriting.rank import Ranker
from sayagain.rewriting.retrieve import Index, build_index
from sayagain.rewriting.table import Row
from sayagain.turns import Hypothesis

__all__ = ["Contents", "DecisionSettings", "encode_contents", "open_contents", "user_code"]

_CACHED = 1 << 16
"""How many rows are kept decoded; requests repeat themselves."""


class DecisionSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How decisions are made with what was learnt."""

    position: Position
    """Whether the assistant's readings are known when a decision is made."""
    thresholds: dict[str, float]
    """The least probability by class of change."""
    blocked: tuple[str, ...]
    """Words and intents that a rewrite may neither touch nor produce."""
    holdout: float
    """Share of triggered requests left as they are."""


class Contents(msgspec.Struct, frozen=True, kw_only=True):
    """A release, opened: all that a decision needs."""

    knowledge: Knowledge
    """The look-ups, mapped, without anything personal."""
    ranker: Ranker
    """The models."""
    judge: Judge | None
    """Judges turns that came after the last learning; None for an empty log."""
    settings: DecisionSettings
    """How decisions are made with them."""
    owns: Mapping[str, Own]
    """What each user does, by `user_code`."""
    links: Mapping[str, Link]
    """The chain's rewrites by state, for listing them."""
    table: Mapping[str, Row]
    """The verified table by string, for listing it."""

    def knowledge_for(self, user: str | None) -> Knowledge:
        """Return the look-ups as one user may make them: everybody's and this user's own."""
        own = self.owns.get(user_code(user)) if user is not None else None
        return self.knowledge if own is None else msgspec.structs.replace(self.knowledge, own=own)


def encode_contents(
    counted: Counted, ranker: Ranker, judge: Judge | None, settings: DecisionSettings, *, min_users: int
) -> dict[str, bytes]:
    """Write what was learnt as the files of a release; equal input gives equal bytes.

    Wordings, outcomes and readings that fewer than `min_users` users stand behind are left out.
    """
    lexicon = io.BytesIO()
    np.save(lexicon, counted.lexicon.weights, allow_pickle=False)
    terms = {
        "simplest": [
            [*item, msgspec.to_builtins(reading)] for item, reading in sorted(counted.lexicon.simplest.items())
        ],
        "vocabulary": sorted(counted.lexicon.vocabulary, key=counted.lexicon.vocabulary.__getitem__),
        "items": sorted(counted.lexicon.items, key=counted.lexicon.items.__getitem__),
    }
    return {
        "frequency.msgpack": msgspec.msgpack.encode(counted.frequencies(min_users), order="sorted"),
        **_encode_index(build_index(counted.wordings.texts(min_users))),
        "judge.msgpack": msgspec.msgpack.encode(judge),
        "lexicon.json": json.dumps(terms, ensure_ascii=False).encode("utf-8", "surrogatepass"),
        "lexicon.npy": lexicon.getvalue(),
        "links.arrow": encode_table(counted.shared_links(min_users)),
        "personal.arrow": encode_table({user_code(user): own for user, own in counted.owns.items() if own.uses}),
        "priors.arrow": encode_table(counted.priors.tables(min_users)),
        "ranker-with-rank.txt": ranker.texts[0].encode(),
        "ranker-without-rank.txt": ranker.texts[1].encode(),
        "settings.json": msgspec.json.format(msgspec.json.encode(settings, order="sorted")),
        "table.arrow": encode_table(counted.table.rows(min_users)),
        "wordings.arrow": encode_table(counted.wordings.table(min_users)),
    }


def user_code(user: str) -> str:
    """Return the name under which a user's own part of a release is found; the release does not hold the user's id."""
    return hashlib.blake2b(f"sayagain {user}".encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def _encode_index(index: Index) -> dict[str, bytes]:
    files = {"index-texts.json": json.dumps(index.texts, ensure_ascii=False).encode("utf-8", "surrogatepass")}
    for name in ("starts", "rows", "weights", "idf"):
        out = io.BytesIO()
        np.save(out, getattr(index, name), allow_pickle=False)
        files[f"index-{name}.npy"] = out.getvalue()
    return files


def _open_index(release: Release) -> Index:
    arrays = {
        # Mapped as before, but as a plain array: each access through `memmap` costs ten times as much.
        name: np.load(release.path(f"index-{name}.npy"), mmap_mode="r", allow_pickle=False).view(np.ndarray)
        for name in ("starts", "rows", "weights", "idf")
    }
    return Index(texts=json.loads(release.path("index-texts.json").read_bytes()), **arrays)


def open_contents(release: Release) -> Contents:
    """Open a release for decisions; its big tables are memory-mapped, not read.

    Raises:
        CorruptRelease: a file cannot be read as what it should be.
    """
    try:
        return _opened(release)
    except (OSError, ValueError, LookupError, TypeError, msgspec.MsgspecError, LightGBMError) as error:
        raise CorruptRelease(
            f"release {release.number} is damaged: its contents cannot be read ({type(error).__name__}: {error})"
        ) from None


def _opened(release: Release) -> Contents:
    table = MappedTable(release.path("table.arrow"), Row)
    priors = MappedTable(release.path("priors.arrow"), PriorTable)
    wordings = MappedTable(release.path("wordings.arrow"), Wording)
    links = MappedTable(release.path("links.arrow"), Link)
    owns = MappedTable(release.path("personal.arrow"), Own)
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
    knowledge = Knowledge(
        row=lru_cache(_CACHED)(table.get),
        prior=lambda context, outcome: log_prior(prior_of(context), outcome),
        lexicon=lexicon,
        frequency=lambda word: frequency.get(word, 0.0),
        wording=lru_cache(_CACHED)(wordings.get),
        link=lru_cache(_CACHED)(links.get),
        search=lru_cache(_CACHED)(lambda heard: index.search(heard, SEARCHED)),
    )
    ranker = Ranker(
        release.path("ranker-with-rank.txt").read_text(encoding="utf-8"),
        release.path("ranker-without-rank.txt").read_text(encoding="utf-8"),
    )
    settings = msgspec.json.decode(release.path("settings.json").read_bytes(), type=DecisionSettings)
    judge = msgspec.msgpack.decode(release.path("judge.msgpack").read_bytes(), type=Judge | None)
    return Contents(
        knowledge=knowledge, ranker=ranker, judge=judge, settings=settings, owns=owns, links=links, table=table
    )
