"""From a request that is not understood to ones that are: what it may mean, how likely, and how to say it."""

from collections.abc import Iterable, Sequence

import msgspec

from sayagain.assistants.homeassistant.actions import Spotted, plain, spot
from sayagain.assistants.homeassistant.home import Area, Home
from sayagain.assistants.homeassistant.likeness import likeness
from sayagain.assistants.homeassistant.oracle import Oracle
from sayagain.assistants.homeassistant.reading import Reading
from sayagain.assistants.homeassistant.ways import ACTIONS, Action
from sayagain.assistants.homeassistant.wordings import Thing, things
from sayagain.rewriting.retrieve import build_index
from sayagain.text import words

__all__ = ["Match", "Matcher"]

_NEAR = 40
"""Names looked at closely, of all that a home has."""

_ASKED = 12
"""Candidates shown to the oracle, best first; each costs it some milliseconds the first time."""

_ACTION = {action.name: action for action in ACTIONS}


class Match(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a request may mean."""

    text: str
    """How to say it to Home Assistant."""
    reading: Reading
    """What it would do then."""
    score: float
    """How alike it is to what was heard, in [0, 1]."""
    action: Action
    """What is done."""
    thing: Thing
    """To what."""
    value: int | None = None
    """How much."""


class Matcher:
    """Finds what a request may mean in one home.

    Args:
        oracle: what its assistant can act on.
    """

    def __init__(self, oracle: Oracle) -> None:
        self.oracle = oracle
        self.home: Home = oracle.home
        self._things: dict[str, list[Thing]] = {}
        for thing in things(self.home):
            self._things.setdefault(thing.said, []).append(thing)
        self._index = build_index(list(self._things))
        self._said: dict[tuple[str, str, str, int | None], tuple[str, Reading] | None] = {}

    def match(self, heard: str, room: Area | None) -> list[Match]:
        """Return what a request may mean, best first, each meaning once.

        Args:
            heard: the request.
            room: the room that is spoken in.
        """
        found: list[tuple[float, Spotted, Thing]] = []
        for spotted in spot(words(heard)):
            found += [(score, spotted, thing) for score, thing in self._named(spotted, room)]
        return self._said_to(found)

    def about(self, heard: Sequence[str], action: Action, value: int | None, room: Area | None) -> list[Match]:
        """Return what it may mean to do a known action to a thing that was named; see `match`."""
        spotted = Spotted(action=action, sure=1.0, rest=plain(heard), value=value)
        return self._said_to([(score, spotted, thing) for score, thing in self._named(spotted, room)])

    def named(self, heard: str, room: Area | None) -> list[tuple[float, Action, Thing]]:
        """Return what may be meant to be done to what, best first, whether or not there are words for it."""
        found = [
            (score, spotted.action, thing)
            for spotted in spot(words(heard))
            for score, thing in self._named(spotted, room)
        ]
        return sorted(found, key=lambda one: (-one[0], ACTIONS.index(one[1]), one[2].said))

    def say(self, action: Action, thing: Thing, value: int | None) -> tuple[str, Reading] | None:
        """Return words that do just that to just this thing, and their reading; None where there are none."""
        key = (action.name, thing.name, thing.domain, value)
        if key not in self._said:
            self._said[key] = self._try(action, thing, value)
        return self._said[key]

    def _try(self, action: Action, thing: Thing, value: int | None) -> tuple[str, Reading] | None:
        names = [thing.name]
        if len(thing.entities) > 1:
            # Where it cannot be said in one word, one by one.
            names.append(" and ".join(e.names[0] for e in self.home.exposed if e.id in thing.entities))
        for text in (way.replace("{value}", str(value)).format(name) for name in names for way in action.say):
            reading = self.oracle.read(text)
            if reading is not None and not reading.left and reading.targets == thing.entities:
                return text, reading
        return None

    def _named(self, spotted: Spotted, room: Area | None) -> list[tuple[float, Thing]]:
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
                score = spotted.sure * likeness(heard, said)
                if score > 0.4:
                    found.append((score, thing))
        return found

    def _said_to(self, found: Iterable[tuple[float, Spotted, Thing]]) -> list[Match]:
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
                text, reading = said
                match = Match(
                    text=text, reading=reading, score=score, action=spotted.action, thing=thing, value=spotted.value
                )
                matches.setdefault(reading.meaning, match)
        return list(matches.values())
