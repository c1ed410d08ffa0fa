"""From a request that is not understood to ones that Home Assistant's templates have, in any language with a pack."""

from collections.abc import Iterable, Mapping

import msgspec

from sayagain.assistants.homeassistant.cold_start.agent_hypothesis import AgentHypothesis, intent_targets
from sayagain.assistants.homeassistant.cold_start.heard_parts import HeardParts
from sayagain.assistants.homeassistant.cold_start.home import HomeArea, HomeSnapshot
from sayagain.assistants.homeassistant.cold_start.oracle import Oracle
from sayagain.assistants.homeassistant.cold_start.similarity import best_word
from sayagain.assistants.homeassistant.cold_start.template_model import RequestSigns, request_probabilities
from sayagain.assistants.homeassistant.cold_start.template_requests import (
    NUMBER,
    TemplateRequest,
    template_requests,
)
from sayagain.guardrails.directions import opposite_direction, stated_directions
from sayagain.guardrails.speech_act import without_courtesies
from sayagain.languages import DEFAULT, Language, language_pack, spoken_words
from sayagain.rewriting.retrieve import build_index
from sayagain.text import letter_similarity, sound_similarity

__all__ = ["ScoredRequest", "TemplateMatch", "TemplateMatcher"]

Words = tuple[str, ...]

_NEAR = 120
"""Sentences looked at closely, of some thousands."""

_NAMED = 6
"""Names most like something heard whose sentences are looked at besides."""

_LIKE = 0.6
"""Likeness from which a word is another, misheard."""

_SURELY = 0.8
"""Likeness from which it surely is."""

_HERE = 0.5
"""What stands for the likeness of a name where the room that is spoken in goes without saying."""

_NAMED_SURELY = 0.75
"""Likeness of a stretch of words from which it surely is a name."""

_TRIED = 6
"""Sentences of one meaning that are shown to the oracle."""

_SWITCHING = frozenset({"HassTurnOn", "HassTurnOff"})

_NAMING = frozenset({"name", "area", "floor", "domain", "device_class"})
"""Slots that tell what is acted upon."""


class _Meaning(msgspec.Struct, frozen=True):
    """What is done to what, however it is said."""

    intent: str
    number: str | None
    values: tuple[tuple[str, str], ...]
    targets: frozenset[str]


class _Form(msgspec.Struct, frozen=True):
    """One sentence for a meaning, in one room or in any."""

    meaning: _Meaning
    text: str
    room: str | None
    named: Words
    """What it names: things, rooms and floors, each without spaces."""


class ScoredRequest(msgspec.Struct, frozen=True, kw_only=True):
    """One meaning that a request may have, whether or not the oracle was asked."""

    meaning: _Meaning
    """What would be done."""
    text: str
    """The sentence for it that is most like what was heard."""
    signs: RequestSigns
    """What speaks for it and against it."""
    probability: float
    """That it was meant, in [0, 1]."""


class TemplateMatch(msgspec.Struct, frozen=True, kw_only=True):
    """One meaning that a request may have, in words that Home Assistant is known to understand so."""

    text: str
    """The words."""
    hypothesis: AgentHypothesis
    """What would be done."""
    score: float
    """How probable it is that this was meant, in [0, 1]."""
    made_up: bool
    """Whether something that it says was not heard: a direction, letter by letter, or a word that is like it."""


