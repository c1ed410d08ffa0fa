"""Knowledge of a log: requests, hypotheses, values and things that work in a home, and those that fail."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from math import isnan
from typing import NamedTuple, Self

from rapidfuzz import fuzz, process
from rapidfuzz.distance import Levenshtein

from sayagain.failures.measures import MEASURES, measures, rank
from sayagain.feedback import Signal, detect, trouble
from sayagain.text import identifier_words, limit_text, normalise, sound_key
from sayagain.turns import Session, Turn

__all__ = ["HomeKnowledge", "LogKnowledge", "Outcomes", "SessionKnowledge", "Similar", "heard_words"]

_CLEAR = 0.5
"""Least strength of a negative signal that makes a turn a failed one."""

_MOST_REQUESTS = 5_000
"""Most working requests of a home that are compared with what was heard, the commonest first."""

_LEAST_SIMILARITY = 50.0
"""Least similarity of a working request, in percent; less is none."""

_SHORTEST_NAME = 2
"""Least letters of a name; "tv" is one."""

_NEIGHBOURS = 6
"""Working requests kept for each request; some are the session's own."""


class Outcomes(NamedTuple):
    """How often something worked and failed."""

    worked: int
    """Turns in which it worked."""
    failed: int
    """Turns in which it failed."""


class Similar(NamedTuple):
    """A working request that is like what was heard."""

    words: str
    """The request, normalised."""
    similarity: float
    """Similarity, in [0, 1]."""
    times: int
    """How often it worked."""


class HomeKnowledge:
    """What works in one home, and what fails."""

    def __init__(self) -> None:
        self.requests: Counter[tuple[str, bool]] = Counter()
        self.hypotheses: Counter[tuple[str, bool]] = Counter()
        self.values: Counter[tuple[str, bool]] = Counter()
        self.targets: Counter[tuple[str, bool]] = Counter()
        self.words: Counter[tuple[str, bool]] = Counter()
        self.first_words: Counter[tuple[str, bool]] = Counter()
        self.speakers: defaultdict[str, set[str | None]] = defaultdict(set)
        self.meanings: Counter[tuple[str, str]] = Counter()
        self.names: Counter[str] = Counter()
        self._measured: list[list[float]] = [[] for _ in MEASURES]
        self._measured_sorted = True
        self._working: dict[str, str] | None = None
        self._neighbours: dict[tuple[str, bool], list[tuple[str, float]]] = {}
        self._similar_names: dict[tuple[str, bool], list[tuple[str, float]]] = {}
        self._name_sounds: dict[str, str] | None = None
        self._rivals: dict[str, int] = {}
        self._meanings: Counter[str] | None = None

    def add(self, turn: Turn, *, worked: bool) -> None:
        """Count one turn."""
        heard = heard_words(turn)
        self.requests[heard, worked] += 1
        if worked:
            self.speakers[heard].add(turn.user_id)
            for values, value in zip(self._measured, measures(turn), strict=True):
                if not isnan(value):
                    values.append(value)
            self._measured_sorted = False
            self.names.update(_names(turn))
        words = heard.split()
        self.words.update((word, worked) for word in set(words))
        self.first_words.update((word, worked) for word in words[:1])
        if turn.hypothesis is not None and not turn.hypothesis.empty:
            self.hypotheses[turn.hypothesis.key, worked] += 1
            self.values.update((f"{slot.name}={slot.value}", worked) for slot in turn.hypothesis.slots)
            self.meanings.update((turn.hypothesis.key, action.target) for action in turn.actions[:1])
        self.targets.update((action.target, action.ok) for action in turn.actions)

    def ranks(self, turn: Turn) -> list[float]:
        """Return the rank of each measure of a turn among the turns that worked."""
        if not self._measured_sorted:
            for values in self._measured:
                values.sort()
            self._measured_sorted = True
        return [rank(value, values) for value, values in zip(measures(turn), self._measured, strict=True)]

    def neighbours(self, heard: str, *, by_sound: bool) -> list[tuple[str, float]]:
        """Return the working requests most like the words, with their similarity in [0, 1], the likest first.

        Args:
            heard: normalised words.
            by_sound: whether sounds are compared instead of letters.
        """
        if self._working is None:
            counts = Counter({words: count for (words, worked), count in self.requests.items() if worked and words})
            self._working = {
                words: sound_key(words).replace(" ", "") for words, _ in counts.most_common(_MOST_REQUESTS)
            }
        if (heard, by_sound) not in self._neighbours:
            choices: dict[str, str] = self._working if by_sound else {words: words for words in self._working}
            query = sound_key(heard).replace(" ", "") if by_sound else heard
            matches = process.extract(
                query, choices, scorer=fuzz.ratio, limit=_NEIGHBOURS, score_cutoff=_LEAST_SIMILARITY
            )
            self._neighbours[heard, by_sound] = [(words, score / 100) for _, score, words in matches]
        return self._neighbours[heard, by_sound]

    def similar_names(self, name: str, *, by_sound: bool) -> list[tuple[str, float]]:
        """Return the names in the home most like a name, with their similarity in [0, 1], the likest first.

        Args:
            name: normalised words.
            by_sound: whether sounds are compared instead of letters.
        """
        if (name, by_sound) not in self._similar_names:
            if self._name_sounds is None:
                self._name_sounds = {known: sound_key(known).replace(" ", "") for known in sorted(self.names)}
            choices: dict[str, str] = self._name_sounds if by_sound else {known: known for known in self._name_sounds}
            query = sound_key(name).replace(" ", "") if by_sound else name
            matches = process.extract(query, choices, scorer=Levenshtein.normalized_similarity, limit=_NEIGHBOURS)
            self._similar_names[name, by_sound] = [(known, float(similarity)) for _, similarity, known in matches]
        return self._similar_names[name, by_sound]

    def rivals(self, target: str) -> int:
        """Return the number of things whose name holds all words of this one's, or the other way round.

        "light.desk_lamp_office" is a rival of "light.desk_lamp": who says "desk lamp" may mean either.
        """
        if target not in self._rivals:
            own = _name_words(target)
            names = {name for name, _ in self.targets if name != target}
            self._rivals[target] = sum(
                bool(own) and (own <= other or (bool(other) and other <= own)) for other in map(_name_words, names)
            )
        return self._rivals[target]

    def meanings_of(self, key: str) -> int:
        """Return the number of things that a hypothesis led to."""
        if self._meanings is None:
            self._meanings = Counter(hypothesis for hypothesis, _ in self.meanings)
        return self._meanings[key]


