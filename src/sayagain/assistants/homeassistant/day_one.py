"""Day one: before anything is learnt, what Home Assistant does not understand is matched to what it does.

A request that it understands is passed on as it is, unless it would be misread: then nothing is done before it was
asked about. What it does not understand is rewritten where one reading is much likelier than any other, asked about
where it is likely, and left alone otherwise. Whatever is passed on, the oracle knows to act on just what is meant.
"""

import asyncio
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Sequence

import msgspec

from sayagain.assistants.homeassistant.dangers import excepted, left_out, negated, room_for_thing
from sayagain.assistants.homeassistant.followup import follow
from sayagain.assistants.homeassistant.home import Area, Client, Home, read_home
from sayagain.assistants.homeassistant.matcher import Match, Matcher
from sayagain.assistants.homeassistant.oracle import Oracle
from sayagain.assistants.homeassistant.reading import Reading
from sayagain.guardrails import refuse
from sayagain.runtime import Decision
from sayagain.text import normalise
from sayagain.turns import Turn

__all__ = ["DayOne"]

LAYER = "global"
"""The layer of all that day one passes on."""

VERY_SURE = 0.9
"""From this likeness on a word that was left out of account is taken for noise."""
SURE = 0.78
"""From this likeness on a request is rewritten; below, it is asked about."""
APART = 0.05
"""By so much the best reading must be likelier than the next."""
LIKELY = 0.58
"""From this likeness on it is asked about; below, it is left alone."""

_PAUSE = 120_000
"""Silence in milliseconds after which a request no longer leans on the one before."""

_CONVERSATIONS = 256
"""Of so many the last request is remembered."""

_NOTHING = "never mind"
"""What Home Assistant understands and does nothing for."""


class _Before(msgspec.Struct, frozen=True, kw_only=True):
    text: str
    room: Area | None
    at: int