class TemplateMatcher:
    """Finds what a request may mean in one home, in one language.

    Args:
        oracle: reads requests in that home and language.
        language: its words.
    """

    def __init__(self, oracle: Oracle, language: Language) -> None:
        self.oracle = oracle
        self.home: HomeSnapshot = oracle.home
        self.language = language
        self._sides = [(pair.one, pair.other) for pair in language.opposites]
        self._directions: frozenset[str] = frozenset().union(*(one | other for one, other in self._sides))
        empty = language.articles | language.fillers | language.trailing
        self._empty = empty - self._directions
        measures = frozenset(word for unit in language.units for word in unit.split()) - self._directions
        self._small = self._empty | language.common | measures
        self._names = {
            entity.id: [spoken_words(name, language) for name in entity.names] for entity in self.home.exposed
        }
        named = [word for names in self._names.values() for name in names for word in name]
        named += [word for area in self.home.areas for name in area.names for word in spoken_words(name, language)]
        self._all_names = " ".join(dict.fromkeys(named))
        self._name_words = frozenset(named) - self._directions
        self._by_name: dict[str, list[str]] = {}
        self._acted: dict[tuple[str, str, str | None], frozenset[str] | None] = {}
        self._texts: dict[tuple[_Meaning, str | None], list[str]] = {}
        self._forms: dict[str, list[_Form]] = {}
        for request in template_requests(self.home, oracle.intents):
            if self._tells_nothing(request):
                continue
            for form in self._formed(request):
                self._texts.setdefault((form.meaning, form.room), []).append(form.text)
                bare = self._bare(self._words(form.text))
                self._forms.setdefault(bare, []).append(form)
                for name in form.named:
                    self._by_name.setdefault(name, []).append(bare)
        self._index = build_index(list(self._forms))

    def match(self, heard: str, room: HomeArea | None, least: float) -> list[TemplateMatch]:
        """Return what a request may mean, best first.

        Args:
            heard: the request.
            room: the room that is spoken in.
            least: the least probability of what is returned.
        """
        number, text = self._number(heard), self._bare(self._words(heard))
        matches = []
        scored_requests = sorted(self.weigh(heard, room), key=lambda scored: (-scored.probability, scored.text))
        for scored in scored_requests:
            if scored.probability < least:
                break
            wording = self._wording(scored, text, number, room)
            if wording is not None:
                words, hypothesis = wording
                made_up = self._makes_up(heard, words, scored)
                matches.append(
                    TemplateMatch(text=words, hypothesis=hypothesis, score=scored.probability, made_up=made_up)
                )
        return matches

    def weigh(self, heard: str, room: HomeArea | None) -> list[ScoredRequest]:
        """Return every meaning that a request may have, in no order."""
        said = without_courtesies(self._words(heard), self.language)
        text, number = self._bare(said), self._number(heard)
        if self._digits(said) > 1 or self._only_names(text) or self._is_foreign(said):
            return []
        parts = HeardParts(text.split(), self.language, self._name_words)
        near = dict.fromkeys([*(neighbour.text for neighbour in self._index.search(text, _NEAR)), text])
        for name in parts.likest(self._by_name, _NAMED):
            near |= dict.fromkeys(self._by_name[name])
        best: dict[_Meaning, tuple[float, str, RequestSigns]] = {}
        for bare in near:
            for form in self._forms.get(bare, ()):
                there = form.room is None or (room is not None and form.room == room.id)
                if not there or (form.meaning.number is None) != (number is None):
                    continue
                would = self._words(form.text)
                if opposite_direction(said, would, self.language) is not None:
                    continue
                signs = self._signs(parts, said, text, would, bare, form)
                if parts.contradicts(would) or self._adds(form, bare, text) or self._loses_kind(text, bare):
                    continue
                alike = signs.letters + signs.sound + signs.window - signs.unsaid - signs.unheard
                alike -= not parts.states(would)
                if form.meaning not in best or best[form.meaning][0] < alike:
                    best[form.meaning] = (alike, form.text, signs)
        chances = request_probabilities([signs for _, _, signs in best.values()])
        return [
            ScoredRequest(meaning=meaning, text=form_text, signs=signs, probability=chance)
            for (meaning, (_, form_text, signs)), chance in zip(best.items(), chances, strict=True)
        ]

    def _tells_nothing(self, request: TemplateRequest) -> bool:
        """Return whether no word tells what is done, so that a sentence would stand for whatever is said of a thing."""
        said = self._words(request.text)
        if request.intent in _SWITCHING and not any(
            stated_directions(said, side, self.language) for sides in self._sides for side in sides
        ):
            return True
        return self._only_names(self._bare(said))

    def _adds(self, form: _Form, bare: str, text: str) -> bool:
        """Return whether a sentence says what nothing heard is like, besides names, verbs and kinds of things."""
        kinds = self.language.kinds
        heard_kinds = {kinds.get(word) for word in text.split()} - {None}
        # A value such as "min" is no small word.
        plain = self._directions | self.language.commands | (self._empty if form.meaning.values else self._small)
        rest = " ".join(word for word in text.split() if not any(word in name for name in form.named))
        return any(
            word not in plain
            and not word.isdigit()
            and kinds.get(word) not in heard_kinds
            and best_word(word, rest) < _LIKE
            for word in bare.split()
            if not any(word in name for name in form.named)
        )

    def _is_foreign(self, said: Words) -> bool:
        """Return whether more words are English than of this language, whose negations nobody would know here."""
        english, known = language_pack(DEFAULT), self._empty | self.language.common | self.language.commands
        assert english is not None
        foreign = english.common | english.commands | english.negations | english.articles
        own = sum(word in known or word in self._directions for word in said)
        return sum(word in foreign and word not in known for word in said) >= max(own, 1)

    def _loses_kind(self, text: str, bare: str) -> bool:
        """Return whether a kind of thing was heard, such as blinds, that no word of a sentence tells."""
        kinds = self.language.kinds
        told = {kinds.get(word) for word in bare.split()}
        return any(word in kinds and kinds[word] not in told and best_word(word, bare) < _LIKE for word in text.split())

    def _formed(self, request: TemplateRequest) -> Iterable[_Form]:
        """Return a sentence for each room that it can be said in, or once where it names what it is about."""
        rooms: list[HomeArea | None] = [*self.home.areas] if request.here else [None]
        for room in rooms:
            targets = self._targets(request, room)
            if targets:
                values = sorted((key, str(value)) for key, value in request.slots.items() if key not in _NAMING)
                meaning = _Meaning(request.intent, request.number, tuple(values), targets)
                named = tuple(
                    self._joined(value)
                    for key in ("name", "area", "floor")
                    if isinstance(value := request.slots.get(key), str)
                )
                yield _Form(meaning, request.text, room.id if room is not None else None, named)

    def _joined(self, name: str) -> str:
        """Return a name without spaces: a recogniser puts gaps freely."""
        return "".join(word for word in spoken_words(name, self.language) if word not in self._empty)

    def _targets(self, request: TemplateRequest, room: HomeArea | None) -> frozenset[str] | None:
        """Return what a sentence acts on; many sentences name the same."""
        slots: Mapping[str, object] = request.slots if room is None else {**request.slots, "area": room.names[0]}
        named = {key: value for key, value in slots.items() if key in _NAMING}
        key = (request.intent, repr(sorted(named.items())), room.id if room is not None else None)
        if key not in self._acted:
            self._acted[key] = intent_targets(self.home, request.intent, named, key[2])
        return self._acted[key]

    def _wording(
        self, scored: ScoredRequest, heard: str, number: str | None, room: HomeArea | None
    ) -> tuple[str, AgentHypothesis] | None:
        """Return words that do just that to just these things, and their hypothesis; None where there are none."""
        texts = [
            text
            for place in (None, room.id if room is not None else None)
            for text in self._texts.get((scored.meaning, place), ())
        ]
        parts = HeardParts(heard.split(), self.language, self._name_words)
        for text in sorted(set(texts), key=lambda text: self._oddness(text, heard, parts))[:_TRIED]:
            words = text.replace(NUMBER, number or "")
            hypothesis = self.oracle.read(words, room)
            if hypothesis is None or len(hypothesis.frames) != 1:
                continue
            frame = hypothesis.frames[0]
            if frame.intent == scored.meaning.intent and frame.targets == scored.meaning.targets:
                return words, hypothesis
        return None

    def _oddness(self, text: str, heard: str, parts: HeardParts) -> tuple[int, bool, int, int, int, str]:
        """Return an order of sentences.

        First those that name nothing more, state no other direction, are of the words heard, without articles, short.
        """
        said = self._words(text)
        there = [word for word in said if word not in self._empty]
        bare = " ".join(there)
        unlike = self._unlike(said, heard)
        unlike += sum(best_word(word, bare) < _LIKE for word in heard.split() if word not in self._small)
        added = sum(best_word(word, heard) < _LIKE for word in said if word in self._name_words)
        return (
            added,
            not parts.states(said),
            unlike,
            sum(word in self.language.articles for word in said),
            len(text),
            text,
        )

    def _unlike(self, words: Words, heard: str) -> int:
        """Return how many words with meaning are like nothing that was heard."""
        return sum(best_word(word, heard) < _LIKE for word in words if word not in self._empty)

    def _signs(self, parts: HeardParts, said: Words, text: str, would: Words, bare: str, form: _Form) -> RequestSigns:
        meaning = form.meaning
        # Another word for the same direction says the same.
        shared = parts.shared_directions(would)
        unlike_said = [
            0.0 if word in shared else 1 - best_word(word, bare) for word in text.split() if word not in self._small
        ]
        unlike_would = [
            0.0 if word in shared else 1 - best_word(word, text) for word in bare.split() if word not in self._small
        ]
        heard_states, would_states = (
            any(stated_directions(words, side, self.language) for sides in self._sides for side in sides)
            for words in (said, would)
        )
        names = [name for target in meaning.targets for name in self._names.get(target, ())]
        one_thing = len(meaning.targets) == 1
        return RequestSigns(
            letters=letter_similarity(text, bare),
            sound=sound_similarity(text, bare),
            unsaid=sum(unlike > 1 - _LIKE for unlike in unlike_said) / max(len(unlike_said), 1),
            strangest=max(unlike_said, default=0.0),
            unheard=sum(unlike > 1 - _LIKE for unlike in unlike_would) / max(len(unlike_would), 1),
            missing=max(unlike_would, default=0.0),
            supplied=float(would_states and not heard_states),
            dropped=float(heard_states and not would_states),
            against=float(self._against(said, would)),
            agrees=float(self._agrees(said, would)),
            name=max((min(best_word(word, text) for word in name) for name in names if name), default=0.0)
            if one_thing
            else 0.0,
            several=float(not one_thing),
            window=min((parts.name_likeness(name) for name in form.named), default=_HERE if form.room else 0.0),
            lean=parts.lean(would),
            switches=float(meaning.intent in _SWITCHING),
        )

    def _against(self, said: Words, would: Words) -> bool:
        """Return whether a word was heard that may be the opposite of a direction, and none that may be that one."""
        return any(
            stated_directions(would, side, self.language) and side.isdisjoint(said) and not other.isdisjoint(said)
            for one, two in self._sides
            for side, other in ((one, two), (two, one))
        )

    def _makes_up(self, heard: str, words: str, scored: ScoredRequest) -> bool:
        """Return whether something that a sentence says was not heard: a direction, or what is acted upon.

        One letter parts "auf" from "aus", so a direction that was misheard is none that may be acted on unasked, unless
        what was heard is far more like its words than like those of its opposite.
        """
        said, would = self._words(heard), self._words(words)
        parts = HeardParts(self._bare(without_courtesies(said, self.language)).split(), self.language, self._name_words)
        if parts.only_short(would) and self._unlike(would, " ".join(said)):
            return True
        named = max(scored.signs.window, scored.signs.name)
        return not parts.states(would) or named < _NAMED_SURELY

    def _mentions(self, words: Words, side: frozenset[str]) -> bool:
        """Return whether a word of a direction is among the words, whatever it does there."""
        return not side.isdisjoint(words) or bool(stated_directions(words, side, self.language))

    def _agrees(self, said: Words, would: Words) -> bool:
        """Return whether a word was heard that may be the direction that is stated."""
        return any(
            stated_directions(would, side, self.language) and self._mentions(said, side)
            for sides in self._sides
            for side in sides
        )

    def _words(self, text: str) -> Words:
        # Any number will do where one stands for all of them.
        return spoken_words(text.replace(NUMBER, "40"), self.language)

    def _bare(self, said: Words) -> str:
        return " ".join("40" if word.rstrip("%").isdigit() else word for word in said if word not in self._empty)

    def _only_names(self, text: str) -> bool:
        """Return whether nothing but names was heard, so that nothing tells what is to be done."""
        said = text.split()
        return self._directions.isdisjoint(said) and all(
            best_word(word, self._all_names) >= _SURELY for word in said if word not in self._small
        )

    def _digits(self, said: Words) -> int:
        return sum(word.rstrip("%").isdigit() for word in said)

    def _number(self, heard: str) -> str | None:
        said = self._words(heard)
        return next((word.rstrip("%") for word in said if word.rstrip("%").isdigit()), None)