class SessionKnowledge:
    """What the rest of the log tells a session: the knowledge of its home without the session's own turns.

    Args:
        home: the knowledge of the home.
        own: the session's own part of it.
    """

    def __init__(self, home: HomeKnowledge, own: HomeKnowledge) -> None:
        self._home = home
        self._own = own

    @classmethod
    def empty(cls) -> Self:
        """Return the knowledge of a log that tells nothing."""
        return cls(HomeKnowledge(), HomeKnowledge())

    def request(self, heard: str) -> Outcomes:
        """Return the outcomes of the same words, normalised."""
        return self._outcomes("requests", heard)

    def hypothesis(self, key: str) -> Outcomes:
        """Return the outcomes of a hypothesis."""
        return self._outcomes("hypotheses", key)

    def value(self, item: str) -> Outcomes:
        """Return the outcomes of a slot with its value, as `name=value`."""
        return self._outcomes("values", item)

    def target(self, name: str) -> Outcomes:
        """Return the outcomes of actions on a thing."""
        return self._outcomes("targets", name)

    def speakers(self, heard: str) -> frozenset[str | None]:
        """Return the users for whom the same words worked; all that are unknown count as one, None."""
        return frozenset(self._home.speakers.get(heard, ()))

    def ranks(self, turn: Turn) -> list[float]:
        """Return the rank of each of `MEASURES` of a turn among the turns of the home that worked."""
        return self._home.ranks(turn)

    def rivals(self, target: str) -> int:
        """Return the number of things in the home whose names can be taken for this one's."""
        return self._home.rivals(target)

    def meanings(self, key: str) -> int:
        """Return the number of things that a hypothesis led to in the home."""
        return self._home.meanings_of(key)

    def word(self, word: str) -> Outcomes:
        """Return the outcomes of requests with a word."""
        return self._outcomes("words", word)

    def first_word(self, word: str) -> Outcomes:
        """Return the outcomes of requests that begin with a word."""
        return self._outcomes("first_words", word)

    def similar(self, heard: str, *, by_sound: bool = False) -> Similar | None:
        """Return the working request most like the words, other than the words themselves; None if none is.

        Args:
            heard: normalised words.
            by_sound: whether sounds are compared instead of letters.
        """
        for words, similarity in self._home.neighbours(heard, by_sound=by_sound):
            times = self.request(words).worked
            if words != heard and times > 0:
                return Similar(words, similarity, times)
        return None

    def is_name(self, name: str) -> bool:
        """Return whether a thing, room or value that worked has the name, normalised."""
        return self._home.names[name] > self._own.names[name]

    def similar_name(self, name: str, *, by_sound: bool = False) -> float:
        """Return the similarity of the name most like this one, in [0, 1]; 0 where nothing has a name.

        Args:
            name: normalised words.
            by_sound: whether sounds are compared instead of letters.
        """
        for known, similarity in self._home.similar_names(name, by_sound=by_sound):
            if self.is_name(known):
                return similarity
        return 0.0

    def _outcomes(self, table: str, name: str) -> Outcomes:
        counts, own = getattr(self._home, table), getattr(self._own, table)
        return Outcomes(counts[name, True] - own[name, True], counts[name, False] - own[name, False])


