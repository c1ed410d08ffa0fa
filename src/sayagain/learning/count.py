"""Counts of a log: verified table, priors, lexicon, wordings, word frequencies; separate for each fitting unit.

Each language of the log has counts of its own, so no request is looked up or rewritten in another language.
Users count as privacy units; a lookup leaves out one fitting unit (`sayagain.turns.units`).
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial
from itertools import chain

from sayagain.context import AmbiguousRequest
from sayagain.guardrails import known_words, names_of
from sayagain.labels import Label
from sayagain.languages import language_of, log_languages
from sayagain.learning.history import NOTHING_OLDER, OlderCounts
from sayagain.learning.learn_retrieval import CrossFit, half_of, learn_retrieval
from sayagain.learning.surface_forms import SurfaceForms
from sayagain.rewriting.candidates import SEARCHED, Position
from sayagain.rewriting.features import context_of
from sayagain.rewriting.knowledge import Knowledge, Link, Wording
from sayagain.rewriting.lexicon import Lexicon, Taught, fold, learn_lexicon, terms
from sayagain.rewriting.mishearings import HeardPair
from sayagain.rewriting.own import PersonalRequests
from sayagain.rewriting.priors import Priors
from sayagain.rewriting.retrieval import Retrieval
from sayagain.rewriting.retrieve import RetrievedRequest, build_index
from sayagain.rewriting.table import Table, transcripts
from sayagain.rewriting.unit_counts import UnitCounts
from sayagain.text import limit_text, normalise
from sayagain.turns import Session, Turn, declared_acts, fitting_unit, privacy_units

__all__ = ["Counted", "Labelled", "Wordings", "count"]

Labelled = tuple[Session, Sequence[Label | None]]
"""A session and the label of each of its turns."""

VIEWS = 512
"""Units whose look-ups are kept: the sessions of a few hundred people alternate in a log."""


class Wordings(UnitCounts):
    """The successful wordings of each hypothesis, with separate counts for each fitting unit."""

    def __init__(self, units: Mapping[str, str] | None = None) -> None:
        super().__init__(units)
        self._good: dict[str, dict[str, dict[str, float]]] = {}

    def add(self, key: str, text: str, user: str, probability: float) -> None:
        """Count one turn of a fitting unit that ended well."""
        by_user = self._good.setdefault(key, {}).setdefault(text, {})
        by_user[user] = by_user.get(user, 0.0) + probability

    def best(self, key: str, without: str | None = None, min_users: int = 1) -> Wording | None:
        """Return the words with the most success behind them; None when no words have enough users."""
        ranked_wordings = []
        for text, by_unit in self._good.get(key, {}).items():
            parts = {unit: n for unit, n in by_unit.items() if unit != without}
            users = len(self._users(parts))
            if parts and users >= min_users:
                ranked_wordings.append((-sum(parts.values()), text, users))
        if not ranked_wordings:
            return None
        minus_good, text, users = min(ranked_wordings)
        return Wording(text=text, good=-minus_good, users=users)

    def texts(self, min_users: int = 1) -> list[str]:
        """Return all words that went well for something, sorted; those of fewer users are left out."""
        users: dict[str, set[str]] = {}
        for by_text in self._good.values():
            for text, by_unit in by_text.items():
                users.setdefault(text, set()).update(self._users(by_unit))
        return sorted(text for text, text_users in users.items() if len(text_users) >= min_users)

    def table(self, min_users: int) -> dict[str, Wording]:
        """Return the best words by hypothesis; hypotheses without words of enough users are left out."""
        best_wordings = {key: self.best(key, min_users=min_users) for key in sorted(self._good)}
        return {key: wording for key, wording in best_wordings.items() if wording is not None}


class Counted:
    """All that was counted in one language; `view` shows it as a decision would see it.

    What `count` returns is of the language that most turns state, with the turns that state none; `others` holds each
    other language by its code.

    Args:
        units: from a fitting unit to its privacy unit, as made by `privacy_units`.
    """

    def __init__(self, units: Mapping[str, str] | None = None) -> None:
        self.units = units or {}
        self.language: str | None = None
        self.others: dict[str, Counted] = {}
        self.table = Table(self.units)
        self.priors = Priors(self.units)
        self.wordings = Wordings(self.units)
        self.surfaces = SurfaceForms()
        self.names: dict[str, set[str]] = {}
        self.frequency: Counter[str] = Counter()
        self.speakers: dict[str, set[str]] = {}
        self.lexicon: Lexicon
        self.crossed: list[Lexicon]
        self.links: dict[str, Link] = {}
        self.crossed_links: list[dict[str, Link]] = []
        self.index = build_index([])
        self.worked: frozenset[str] = frozenset()
        self.heard_pairs: list[HeardPair] = []
        self.retrieval: CrossFit | None = None
        self._search_cache: dict[tuple[str, int], Sequence[RetrievedRequest]] = {}
        self._retrievals: tuple[Retrieval, ...] = ()
        self._views: dict[str, Knowledge] = {}
        self.owns: dict[str, PersonalRequests] = {}
        self.social_acts: frozenset[str] = frozenset()
        self.ambiguous: dict[str, AmbiguousRequest] = {}
        self.crossed_ambiguous: list[dict[str, AmbiguousRequest]] = []
        self.takes_hypotheses = False

    @property
    def parts(self) -> dict[str | None, "Counted"]:
        """All languages; None stands for the one that most turns state."""
        parts: dict[str | None, Counted] = {None: self}
        return parts | dict(self.others)

    def other_language(self, turn: Turn) -> str | None:
        """Return the language of a turn; None for the one that most turns state."""
        code = language_of(turn.language)
        return code if code in self.others else None

    def search(self, heard: str, unit: str) -> Sequence[RetrievedRequest]:
        """Return requests that went well and look or sound like what was heard, as found without a fitting unit."""
        if not self._retrievals:
            learnt = self.retrieval.halves if self.retrieval is not None else (None, None)
            self._retrievals = tuple(Retrieval(self.index, half) for half in learnt)
        half = half_of(unit)
        if (heard, half) not in self._search_cache:
            self._search_cache[heard, half] = self._retrievals[half].search(heard, SEARCHED)
        return self._search_cache[heard, half]

    def learn_retrieval(self, min_users: int, seed: int, position: Position) -> None:
        """Learn how requests are misheard in each language, from what was counted; too little teaches nothing.

        Args:
            min_users: mishearings that fewer users stand behind are left out.
            seed: of the boosting.
            position: where the assistant lists what a request may be, nothing is retrieved.
        """
        for part in self.parts.values() if position != "read" else ():
            part.retrieval = learn_retrieval(
                part.heard_pairs, part.index, min_users=min_users, units=part.units, seed=seed
            )

    def known_names(self, min_users: int) -> list[str]:
        """Return the names of things, rooms and persons that the assistant understood, sorted."""
        return sorted(name for name, units in self.names.items() if len(units) >= min_users)

    def frequencies(self, min_users: int) -> dict[str, float]:
        """Return how often each word was heard; words that fewer users said are left out."""
        return {word: float(n) for word, n in sorted(self.frequency.items()) if len(self.speakers[word]) >= min_users}

    def shared_links(self, min_users: int) -> dict[str, Link]:
        """Return the chain's rewrites by state and by heard string; those of fewer users are left out."""
        return {state: link for state, link in self.links.items() if link.rewrite.evidence.users >= min_users}

    def view(self, unit: str, other: str | None = None) -> Knowledge:
        """Return the look-ups as they would be had a fitting unit never spoken: what learning may look up for it.

        Args:
            unit: the fitting unit.
            other: the language; None for the one that most turns state.
        """
        if other is not None:
            return self.others[other].view(unit)
        if unit not in self._views:
            if len(self._views) >= VIEWS:
                self._views.pop(next(iter(self._views)))
            self._views[unit] = self._view(unit)
        return self._views[unit]

    def _view(self, unit: str) -> Knowledge:
        return Knowledge(
            # A turn's candidates ask for the same few strings again and again.
            row=lru_cache(None)(lambda text: self.table.row(text, unit)),
            prior=lambda context, outcome: self.priors.log(context, outcome, unit),
            lexicon=self.crossed[fold(unit)],
            frequency=lambda word: float(self.frequency[word]),
            wording=lambda key: self.wordings.best(key, unit),
            # The chain is learnt after the first look-ups.
            link=lambda state: self.crossed_links[fold(unit)].get(state) if self.crossed_links else None,
            search=lambda heard: self.search(heard, unit),
            social_acts=self.social_acts,
            worked=self.worked,
            # So are the ambiguous requests.
            ambiguous=lambda name: self.crossed_ambiguous[fold(unit)].get(name) if self.crossed_ambiguous else None,
            takes_hypotheses=self.takes_hypotheses,
        )


