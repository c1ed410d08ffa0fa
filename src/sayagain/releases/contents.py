"""The contents of a release, opened for decisions: look-up tables, models and settings."""

import json
import math
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from functools import cache, cached_property, lru_cache
from typing import Any

import msgspec
from lightgbm.basic import LightGBMError

from sayagain.context import AmbiguousRequest
from sayagain.errors import CorruptRelease
from sayagain.guardrails import known_words
from sayagain.guardrails import scripts as scripts_of
from sayagain.languages import DEFAULT
from sayagain.releases.mapped_table import MappedTable
from sayagain.releases.private_copy import FileContent, array_view
from sayagain.releases.release import Release
from sayagain.releases.retrieval_file import decode_learnt
from sayagain.releases.vocabulary_file import HashedTexts, hashed_weight
from sayagain.rewriting.candidates import SEARCHED, Position
from sayagain.rewriting.knowledge import Knowledge, Link, Wording
from sayagain.rewriting.lexicon import Lexicon
from sayagain.rewriting.own import PersonalRequests
from sayagain.rewriting.priors import PriorTable, log_prior
from sayagain.rewriting.rank import Ranker
from sayagain.rewriting.retrieval import Learnt, Retrieval
from sayagain.rewriting.retrieve import Index, RetrievedRequest, build_index
from sayagain.rewriting.table import TableRow
from sayagain.store import user_code
from sayagain.turns import Hypothesis

__all__ = ["Contents", "DecisionSettings", "language_file", "open_contents", "shared_texts"]

_CACHED = 1 << 16
"""Cache size for decoded rows; requests repeat themselves."""


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
    takes_hypotheses: bool = False
    """Whether a hypothesis can be passed on as well as words."""
    language: str | None = None
    """The commonest language of the log, for turns that state none; None where no turn states one."""
    other_languages: tuple[str, ...] = ()
    """The other languages of the log, the most common first; what was learnt in each stands apart."""
    social_acts: tuple[str, ...] = ()
    """Intents that only answer the assistant, as its reader declared them, sorted."""


