"""From a request that is not understood to ones that are: what it may mean, how likely, and how to say it."""

from collections.abc import Iterable, Sequence

import msgspec

from sayagain.assistants.homeassistant.cold_start.action_phrasing import ActionPhrasing
from sayagain.assistants.homeassistant.cold_start.action_phrasings import ACTIONS, FILLERS
from sayagain.assistants.homeassistant.cold_start.action_spotting import SpottedAction, numbers, plain, spot_actions
from sayagain.assistants.homeassistant.cold_start.agent_hypothesis import AgentHypothesis
from sayagain.assistants.homeassistant.cold_start.candidate_model import MatchFeatures, match_probabilities
from sayagain.assistants.homeassistant.cold_start.device_names import ROOMS, NamedThing, named_things
from sayagain.assistants.homeassistant.cold_start.home import HomeArea, HomeSnapshot
from sayagain.assistants.homeassistant.cold_start.known_requests import (
    KnownRequests,
    SentenceEncoder,
    SimilarRequest,
    bare,
)
from sayagain.assistants.homeassistant.cold_start.oracle import Oracle
from sayagain.assistants.homeassistant.cold_start.similarity import best_word, missing_words, name_similarity
from sayagain.guardrails.directions import opposite_direction
from sayagain.languages import DEFAULT, language_pack
from sayagain.rewriting.retrieve import build_index
from sayagain.text import words

__all__ = ["Match", "Matcher", "ScoredMatch"]

_NEAR = 40
"""Names looked at closely, of all that a home has."""

_ASKED = 6
"""Candidates shown to the oracle, best first; each costs it some milliseconds the first time."""

_WORTH = 0.04
"""What is less probable is not shown to it."""

_ALL = frozenset({"all", "every", "everything", "everywhere", "house", "whole", "both", "up"})
"""Words without which nobody means all of a kind in the home."""

_WARMTH = frozenset({"warmer", "cooler", "hotter", "colder"})
"""Of these only heating and cooling have more or less."""

_PLACE = frozenset({"house", "home", "whole"})
"""Words beside "everything" that narrow nothing."""

_ACTION = {action.name: action for action in ACTIONS}