def count(
    labelled: Sequence[Labelled],
    *,
    min_users: int = 1,
    units: Mapping[str, str] | None = None,
    p_defect: Mapping[str, float] | None = None,
    older: OlderCounts = NOTHING_OLDER,
) -> Counted:
    """Count all sessions, each language apart.

    Args:
        labelled: sessions with the labels of their turns.
        min_users: terms of the lexicon that fewer users stand behind are left out.
        units: from a fitting unit to its privacy unit; as made by `privacy_units` of these sessions if not given.
        p_defect: P(the turn went wrong) by turn id, of the turns that were judged.
        older: counts of sessions before these; the lexicon and mishearings are learnt without them.
    """
    units = privacy_units(session for session, _ in labelled) if units is None else units
    tags = (turn.language for session, _ in labelled for turn in session.turns)
    turns = (turn for session, _ in labelled for turn in session.turns)
    languages = log_languages(chain(tags, older.language_tags()))
    social = declared_acts(chain(turns, older.act_turns())).social
    counted = Counted(units)
    counted.language = languages[0] if languages else None
    counted.others = {code: Counted(units) for code in languages[1:]}
    for code, part in counted.parts.items():
        part.language = code or counted.language
        part.social_acts = social
        older.add_to(part, part.language)
        _count_language(part, labelled, min_users, partial(_is_in_language, counted, code), p_defect or {})
    return counted


