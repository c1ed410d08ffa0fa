"""Requests that Home Assistant would act on, and not as they were meant: found by what it would leave out of account.

Nothing here is a list of phrases to fear. What the oracle would act on is held against the words that were said: a word
that turns a request round and was not used, a word with no likeness to anything that would be acted upon, a room's name
taken for a thing's.
"""

import re
from collections.abc import Iterable

from sayagain.assistants.homeassistant.cold_start.action_phrasings import FILLERS
from sayagain.assistants.homeassistant.cold_start.action_spotting import numbers
from sayagain.assistants.homeassistant.cold_start.agent_hypothesis import AgentHypothesis
from sayagain.assistants.homeassistant.cold_start.home import HomeSnapshot
from sayagain.assistants.homeassistant.cold_start.similarity import missing_words
from sayagain.guardrails.stated_numbers import numbers as stated_numbers
from sayagain.languages import DEFAULT, Language, language_pack
from sayagain.text import normalise

__all__ = ["HARMLESS", "excepted", "left_out", "negated", "room_for_thing", "time_left_out"]

_BUT = re.compile(
    r"\b(?:except(?:ing)?(?: for)?|apart from|other than|besides|but not|everywhere but|everything but|all but|"
    r"save for|without)\b"
)


_NO = re.compile(
    r"\b(?:no (?:need|reason|way|one|more \w+ing)|instead of|rather than|needn'?t|hold off|refrain from|avoid)\b"
)
"""Phrases that turn a request round."""

_DOING = re.compile(r"\b(?:turn|switch|put|shut|set|dim|open|close|lock|unlock|start|stop|everything|all)\b")


def negated(heard: str, language: Language | None = None) -> str | None:
    """Return the word of a request that turns it round, or None.

    >>> negated("please don't open the garage door")
    "don't"
    >>> negated("never mind") is None
    True
    """
    said = normalise(heard).split()
    if said[:2] == ["never", "mind"] or said[:1] == ["nevermind"]:
        return None
    pack = language or language_pack(DEFAULT)
    against = (pack.negations if pack is not None else frozenset()) - {"no"}
    negation = next((word for word in said if word.replace("'", "") in against), None)
    phrase = _NO.search(" ".join(said))
    return negation or (phrase[0] if phrase else None)


def excepted(heard: str) -> tuple[str, str] | None:
    """Split a request at what it leaves out: what is asked for, and what is not to be touched.

    >>> excepted("turn off all the lights except the bed light")
    ('turn off all the lights', 'the bed light')
    >>> excepted("without the hall turn on all lights")
    ('turn on all lights', 'the hall')
    """
    said = normalise(heard)
    exception = _BUT.search(said)
    if exception is None:
        return None
    before, after = said[: exception.start()].strip(), said[exception.end() :].strip()
    first = _DOING.search(after)
    if not before and first is not None:
        # "Without the hall, turn on all lights": what is left out was said first.
        before, after = after[first.start() :], after[: first.start()].strip()
    if exception[0].endswith(" but") and exception[0] != "all but":
        before = f"{before} {exception[0].split()[0]}".strip()
    return (before, after) if before and after else None


def left_out(hypothesis: AgentHypothesis, home: HomeSnapshot) -> list[str]:
    """Return the words with meaning that a hypothesis left out of account, and that nothing it acts on is called.

    Args:
        hypothesis: what would be done with a request.
        home: for the names of what would be acted on.
    """
    if hypothesis.asks or not hypothesis.left or not hypothesis.targets:
        return []
    names = " ".join(_names(hypothesis, home))
    words, _, _ = numbers(hypothesis.left)
    return [word for word in missing_words(words, names, like=0.7) if word not in FILLERS and word not in HARMLESS]


def time_left_out(hypothesis: AgentHypothesis, time: str) -> bool:
    """Return whether a hypothesis acts with no regard to the time that was stated, or takes its number for a value.

    Args:
        hypothesis: what would be done with a request.
        time: the words that tell the time.
    """
    if hypothesis.asks or not hypothesis.targets or hypothesis.sentence:
        return False
    left, words = set(hypothesis.left), tuple(time.split())
    pack = language_pack(DEFAULT)
    hours = set(stated_numbers(words, pack)) if pack is not None else set()
    values = [value for frame in hypothesis.frames for value in frame.slots.values() if isinstance(value, int | float)]
    return any(word in left and word not in FILLERS for word in words) or any(f"{value:g}" in hours for value in values)


HARMLESS = frozenset(
    {
        "put",
        "turned",
        "turning",
        "switched",
        "switching",
        "get",
        "give",
        "off",
        "on",
        "up",
        "down",
        "way",
        "still",
        "yet",
        "there",
        "any",
    }
    | {"everything", "all"}
)
"""Words of doing rather than of things; what they ask for is the hypothesis's business."""


def room_for_thing(heard: str, hypothesis: AgentHypothesis, home: HomeSnapshot) -> str | None:
    """Return the room whose name alone was said and was taken for a thing that happens to be called like it.

    "Turn on kitchen" starts a media player named Kitchen, and few people call one so.
    """
    if len(hypothesis.frames) != 1 or hypothesis.frames[0].intent not in {"HassTurnOn", "HassTurnOff"}:
        return None
    acted = [entity for entity in home.exposed if entity.id in hypothesis.targets]
    if len(acted) != 1 or acted[0].domain == "light":
        return None
    rooms = {normalise(name): area.names[0] for area in home.areas for name in area.names}
    room = next((rooms[normalise(name)] for name in acted[0].names if normalise(name) in rooms), None)
    said = f" {normalise(heard)} "
    kinds = acted[0].domain.split("_")
    named = any(f" {kind} " in said for kind in (*kinds, "speaker", "tv", "music"))
    return None if named else room


def _names(hypothesis: AgentHypothesis, home: HomeSnapshot) -> Iterable[str]:
    for entity in home.exposed:
        if entity.id in hypothesis.targets:
            yield entity.domain.replace("_", " ")
            yield from map(normalise, entity.names)
            for area in home.areas:
                # The room that is named, not the one that is merely spoken in.
                if area.id == entity.area and any(frame.slots.get("area") for frame in hypothesis.frames):
                    yield from map(normalise, area.names)
    for frame in hypothesis.frames:
        yield from (normalise(str(value)) for key, value in frame.slots.items() if key != "preferred_area_id")