class Contents(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """A release, opened in one language: all that a decision needs."""

    knowledge: Knowledge
    """The look-ups, mapped, without anything personal."""
    ranker: Ranker
    """The models."""
    settings: DecisionSettings
    """How decisions are made with them."""
    personal: Mapping[str, PersonalRequests]
    """What each user does in all languages, by `user_code`."""
    key: bytes
    """Of the database that the release was learnt from, under which users are named."""
    links: Mapping[str, Link]
    """The chain's rewrites by state, for listing them."""
    search_until: Callable[[str, float], Sequence[RetrievedRequest] | None]
    """As `Knowledge.search`, or None where it would take longer than until a time of `time.perf_counter`."""
    table: Mapping[str, TableRow]
    """The verified table by string, for listing it."""
    names: frozenset[str] = frozenset()
    """Names of things, rooms and persons that occur in requests that work, normalised."""
    texts: Sequence[str] = ()
    """Requests that work, normalised."""
    other_language: str | None = None
    """The language; None for the commonest of the log."""
    others: Mapping[str, "Contents"] = {}
    """In each of the other languages, by its code; only the contents in the commonest have them."""

    @cached_property
    def scripts(self) -> frozenset[str]:
        """The scripts of requests that work."""
        return scripts_of(" ".join(self.texts))

    def knowledge_for(self, user: str | None) -> Knowledge:
        """Return the look-ups as one user may make them: everybody's and this user's own."""
        user_requests = self.personal.get(user_code(user, self.key)) if user is not None else None
        if user_requests is None:
            return self.knowledge
        return msgspec.structs.replace(self.knowledge, own=user_requests.in_language(self.other_language))

    def in_language(self, code: str) -> "Contents | None":
        """Return the contents in a language; None where the log has no turn of it.

        Args:
            code: the language; a log that states none is taken for `sayagain.languages.DEFAULT`.
        """
        return self if code == (self.settings.language or DEFAULT) else self.others.get(code)


def language_file(name: str, other: str | None) -> str:
    """Return the name of the file that holds what was learnt in a language; None stands for the commonest of the log.

    >>> language_file("table.arrow", None), language_file("table.arrow", "de")
    ('table.arrow', 'de-table.arrow')
    """
    return name if other is None else f"{other}-{name}"


class _LanguageFiles(msgspec.Struct, frozen=True):
    """The files of a release that hold what was learnt in one language."""

    release: Release
    other: str | None

    def content(self, name: str) -> FileContent:
        return self.release.content(language_file(name, self.other))

    def has(self, name: str) -> bool:
        return language_file(name, self.other) in self.release.manifest.files


@cache
def _empty_index() -> Index:
    return build_index([])


def _open_index(files: _LanguageFiles) -> Index:
    if files.other is not None and not files.has("index-texts.json"):
        # No request in this language has worked yet.
        return _empty_index()
    arrays = {name: array_view(files.content(f"index-{name}.npy")) for name in ("starts", "rows", "weights", "idf")}
    return Index(texts=json.loads(bytes(files.content("index-texts.json"))), **arrays)


def _worked(files: _LanguageFiles, index: Index) -> Container[str]:
    # A release of an earlier version has its requests alone.
    if not files.has("index-worked.npy"):
        return known_words(index.texts)
    return HashedTexts(array_view(files.content("index-worked.npy")))


def _word_weight(files: _LanguageFiles) -> Callable[[str], float] | None:
    if not files.has("index-words.npy"):
        return None
    codes, weights = (array_view(files.content(f"index-{name}.npy")) for name in ("words", "word-weights"))
    return hashed_weight(codes, weights)


def _learnt(files: _LanguageFiles) -> Learnt | None:
    # A log with few pairs taught nothing of it.
    if not files.has("retrieval.msgpack"):
        return None
    return decode_learnt(files.content("retrieval.msgpack"))


def _surfaces(files: _LanguageFiles) -> dict[str, str]:
    # An older release has none, and serves normalised words.
    if not files.has("surfaces.msgpack"):
        return {}
    return msgspec.msgpack.decode(files.content("surfaces.msgpack"), type=dict[str, str])


def open_contents(release: Release, key: bytes = b"") -> Contents:
    """Open a release for decisions; its big tables are memory-mapped. A later change of its files does not reach it.

    Args:
        release: checked.
        key: of the database (`Store.user_key`), to find users' own parts by.

    Raises:
        CorruptRelease: a file is not the one that was written, or cannot be read as what it should be.
        ReleaseError: there is no room for the copies of the files.
    """
    try:
        return _open(release, key)
    except (OSError, ValueError, LookupError, TypeError, msgspec.MsgspecError, LightGBMError) as error:
        raise CorruptRelease(
            f"release {release.number} is damaged: its contents cannot be read ({type(error).__name__}: {error})"
        ) from None


def shared_texts(release: Release) -> Iterator[str]:
    """Yield every text of a release that everybody is shown: what was heard, what is passed on, single words."""
    for request in _ambiguous(release).values():
        yield request.name.removeprefix("words ")
        yield from (str(slot.value) for meant in request.hypotheses.values() for slot in meant.slots)
    for language in (None, *_settings(release).other_languages):
        yield from _texts(_LanguageFiles(release, language))


def _texts(files: _LanguageFiles) -> Iterator[str]:
    yield from _open_index(files).texts
    yield from json.loads(bytes(files.content("lexicon.json")))["vocabulary"]
    yield from msgspec.msgpack.decode(files.content("frequency.msgpack"), type=dict[str, float])
    yield from _names(files)
    yield from _surfaces(files).values()
    learnt = _learnt(files)
    if learnt is not None:
        for heard, said in learnt.mishearings.phrases.items():
            yield from (heard, said)
    yield from MappedTable(files.content("table.arrow"), TableRow)
    for wording in MappedTable(files.content("wordings.arrow"), Wording).values():
        yield wording.text
    for link in MappedTable(files.content("links.arrow"), Link).values():
        yield from (*link.rewrite.sources, link.rewrite.target)


def _ambiguous(release: Release) -> dict[str, AmbiguousRequest]:
    # An older release has none.
    if "ambiguous.msgpack" not in release.manifest.files:
        return {}
    return msgspec.msgpack.decode(release.content("ambiguous.msgpack"), type=dict[str, AmbiguousRequest])


def _settings(release: Release) -> DecisionSettings:
    return msgspec.json.decode(release.content("settings.json"), type=DecisionSettings)


def _names(files: _LanguageFiles) -> list[str]:
    return msgspec.msgpack.decode(files.content("names.msgpack"), type=list[str])


def _open(release: Release, key: bytes) -> Contents:
    settings, ambiguous = _settings(release), _ambiguous(release)
    files = {language: _LanguageFiles(release, language) for language in (None, *settings.other_languages)}
    common = Contents(
        **_language_contents(files[None], settings, ambiguous),
        ranker=Ranker(
            bytes(release.content("ranker-with-rank.txt")).decode(),
            bytes(release.content("ranker-without-rank.txt")).decode(),
        ),
        settings=settings,
        personal=MappedTable(release.content("personal.arrow"), PersonalRequests),
        key=key,
        # A thing keeps its name in every language.
        names=frozenset(name for language_files in files.values() for name in _names(language_files)),
    )
    language_contents = {
        language: msgspec.structs.replace(
            common, **_language_contents(files[language], settings, ambiguous), other_language=language
        )
        for language in settings.other_languages
    }
    return msgspec.structs.replace(common, others=language_contents)


def _language_contents(
    files: _LanguageFiles, settings: DecisionSettings, ambiguous: Mapping[str, AmbiguousRequest]
) -> dict[str, Any]:
    table = MappedTable(files.content("table.arrow"), TableRow)
    priors = MappedTable(files.content("priors.arrow"), PriorTable)
    wordings = MappedTable(files.content("wordings.arrow"), Wording)
    links = MappedTable(files.content("links.arrow"), Link)
    frequency: dict[str, float] = msgspec.msgpack.decode(files.content("frequency.msgpack"), type=dict[str, float])
    terms = json.loads(bytes(files.content("lexicon.json")))
    lexicon = Lexicon(
        vocabulary={term: i for i, term in enumerate(terms["vocabulary"])},
        items={(name, value): i for i, (name, value) in enumerate(terms["items"])},
        simplest={
            (name, value): msgspec.convert(hypothesis, Hypothesis) for name, value, hypothesis in terms["simplest"]
        },
        weights=array_view(files.content("lexicon.npy")),
    )
    prior_of = lru_cache(_CACHED)(priors.get)
    index = _open_index(files)
    search_until = _cached_search(Retrieval(index, _learnt(files), _word_weight(files)))
    knowledge = Knowledge(
        row=lru_cache(_CACHED)(table.get),
        prior=lambda context, outcome: log_prior(prior_of(context), outcome),
        lexicon=lexicon,
        frequency=lambda word: frequency.get(word, 0.0),
        wording=lru_cache(_CACHED)(wordings.get),
        link=lru_cache(_CACHED)(links.get),
        surface=_surfaces(files).get,
        search=lambda heard: search_until(heard, math.inf) or (),
        social_acts=frozenset(settings.social_acts),
        worked=_worked(files, index),
        ambiguous=ambiguous.get,
        takes_hypotheses=settings.takes_hypotheses,
    )
    return {
        "knowledge": knowledge,
        "links": links,
        "search_until": search_until,
        "table": table,
        "texts": index.texts,
    }


def _cached_search(retrieval: Retrieval) -> Callable[[str, float], Sequence[RetrievedRequest] | None]:
    found_requests: dict[str, Sequence[RetrievedRequest]] = {}

    def search_until(heard: str, until: float) -> Sequence[RetrievedRequest] | None:
        found = found_requests.get(heard)
        if found is None:
            found = retrieval.search_until(heard, SEARCHED, until)
            # What was not ready this time may be the next time.
            if found is not None:
                if len(found_requests) >= _CACHED:
                    found_requests.clear()
                found_requests[heard] = found
        return found

    return search_until