class Match(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a request may mean."""

    text: str
    """How to say it to Home Assistant."""
    hypothesis: AgentHypothesis
    """What it would do then."""
    score: float
    """How probable it is that this was meant, in [0, 1]."""
    action: ActionPhrasing
    """What is done."""
    thing: NamedThing
    """To what."""
    value: int | None = None
    """How much."""
    saying: str = ""
    """What people say for it that is nearest in meaning; empty where nothing is known of meaning."""
    situation: bool = False
    """Whether that tells of a room, and no word tells what is to be done: "it is dark in here"."""


class ScoredMatch(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a request may mean, whether or not there are words for it."""

    near: SimilarRequest
    """What is done to what."""
    value: int | None
    """How much."""
    signs: MatchFeatures
    """What speaks for it and against it."""
    probability: float
    """That it was meant, in [0, 1]."""


class Matcher:
    """Finds what a request may mean in one home.

    Args:
        oracle: what its assistant can act on.
        encoder: makes vectors of sentences; None where nothing is to be known of meaning.
    """

    def __init__(self, oracle: Oracle, encoder: SentenceEncoder | None = None) -> None:
        self.oracle = oracle
        self.home: HomeSnapshot = oracle.home
        self._things: dict[str, list[NamedThing]] = {}
        every = list(dict.fromkeys(named_things(self.home)))
        for thing in every:
            self._things.setdefault(thing.said, []).append(thing)
        self._sayings = KnownRequests(every, self.home, encoder)
        self._rooms = frozenset(word for area in self.home.areas for word in words(" ".join(area.names))) - {"room"}
        self._index = build_index(list(self._things))
        self._english = language_pack(DEFAULT)
        self._said: dict[tuple[str, str, str, int | None], tuple[str, AgentHypothesis] | None] = {}

    def match(self, heard: str, room: HomeArea | None) -> list[Match]:
        """Return what a request may mean, best first, each meaning once.

        Args:
            heard: the request.
            room: the room that is spoken in.
        """
        matches: dict[object, Match] = {}
        said = words(heard)
        # What contradicts the request has its share of the probability all the same: the weights were fitted so.
        likely = [one for one in self.weigh(heard, room) if not self._contradicts(said, one.near)]
        weighed = sorted(likely, key=lambda one: (-one.probability, one.near.thing.said))
        for one in weighed[:_ASKED]:
            if one.probability < _WORTH:
                break
            action, thing = one.near.action, one.near.thing
            worded = self.say(action, thing, one.value)
            if worded is not None:
                text, hypothesis = worded
                match = Match(
                    text=text,
                    hypothesis=hypothesis,
                    score=one.probability,
                    action=action,
                    thing=thing,
                    value=one.value,
                    saying=one.near.meant,
                    # Who says what was done tells of no situation.
                    situation=one.near.situation and not one.signs.spotted,
                )
                matches.setdefault(hypothesis.meaning, match)
        return list(matches.values())

    def weigh(self, heard: str, room: HomeArea | None) -> list[ScoredMatch]:
        """Return everything that a request may mean, in no order, each action on the same things once.

        What Home Assistant has no words for is there too, for it may be what was meant.
        """
        said = words(heard)
        all_spotted = {one.action.name: one for one in spot_actions(said)}
        named = {
            (one.action.name, thing): score for one in all_spotted.values() for score, thing in self._named(one, room)
        }
        also = [(_ACTION[name], thing) for name, thing in named]
        near, otherwise = self._sayings.near(said, room.id if room is not None else None, also)
        _, value, unit = numbers(said)
        found: dict[tuple[str, frozenset[str]], tuple[float, SimilarRequest, MatchFeatures]] = {}
        for each in near:
            wants = each.action.value
            if (wants is None) != (value is None) or (wants and unit and wants != unit):
                continue
            if each.thing.room is None and len(each.thing.entities) > 1 and not _ALL & set(said):
                continue
            slots = named.get((each.action.name, each.thing), 0.0)
            signs = self._signs(said, each, slots, all_spotted.get(each.action.name), otherwise)
            alike = slots + signs.letters + signs.sound + signs.meaning - signs.unheard - signs.elsewhere
            key = (each.action.name, each.thing.entities)
            if key not in found or found[key][0] < alike:
                found[key] = (alike, each, signs)
        chances = match_probabilities([signs for _, _, signs in found.values()], meaning=otherwise is not None)
        return [
            ScoredMatch(near=each, value=value, signs=signs, probability=chance)
            for (_, each, signs), chance in zip(found.values(), chances, strict=True)
        ]

    def _contradicts(self, said: Sequence[str], near: SimilarRequest) -> bool:
        """Return whether a request says the opposite of what would be done, so that this cannot have been meant."""
        if not near.action.asks and near.thing.domain != "climate" and not _WARMTH.isdisjoint(said):
            return True
        would = words(near.action.say[0].replace("{value}", "").format(near.thing.name))
        return self._english is not None and opposite_direction(tuple(said), would, self._english) is not None

    def _signs(
        self,
        said: Sequence[str],
        near: SimilarRequest,
        slots: float,
        spotted: SpottedAction | None,
        otherwise: float | None,
    ) -> MatchFeatures:
        text, thing = bare(said).split(), near.thing
        content = [word for word in text if word not in FILLERS]
        saying = f"{near.said} {thing.said}"
        alike = [best_word(word, saying) for word in content]
        own = {word for area in self.home.areas if area.id == thing.room for word in words(" ".join(area.names))}
        placed = {word for word in content if word in ROOMS or word in self._rooms}
        return MatchFeatures(
            slots=slots,
            spotted=spotted.sure if spotted is not None else 0.0,
            used=spotted.used / max(len(said), 1) if spotted is not None else 0.0,
            letters=near.letters,
            sound=near.sound,
            unheard=len(missing_words(thing.said.split(), " ".join(text), like=0.6)) / len(thing.said.split()),
            unsaid=sum(like < 0.6 for like in alike) / max(len(alike), 1),
            strangest=1 - min(alike, default=1.0),
            elsewhere=float(bool(placed - own - set(words(thing.name)) - set(saying.split()))),
            here=float(thing.here),
            asks=float(near.action.asks),
            meaning=near.meaning,
            outdone=max((otherwise or 0.0) - near.meaning, 0.0),
        )

    def about(
        self, heard: Sequence[str], action: ActionPhrasing, value: int | None, room: HomeArea | None
    ) -> list[Match]:
        """Return what it may mean to do a known action to a thing that was named; see `match`."""
        spotted = SpottedAction(action=action, sure=1.0, rest=plain(heard), value=value)
        return self._said_to([(score, spotted, thing) for score, thing in self._named(spotted, room)])

    def things(
        self, named: Sequence[str], action: ActionPhrasing, room: HomeArea | None
    ) -> list[tuple[float, NamedThing]]:
        """Return the things that words may name for an action, each with its likeness; those of the room for none."""
        if not named:
            here = [thing for every in self._things.values() for thing in every if thing.here and thing.whole]
            return [(1.0, thing) for thing in here if room and thing.room == room.id and thing.domain in action.domains]
        return self._named(SpottedAction(action=action, sure=1.0, rest=tuple(named)), room)

    def named(self, heard: str, room: HomeArea | None) -> list[tuple[float, ActionPhrasing, NamedThing]]:
        """Return what may be meant to be done to what, best first, whether or not there are words for it."""
        found = [
            (score, spotted.action, thing)
            for spotted in spot_actions(words(heard))
            for score, thing in self._named(spotted, room)
        ]
        return sorted(found, key=lambda one: (-one[0], ACTIONS.index(one[1]), one[2].said))

    def say(self, action: ActionPhrasing, thing: NamedThing, value: int | None) -> tuple[str, AgentHypothesis] | None:
        """Return words that do just that to just this thing, and their hypothesis; None where there are none."""
        key = (action.name, thing.name, thing.domain, value)
        if key not in self._said:
            self._said[key] = self._try(action, thing, value)
        return self._said[key]

    def names_of(self, entities: frozenset[str]) -> list[str]:
        """Return the names under which Home Assistant knows just these things together, such as those of a room."""
        named = [thing.name for every in self._things.values() for thing in every if thing.entities == entities]
        return list(dict.fromkeys(named))

    def everything(self, heard: Sequence[str], action: ActionPhrasing) -> str | None:
        """Return words that do an action to all lights, where just that is to be done to everything; None elsewhere."""
        said = next((one for one in spot_actions(heard) if one.action.name == action.name), None)
        if said is None or said.sure < 1 or said.used == 0 or set(said.rest) - _PLACE != {"everything"}:
            return None
        lights = next((thing for thing in self._things.get("all lights", ()) if thing.domain == "light"), None)
        found = self.say(action, lights, None) if lights is not None else None
        return found[0] if found is not None else None

    def warm(self) -> None:
        """Find the words for everything that needs no number beforehand, so that no request waits for the oracle."""
        for every in self._things.values():
            for thing in every:
                for action in ACTIONS:
                    if action.value is None and thing.domain in action.domains:
                        self.say(action, thing, None)

    def _try(self, action: ActionPhrasing, thing: NamedThing, value: int | None) -> tuple[str, AgentHypothesis] | None:
        names = [thing.name]
        if len(thing.entities) > 1:
            # Where it cannot be said in one word, one by one.
            names.append(" and ".join(e.names[0] for e in self.home.exposed if e.id in thing.entities))
        for text in (way.replace("{value}", str(value)).format(name) for name in names for way in action.say):
            hypothesis = self.oracle.read(text)
            if hypothesis is not None and not hypothesis.left and hypothesis.targets == thing.entities:
                return text, hypothesis
        return None

    def _named(self, spotted: SpottedAction, room: HomeArea | None) -> list[tuple[float, NamedThing]]:
        """Find the things that an action's other words may name."""
        heard = spotted.rest
        if not heard:
            return []
        near = {found.text for found in self._index.search(" ".join(heard), _NEAR)} | {" ".join(heard)}
        found = []
        for said in near:
            for thing in self._things.get(said, ()):
                if thing.domain not in spotted.action.domains:
                    continue
                if thing.here and (room is None or thing.room != room.id):
                    continue
                score = spotted.sure * name_similarity(heard, said)
                if score > 0.4:
                    found.append((score, thing))
        return found

    def _said_to(self, found: Iterable[tuple[float, SpottedAction, NamedThing]]) -> list[Match]:
        matches: dict[object, Match] = {}
        ordered = sorted(
            found,
            key=lambda one: (-one[0], -one[1].used, ACTIONS.index(one[1].action), len(one[2].entities), one[2].said),
        )
        for tried, (score, spotted, thing) in enumerate(ordered):
            if tried >= 4 * _ASKED or len(matches) >= _ASKED:
                break
            said = self.say(spotted.action, thing, spotted.value)
            if said is not None:
                text, hypothesis = said
                match = Match(
                    text=text,
                    hypothesis=hypothesis,
                    score=score,
                    action=spotted.action,
                    thing=thing,
                    value=spotted.value,
                )
                matches.setdefault(hypothesis.meaning, match)
        return list(matches.values())
