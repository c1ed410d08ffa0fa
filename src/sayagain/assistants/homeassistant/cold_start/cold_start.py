"""Cold start: before anything is learnt, what Home Assistant does not understand is matched to what it does.

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

from sayagain.assistants.homeassistant.cold_start.action_phrasings import ACTIONS, FILLERS
from sayagain.assistants.homeassistant.cold_start.agent_hypothesis import AgentHypothesis
from sayagain.assistants.homeassistant.cold_start.dangers import HARMLESS, excepted, left_out, negated, room_for_thing
from sayagain.assistants.homeassistant.cold_start.follow_up import corrected, follow
from sayagain.assistants.homeassistant.cold_start.home import Client, HomeArea, HomeSnapshot, read_home
from sayagain.assistants.homeassistant.cold_start.known_requests import SentenceEncoder
from sayagain.assistants.homeassistant.cold_start.matcher import Match, Matcher
from sayagain.assistants.homeassistant.cold_start.oracle import Oracle
from sayagain.assistants.homeassistant.cold_start.past_answers import PastAnswers
from sayagain.assistants.homeassistant.cold_start.similarity import best_word
from sayagain.guardrails import refuse
from sayagain.runtime import Decision
from sayagain.text import normalise, words
from sayagain.turns import Turn

__all__ = ["ColdStart"]

LAYER = "global"
"""The layer that is logged for every request the cold start rewrites."""

VERY_SURE = 0.85
"""From this probability on a word that was left out of account is taken for noise."""
SURE = 0.8
"""From this probability on a request is rewritten; below, it is asked about."""
ASKS = 0.65
"""The same for a question: nothing changes by it."""
LIKELY = 0.35
"""From this probability on it is asked about; below, it is left alone."""
HINT = 0.15
"""From this probability on it is asked about instead of a question that it hardly was."""
ALIKE = 0.58
"""What is left out and what is spared are found by likeness alone, from this on."""

_PAUSE = 120_000
"""Silence in milliseconds after which a request no longer leans on the one before."""

_CONVERSATIONS = 256
"""Of so many the last request is remembered."""

_A_LIGHT = 0.4
"""From this likeness on a word left over may be "light", misheard."""

_SWITCHES = {"HassTurnOn": "on", "HassTurnOff": "off"}

_NOTHING = "never mind"
"""What Home Assistant understands and does nothing for."""


class _Before(msgspec.Struct, frozen=True, kw_only=True):
    text: str
    room: HomeArea | None
    at: int


class ColdStart:
    """Decides on requests to one Home Assistant by what it understands, with nothing learnt.

    Knows nothing until `refresh` was awaited, and then leaves every request as it is.

    Args:
        home: to begin with, where it is known already.
        encoder: makes vectors of sentences, for their meaning; without one they are matched by sound alone.

    >>> ColdStart().decide(Turn(turn_id="t", started=0, request="turn of the lamp")).why
    'left as it is: nothing is known of this home yet'
    """

    def __init__(self, home: HomeSnapshot | None = None, *, encoder: SentenceEncoder | None = None) -> None:
        self._encoder = encoder
        self._matcher = Matcher(Oracle(home), encoder) if home is not None else None
        self._asked_before = PastAnswers()
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
            self._matcher = await asyncio.to_thread(self._made, home)

    def _made(self, home: HomeSnapshot) -> Matcher:
        matcher = Matcher(Oracle(home), self._encoder)
        matcher.warm()
        return matcher

    def decide(self, turn: Turn) -> Decision:
        """Decide what to pass on for a turn under way."""
        matcher, heard = self._matcher, turn.heard
        if matcher is None:
            return _unchanged(heard, "nothing is known of this home yet")
        room = matcher.home.room(turn.device_id, turn.satellite_id)
        key = turn.conversation_id or turn.session_id or turn.satellite_id or turn.device_id or turn.user_id
        before = self._before.get(key) if key is not None else None
        if before is not None and turn.started - before.at > _PAUSE:
            before = None
        decision = self._apply_past_answers(matcher, self._decide(matcher, heard, room, before), room)
        if key is not None:
            with self._lock:
                self._before[key] = _Before(text=decision.ask or decision.text, room=room, at=turn.started)
                self._before.move_to_end(key)
                while len(self._before) > _CONVERSATIONS:
                    self._before.popitem(last=False)
        return decision

    def observe(self, turn: Turn) -> None:
        """Remember the answer to a question, so that the same question is not asked for ever."""
        self._asked_before.take(turn)

    def _apply_past_answers(self, matcher: Matcher, decision: Decision, room: HomeArea | None) -> Decision:
        """Rewrite without asking what the user always confirmed; do nothing where the user always declined it."""
        said = self._asked_before.answer(decision.rewrite_id) if decision.ask is not None else None
        if decision.ask is None or said is None or (said and _unlocks_a_door(decision.ask)):
            return decision
        if said:
            return _rewrite(
                decision.heard, decision.ask, VERY_SURE, f"“{decision.ask}” was meant whenever it was asked"
            )
        why = f"“{decision.ask}” was never meant when it was asked"
        reading = matcher.oracle.read(decision.heard, room)
        if reading is None or reading.asks or not reading.left:
            return _unchanged(decision.heard, why)
        # What Home Assistant would do without the words that it leaves out is what was declined.
        return _rewrite(decision.heard, _NOTHING, 1.0, why)

    def _decide(self, matcher: Matcher, heard: str, room: HomeArea | None, before: _Before | None) -> Decision:
        oracle = matcher.oracle
        previous = oracle.read(before.text, before.room) if before is not None else None
        reading = oracle.read(heard, room, previous)
        but = excepted(heard)
        if but is not None:
            return self._all_but(matcher, heard, *but, room)
        turned = negated(heard)
        if turned is not None and reading is not None and not reading.asks:
            why = f"“{turned}” turns it round and would be left out of account, so nothing is done"
            return _rewrite(heard, _NOTHING, 1.0, why)
        if reading is not None:
            return self._understood(matcher, heard, reading, room)
        guarded = heard
        matches = matcher.match(heard, room)
        if before is not None and previous is not None:
            meant = next(
                (m for m in matcher.match(before.text, before.room) if m.reading.meaning == previous.meaning), None
            )
            if meant is not None:
                leaning = follow(matcher, heard, meant, room)
                if leaning and (not matches or leaning[0].score >= matches[0].score):
                    matches, guarded = leaning, corrected(heard)
        return self._best(matcher, heard, matches, "Home Assistant does not understand it", guarded)

    def _understood(self, matcher: Matcher, heard: str, reading: AgentHypothesis, room: HomeArea | None) -> Decision:
        """Leave what is understood as it is, unless it would be misread."""
        fine = _unchanged(heard, "Home Assistant understands it")
        taken = room_for_thing(heard, reading, matcher.home)
        if taken is None and not reading.left and not reading.guessed:
            return fine
        # A question with a number left over was none.
        asks = reading.asks and not any(word.isdigit() for word in reading.left)
        matches = [match for match in matcher.match(heard, room) if asks or not match.reading.asks]
        if taken is not None:
            return self._lights(matcher, heard, matches, taken, reading) or fine
        if asks:
            return self._answered(matcher, heard, matches, reading) or fine
        return self._guessed(heard, matches, reading) or self._strange(matcher, heard, matches, reading) or fine

    def _strange(
        self, matcher: Matcher, heard: str, matches: Sequence[Match], reading: AgentHypothesis
    ) -> Decision | None:
        """Decide on what would be acted on with no regard to some of its words; None where those are noise."""
        same = [match for match in matches if match.reading.meaning == reading.meaning]
        sure = matches[0].score if matches else 0.0
        if reading.left and sure >= VERY_SURE and matches[0] not in same:
            return self._best(matcher, heard, matches, "Home Assistant would take it for something else")
        strange = left_out(reading, matcher.home)
        if not strange or (sure >= VERY_SURE and matches[0] in same):
            return None
        why = f"it would be done with no regard to “{' '.join(strange)}”"
        asked = matches if sure >= LIKELY else same
        told = asked[0].text if asked else _describe_action(matcher, reading)
        return _rewrite(heard, _NOTHING, 1.0, why) if told is None else _ask(heard, told, sure, why)

    def _guessed(self, heard: str, matches: Sequence[Match], reading: AgentHypothesis) -> Decision | None:
        """Ask where words were taken for a name that they only resemble, and something else is likelier."""
        own = max((match.score for match in matches if match.reading.meaning == reading.meaning), default=0.0)
        if not reading.guessed or not matches or matches[0].score <= own:
            return None
        why = f"“{' '.join(reading.guessed)}” may be something else"
        return _ask(heard, matches[0].text, matches[0].score, why)

    def _answered(
        self, matcher: Matcher, heard: str, matches: Sequence[Match], reading: AgentHypothesis
    ) -> Decision | None:
        """Ask what was asked or said, where the answer would have no regard to a room, or to what is much likelier."""
        rooms = {word for area in matcher.home.areas for name in area.names for word in normalise(name).split()}
        placed = rooms.intersection(reading.left)
        strange = [word for word in reading.left if word not in FILLERS and word not in HARMLESS]
        likely = [match for match in matches if match.reading.asks or not placed]
        if not strange or not likely or likely[0].reading.meaning == reading.meaning:
            return None
        why = f"it would be answered with no regard to “{' '.join(reading.left)}”"
        sure = placed or likely[0].score >= HINT
        return _ask(heard, likely[0].text, likely[0].score, why) if sure else None

    def _lights(
        self, matcher: Matcher, heard: str, matches: Sequence[Match], room: str, reading: AgentHypothesis
    ) -> Decision | None:
        """Ask about the lights of a room that was taken for a thing of its name; None where it has none."""
        why = f"“{room}” is a room, and it would be taken for something else of that name"
        named = next(area for area in matcher.home.areas if room in area.names)
        action = next(one for one in ACTIONS if one.name == _SWITCHES[reading.frames[0].intent])
        about = [match for match in matches if match.thing.domain == "light" and match.thing.room == named.id]
        if not about:
            plainly = matcher.about((*words(room), "lights"), action, None, named)
            told = next((match.text for match in plainly if match.thing.room == named.id), None)
            return None if told is None else _ask(heard, told, LIKELY, why)
        # As probable as if nothing else had the room's name.
        others = sum(match.score for match in matches if match.thing.entities == reading.targets)
        lights = msgspec.structs.replace(about[0], score=min(about[0].score / max(1 - others, 0.01), 1.0))
        noise = [word for word in reading.left if word not in FILLERS]
        if lights.score >= SURE and noise and min(best_word(word, "light lights lamp") for word in noise) > _A_LIGHT:
            return self._best(matcher, heard, [lights], why)
        return _ask(heard, lights.text, lights.score, why)

    def _all_but(self, matcher: Matcher, heard: str, wide: str, kept: str, room: HomeArea | None) -> Decision:
        """Ask about "everything except": the things one by one, so that it is plain what would happen."""
        for score, action, thing in matcher.named(wide.replace("everything", "all lights"), room)[:1]:
            spared = next(
                (
                    other.entities
                    for alike, _, other in matcher.named(f"turn on {kept}", room)
                    if alike >= 0.78 and other.entities & thing.entities
                ),
                None,
            )
            rest = [entity for entity in matcher.home.exposed if entity.id in thing.entities - (spared or frozenset())]
            if spared is not None and rest and score >= ALIKE:
                ask = action.say[0].format(" and ".join(entity.names[0] for entity in rest))
                reading = matcher.oracle.read(ask)
                if reading is not None and reading.targets == {entity.id for entity in rest}:
                    return _ask(heard, ask, score, "what is left out would be left out of account")
        if matcher.oracle.read(heard, room) is None:
            return _unchanged(heard, "Home Assistant does not understand it, and nothing is alike")
        return _rewrite(heard, _NOTHING, 1.0, "what is to be left out would be the very thing that is acted on")

    def _best(
        self, matcher: Matcher, heard: str, matches: Sequence[Match], why: str, guarded: str | None = None
    ) -> Decision:
        if not matches or matches[0].score < LIKELY:
            return _unchanged(heard, "Home Assistant does not understand it, and nothing that it understands is alike")
        best = matches[0]
        if _unlocks_a_door(best.text) and best.score < SURE:
            return _unchanged(heard, f"“{best.text}” lets somebody in, and is not likely enough to be asked about")
        if negated(heard) is not None and negated(best.saying) is not None and best.score >= LIKELY:
            # "I can't see a thing" has its "not" in what it means, too; it is asked about all the same.
            return _ask(heard, best.text, best.score, f"{why}; it is like “{best.saying}”")
        names = [name for area in matcher.home.areas for name in area.names]
        said = heard if guarded is None else guarded
        refused = refuse(said, None, best.text, None, confirmed=False, names=names, computed=True)
        asked = refuse(said, None, best.text, None, confirmed=True, names=names, computed=True)
        if refused is not None and asked is not None:
            return _unchanged(heard, f"“{best.text}” was refused: {refused}")
        if refused is None and best.score >= (ASKS if best.reading.asks else SURE):
            return _rewrite(heard, best.text, best.score, f"{why}; “{best.text}” was meant with {best.score:.0%}")
        return _ask(heard, best.text, best.score, f"{why}; “{best.text}” was meant with {best.score:.0%}")


def _describe_action(matcher: Matcher, reading: AgentHypothesis) -> str | None:
    """Return a request that does what a hypothesis does, to ask the user about; None where there is none."""
    if len(reading.frames) != 1 or reading.frames[0].intent not in {"HassTurnOn", "HassTurnOff"}:
        return None
    verb = "turn on" if reading.frames[0].intent == "HassTurnOn" else "turn off"
    acted = [entity.names[0] for entity in matcher.home.exposed if entity.id in reading.targets]
    words = f"{verb} " + " and ".join(acted)
    again = matcher.oracle.read(words)
    return words if again is not None and again.targets == reading.targets else None


def _unlocks_a_door(words: str) -> bool:
    """Return whether a request unlocks or opens a door: the user is asked each time."""
    return words.startswith("unlock ") or (words.startswith("open ") and words.endswith("Door"))


def _identity(heard: str, text: str) -> str:
    said = f"{normalise(heard)}\n{text}"
    return hashlib.blake2b(said.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()


def _unchanged(heard: str, why: str) -> Decision:
    return Decision(heard=heard, text=heard, why=f"left as it is: {why}")


def _rewrite(heard: str, text: str, score: float, why: str) -> Decision:
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