class DayOne:
    """Decides on requests to one Home Assistant by what it understands, with nothing learnt.

    Knows nothing until `refresh` was awaited, and then leaves every request as it is.

    Args:
        home: to begin with, where it is known already.

    >>> DayOne().decide(Turn(turn_id="t", started=0, request="turn of the lamp")).why
    'left as it is: nothing is known of this home yet'
    """

    def __init__(self, home: Home | None = None) -> None:
        self._matcher = Matcher(Oracle(home)) if home is not None else None
        self._before: OrderedDict[str, _Before] = OrderedDict()
        # Requests are decided on in threads.
        self._lock = threading.Lock()

    async def refresh(self, client: Client) -> None:
        """Take in the home as it is now; does nothing when it has not changed.

        Raises:
            ServiceError: Home Assistant cannot be reached, or refuses.
            MissingExtra: `sayagain[homeassistant]` is not installed.
        """
        home = await read_home(client)
        if self._matcher is None or self._matcher.home != home:
            # It takes seconds; decisions go on meanwhile with the home as it was.
            self._matcher = await asyncio.to_thread(lambda: Matcher(Oracle(home)))

    def decide(self, turn: Turn) -> Decision:
        """Decide what to pass on for a turn under way."""
        matcher, heard = self._matcher, turn.heard
        if matcher is None:
            return _left(heard, "nothing is known of this home yet")
        room = matcher.home.room(turn.device_id, turn.satellite_id)
        key = turn.conversation_id or turn.session_id or turn.satellite_id or turn.device_id or turn.user_id
        before = self._before.get(key) if key is not None else None
        if before is not None and turn.started - before.at > _PAUSE:
            before = None
        decision = self._decide(matcher, heard, room, before)
        if key is not None:
            with self._lock:
                self._before[key] = _Before(text=decision.ask or decision.text, room=room, at=turn.started)
                self._before.move_to_end(key)
                while len(self._before) > _CONVERSATIONS:
                    self._before.popitem(last=False)
        return decision

    def _decide(self, matcher: Matcher, heard: str, room: Area | None, before: _Before | None) -> Decision:
        oracle = matcher.oracle
        previous = oracle.read(before.text, before.room) if before is not None else None
        reading = oracle.read(heard, room, previous)
        but = excepted(heard)
        if but is not None:
            return self._all_but(matcher, heard, *but, room)
        turned = negated(heard)
        if turned is not None and reading is not None and not reading.asks:
            why = f"“{turned}” turns it round and would be left out of account, so nothing is done"
            return _pass_on(heard, _NOTHING, 1.0, why)
        if reading is not None:
            return self._understood(matcher, heard, reading, room)
        matches = matcher.match(heard, room)
        if before is not None and previous is not None:
            meant = next(
                (m for m in matcher.match(before.text, before.room) if m.reading.meaning == previous.meaning), None
            )
            if meant is not None:
                leaning = follow(matcher, heard, meant, room)
                if leaning and (not matches or leaning[0].score >= matches[0].score):
                    matches = leaning
        return self._best(matcher, heard, matches, "Home Assistant does not understand it")

    def _understood(self, matcher: Matcher, heard: str, reading: Reading, room: Area | None) -> Decision:
        """Leave what is understood as it is, unless it would be misread."""
        fine = _left(heard, "Home Assistant understands it")
        taken = room_for_thing(heard, reading, matcher.home)
        strange = left_out(reading, matcher.home)
        loose = bool(reading.left) and (not reading.asks or any(word.isdigit() for word in reading.left))
        if taken is None and not strange and not loose:
            return fine
        matches = [match for match in matcher.match(heard, room) if not match.reading.asks]
        same = [match for match in matches if match.reading.meaning == reading.meaning]
        if taken is not None:
            why = f"“{taken}” is a room, and it would be taken for something else of that name"
            lights = [match for match in matches if match.thing.domain == "light"][:1]
            return self._best(matcher, heard, lights + same, why) if lights else fine
        sure = matches[0].score if matches else 0.0
        if sure >= SURE and matches[0] not in same:
            return self._best(matcher, heard, matches, "Home Assistant would take it for something else")
        if not strange or (sure >= VERY_SURE and matches[0] in same):
            return fine
        why = f"it would be done with no regard to “{' '.join(strange)}”"
        asked = matches if sure >= LIKELY else same
        told = asked[0].text if asked else _told(matcher, reading)
        return _pass_on(heard, _NOTHING, 1.0, why) if told is None else _ask(heard, told, sure, why)

    def _all_but(self, matcher: Matcher, heard: str, wide: str, kept: str, room: Area | None) -> Decision:
        """Ask about "everything except": the things one by one, so that it is plain what would happen."""
        for score, action, thing in matcher.named(wide.replace("everything", "all lights"), room)[:1]:
            spared = next(
                (
                    other.entities
                    for alike, _, other in matcher.named(f"turn on {kept}", room)
                    if alike >= SURE and other.entities & thing.entities
                ),
                None,
            )
            rest = [entity for entity in matcher.home.exposed if entity.id in thing.entities - (spared or frozenset())]
            if spared is not None and rest and score >= LIKELY:
                ask = action.say[0].format(" and ".join(entity.names[0] for entity in rest))
                reading = matcher.oracle.read(ask)
                if reading is not None and reading.targets == {entity.id for entity in rest}:
                    return _ask(heard, ask, score, "what is left out would be left out of account")
        if matcher.oracle.read(heard, room) is None:
            return _left(heard, "Home Assistant does not understand it, and nothing is alike")
        return _pass_on(heard, _NOTHING, 1.0, "what is to be left out would be the very thing that is acted on")

    def _best(self, matcher: Matcher, heard: str, matches: Sequence[Match], why: str) -> Decision:
        if not matches or matches[0].score < LIKELY:
            return _left(heard, "Home Assistant does not understand it, and nothing that it understands is alike")
        best = matches[0]
        next_best = matches[1].score if len(matches) > 1 else 0.0
        names = [name for area in matcher.home.areas for name in area.names]
        refused = refuse(heard, None, best.text, None, confirmed=False, names=names)
        if refused is not None and refuse(heard, None, best.text, None, confirmed=True, names=names) is not None:
            return _left(heard, f"“{best.text}” was refused: {refused}")
        if refused is None and best.score >= SURE and best.score - next_best >= APART:
            return _pass_on(heard, best.text, best.score, f"{why}; “{best.text}” is {best.score:.0%} like it")
        return _ask(heard, best.text, best.score, f"{why}; “{best.text}” is {best.score:.0%} like it")


def _told(matcher: Matcher, reading: Reading) -> str | None:
    """Return plain words for what a reading does, so that it can be asked about."""
    if len(reading.frames) != 1 or reading.frames[0].intent not in {"HassTurnOn", "HassTurnOff"}:
        return None
    verb = "turn on" if reading.frames[0].intent == "HassTurnOn" else "turn off"
    acted = [entity.names[0] for entity in matcher.home.exposed if entity.id in reading.targets]
    words = f"{verb} " + " and ".join(acted)
    again = matcher.oracle.read(words)
    return words if again is not None and again.targets == reading.targets else None


def _identity(heard: str, text: str) -> str:
    said = f"{normalise(heard)}\n{text}"
    return hashlib.blake2b(said.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()


def _left(heard: str, why: str) -> Decision:
    return Decision(heard=heard, text=heard, why=f"left as it is: {why}")


def _pass_on(heard: str, text: str, score: float, why: str) -> Decision:
    return Decision(
        heard=heard, text=text, layer=LAYER, probability=min(score, 1.0), rewrite_id=_identity(heard, text), why=why
    )


def _ask(heard: str, text: str, score: float, why: str) -> Decision:
    return Decision(
        heard=heard,
        text=heard,
        ask=text,
        probability=1 - score,
        rewrite_id=_identity(heard, text),
        why=f"asked about: {why}",
    )