def heard_words(turn: Turn) -> str:
    """Return the words of a request as they are compared: normalised, and not too long."""
    return normalise(limit_text(turn.heard))


class LogKnowledge:
    """What works in each home of a log.

    >>> from sayagain.turns import Response
    >>> done = Response(type="action_done")
    >>> log = [
    ...     Session(session_id=i, turns=(Turn(turn_id=i, started=0, request="lamp on", response=done),)) for i in "ab"
    ... ]
    >>> LogKnowledge.of(log).about(log[0]).request("lamp on")
    Outcomes(worked=1, failed=0)
    """

    def __init__(self) -> None:
        self._homes: defaultdict[str | None, HomeKnowledge] = defaultdict(HomeKnowledge)
        self._counted: set[str] = set()

    @classmethod
    def of(cls, log: Iterable[Session]) -> Self:
        """Return the knowledge of a log."""
        knowledge = cls()
        for session in log:
            _count_session(knowledge._homes[session.turns[0].home], session)
            knowledge._counted.add(session.turns[0].turn_id)
        return knowledge

    def about(self, session: Session) -> SessionKnowledge:
        """Return what the rest of the log tells a session; it may be one that is not part of the log."""
        home = self._homes.get(session.turns[0].home)
        if home is None:
            return SessionKnowledge.empty()
        own = HomeKnowledge()
        if session.turns[0].turn_id in self._counted:
            _count_session(own, session)
        return SessionKnowledge(home, own)


def _count_session(home: HomeKnowledge, session: Session) -> None:
    objections = _objections(detect(session))
    for turn in session.turns:
        home.add(turn, worked=trouble(turn) is None and turn.turn_id not in objections)


def _names(turn: Turn) -> set[str]:
    """Return the names that a turn used: of its slots, and of the things that it reached."""
    values = [slot.value for slot in turn.hypothesis.slots] if turn.hypothesis is not None else []
    names = {normalise(limit_text(value.replace("_", " "))) for value in values if isinstance(value, str)}
    names |= {" ".join(identifier_words(action.target.rpartition(".")[2])) for action in turn.actions if action.ok}
    return {name for name in names if len(name) >= _SHORTEST_NAME and not name.isdigit()}


def _name_words(target: str) -> frozenset[str]:
    return frozenset(identifier_words(target.rpartition(".")[2]))


def _objections(signals: Sequence[Signal]) -> set[str]:
    return {signal.turn_id for signal in signals if not signal.positive and signal.strength >= _CLEAR}