def _is_in_language(counted: Counted, code: str | None, turn: Turn) -> bool:
    return counted.other_language(turn) == code


def _count_language(
    counted: Counted,
    labelled: Sequence[Labelled],
    min_users: int,
    counts: Callable[[Turn], bool],
    p_defect: Mapping[str, float],
) -> None:
    examples: list[Taught] = []
    for session, labels in labelled:
        unit = fitting_unit(session)
        for place, (turn, label) in enumerate(zip(session.turns, labels, strict=True)):
            if not counts(turn):
                continue
            previous_turn = session.turns[place - 1] if place else None
            for word in normalise(turn.heard).split():
                counted.frequency[word] += 1
                counted.speakers.setdefault(word, set()).add(counted.units[unit])
            counted.table.add(turn, label, unit, p_defect.get(turn.turn_id))
            for name in names_of((slot.name, slot.value) for slot in turn.understood.slots):
                counted.names.setdefault(name, set()).add(counted.units.get(unit, unit))
            if label is None or not label.verified:
                continue
            context, hypothesis = context_of(previous_turn), label.hypothesis
            previous_shape = previous_turn.understood.shape if previous_turn is not None else "<"
            for name, outcome in (
                (f"shape {context}", hypothesis.shape),
                (f"reading {context}", hypothesis.key),
                (f"after {previous_shape}", hypothesis.shape),
                ("any", hypothesis.key),
            ):
                counted.priors.add(name, outcome, unit, label.probability)
            if hypothesis.key == turn.understood.key:
                text = normalise(turn.request)
                counted.wordings.add(hypothesis.key, text, unit, label.probability)
                counted.surfaces.add(text, turn.request, counted.units.get(unit, unit), label.probability)
            counted.heard_pairs += _heard_pair(turn, label, unit)
            acts = (
                previous_turn.response.acts if previous_turn is not None and previous_turn.response is not None else ()
            )
            examples.append((terms(transcripts(turn), acts), hypothesis, unit, label.probability))
    counted.index = build_index(counted.wordings.texts())
    counted.worked = known_words(counted.index.texts)
    counted.lexicon, counted.crossed = learn_lexicon(examples, min_users=min_users, units=counted.units)


def _heard_pair(turn: Turn, label: Label, unit: str) -> list[HeardPair]:
    """Return what a turn with a verified label shows of the recogniser, if anything."""
    said = label.words
    if label.hypothesis.key == turn.understood.key:
        # A rewrite that worked must not teach itself.
        said = turn.request if turn.applied_rewrite is None else None
    if said is None:
        return []
    return [HeardPair(normalise(limit_text(turn.heard)), normalise(limit_text(said)), unit)]
